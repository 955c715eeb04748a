import { connect, createServer } from 'node:net'
import type { Socket } from 'node:net'

export interface CuttingProxy {
  readonly address: { readonly host: string; readonly port: number }
  readonly connections: number
  /** Cuts, and lets nobody in. */
  shut(): void
  open(): void
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
  let isShut = false
  const server = createServer((client) => {
    if (isShut) {
      client.destroy()
      return
    }
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
  const cut = (): number => {
    const count = sockets.size
    for (const socket of sockets) socket.destroy()
    return count
  }
  return {
    address: { host: '127.0.0.1', port: bound.port },
    get connections() {
      return sockets.size
    },
    cut,
    shut() {
      isShut = true
      cut()
    },
    open() {
      isShut = false
    },
    async close() {
      cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
