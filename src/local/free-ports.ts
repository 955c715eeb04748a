import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { portOf } from '../host/open-server.ts'

/** Ports of 127.0.0.1 that nobody listens on now. Held until all are found, so no two are the same. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers: Server[] = []
  try {
    for (let index = 0; index < count; index += 1) {
      const server = createServer()
      servers.push(server)
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
    }
    return servers.map(portOf)
  } finally {
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  }
}

/** One such port. */
export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1)
  return port
}
