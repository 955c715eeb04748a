import type { Server } from 'node:http'

export async function listenOn(server: Server, port: number, host: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(port, host, () => resolve())
  await promise
  server.off('error', reject)
}

/** `127.0.0.1:8443` */
export function serverAddress(server: Server): string {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server does not listen')
  return `${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`
}
