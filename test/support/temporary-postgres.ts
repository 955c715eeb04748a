import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { freePort } from '../../src/local/free-ports.ts'
import { startEmbeddedPostgres, type LocalPostgres } from '../../src/record/postgres/embedded-postgres.ts'

/** A real Postgres in a temporary folder, which goes as it stops. */
export interface TemporaryPostgres extends LocalPostgres {
  /** The URL of an empty database that is nobody else's: cheaper than a server each. */
  makeDatabase(): Promise<string>
}

/** `port` where somebody waits for it there; else any free one. */
export async function startTemporaryPostgres(port?: number): Promise<TemporaryPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'weirkeeper-postgres-'))
  await chmod(folder, 0o711) // run by root, Postgres is another user and must get through
  const server = await startEmbeddedPostgres({ folder: join(folder, 'data'), port: port ?? (await freePort()) })
  let databases = 0
  return {
    url: server.url,
    async makeDatabase() {
      databases += 1
      const name = `database_${databases}`
      const client = new Client({ connectionString: server.url })
      await client.connect()
      await client.query(`CREATE DATABASE ${name}`)
      await client.end()
      return server.url.replace(/[^/]+$/, name)
    },
    async stop() {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
