import { setTimeout as sleep } from 'node:timers/promises'
import { connect, createServer } from 'node:net'
import type { Socket } from 'node:net'

export interface CuttingProxy {
  readonly address: { readonly host: string; readonly port: number }
  readonly connections: number
  /** Cuts, and lets nobody in. */
  shut(): void
  open(): void
  /** Keeps what clients send from now on, and gives it to the broker after `delayMs`, whether they are still there or not. */
  delay(delayMs: number): void
  /** Ends when the broker was given everything that was kept. */
  delivered(): Promise<void>
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
  let latenessMs = 0
  let everything = Promise.resolve()
  const server = createServer((client) => {
    if (isShut) {
      client.destroy()
      return
    }
    const upstream = connect(target)
    for (const one of [client, upstream]) {
      sockets.add(one)
      one.on('error', () => {})
      one.on('close', () => sockets.delete(one))
    }
    upstream.on('close', () => client.destroy())
    upstream.pipe(client)
    let late = Promise.resolve()
    client.on('data', (chunk: Buffer) => {
      const delayMs = latenessMs
      late = late.then(() => (delayMs === 0 ? undefined : sleep(delayMs))).then(() => void upstream.write(chunk))
      const [before, mine] = [everything, late]
      everything = before.then(() => mine)
    })
    client.on('close', () => void late.then(() => upstream.end()))
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
    delay(delayMs) {
      latenessMs = delayMs
    },
    delivered: () => everything,
    async close() {
      cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
