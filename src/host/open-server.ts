import { once } from 'node:events'
import type { Server } from 'node:net'

/** A server that listens, until it is closed. */
export interface OpenServer {
  readonly port: number
  /** Ends at once: connections that are open are cut. */
  close(): Promise<void>
}

/** Resolves when it listens; port 0 takes a free one. Rejects where it cannot (`EADDRINUSE`, `EACCES`). */
export async function openServer(
  server: Server & { closeAllConnections(): void },
  { host, port }: { readonly host: string; readonly port: number },
): Promise<OpenServer> {
  server.listen(port, host)
  await once(server, 'listening')
  return {
    port: portOf(server),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** The port that a server listens on. */
export function portOf(server: Pick<Server, 'address'>): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port')
  return address.port
}
