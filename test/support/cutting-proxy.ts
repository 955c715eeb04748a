import { connect, createServer } from 'node:net'
import type { Socket } from 'node:net'

export interface CuttingProxy {
  readonly address: { readonly host: string; readonly port: number }
  readonly connections: number
  /** Ends every connection, in the middle of whatever it carries. */
  cut(): number
  close(): Promise<void>
}

/** Stands between a client and `target`, and cuts. */
export async function startCuttingProxy(target: {
  readonly host: string
  readonly port: number
}): Promise<CuttingProxy> {
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(target)
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one)
      one.on('error', () => {})
      one.on('close', () => {
        sockets.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('the proxy has no port')
  return {
    address: { host: '127.0.0.1', port: bound.port },
    get connections() {
      return sockets.size
    },
    cut() {
      const count = sockets.size
      for (const socket of sockets) socket.destroy()
      return count
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
