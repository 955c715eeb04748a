import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../../src/local/free-ports.ts'
import type { Heroku } from '../../../src/local/heroku/options.ts'
import { openPostgresRecord } from '../../../src/record/postgres/open-postgres-record.ts'
import type { ControlRecord } from '../../../src/record/record.ts'
import { startTemporaryPostgres, type TemporaryPostgres } from '../../../test/support/temporary-postgres.ts'

const weir = join(import.meta.dirname, '..', '..', '..', 'bin', 'weir')
const hookSecret = 'the-hook-secret-of-the-bench'

/** Passes side by side. */
export const workers = 32

/** A real Postgres, the API and one controller, each a process of its own beside the emulator's. */
export class ControlPlane implements AsyncDisposable {
  readonly record: ControlRecord
  readonly #folder: string
  readonly #postgres: TemporaryPostgres
  readonly #heroku: Heroku
  readonly #webPort: number
  readonly #web: ChildProcess
  #clock: ChildProcess

  private constructor(parts: {
    readonly folder: string
    readonly postgres: TemporaryPostgres
    readonly record: ControlRecord
    readonly heroku: Heroku
    readonly webPort: number
  }) {
    this.#folder = parts.folder
    this.#postgres = parts.postgres
    this.#heroku = parts.heroku
    this.#webPort = parts.webPort
    this.record = parts.record
    this.#web = this.#start('web', { WEIR_TOKEN: 'the-token-of-the-bench-0123456789', PORT: String(parts.webPort) })
    this.#clock = this.#startClock()
    process.once('exit', this.#killAll)
  }

  static async start(heroku: Heroku): Promise<ControlPlane> {
    const folder = await mkdtemp(join(tmpdir(), 'weirkeeper-bench-'))
    const postgres = await startTemporaryPostgres()
    const record = await openPostgresRecord(postgres.url, () => {})
    return new ControlPlane({ folder, postgres, record, heroku, webPort: await freePort() })
  }

  /** Peak resident memory of the controller's process, in MiB. */
  async peakMemory(): Promise<number> {
    const status = await readFile(`/proc/${this.#clock.pid}/status`, 'utf8')
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) / 1024
  }

  /** `resync` is a cron expression; without one there is none while we measure. */
  async restartClock(resync?: string): Promise<void> {
    await end(this.#clock)
    this.#clock = this.#startClock(resync)
  }

  /** Nobody takes Heroku's webhooks from now on. */
  async stopHearing(): Promise<void> {
    await end(this.#web)
  }

  #startClock(resync = '0 0 1 1 *'): ChildProcess {
    const { apiKey, apiUrl, dataHost, caFile } = this.#heroku
    return this.#start('clock', {
      HEROKU_API_KEY: apiKey,
      HEROKU_HOST: apiUrl,
      HEROKU_DATA_HOST: dataHost,
      NODE_EXTRA_CA_CERTS: caFile,
      WEIR_WORKERS: String(workers),
      WEIR_RESYNC: resync,
    })
  }

  #start(face: 'web' | 'clock', env: Readonly<Record<string, string>>): ChildProcess {
    const log = openSync(join(this.#folder, `${face}.log`), 'a')
    const common = {
      PATH: process.env['PATH'],
      DATABASE_URL: this.#postgres.url,
      WEIR_URL: `http://127.0.0.1:${this.#webPort}`,
      WEIR_HOOK_SECRET: hookSecret,
    }
    const child = spawn(weir, [face], { env: { ...common, ...env }, stdio: ['ignore', log, log] })
    closeSync(log)
    return child
  }

  readonly #killAll = (): void => {
    for (const child of [this.#clock, this.#web]) child.kill('SIGKILL')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([end(this.#clock), end(this.#web)])
    process.off('exit', this.#killAll)
    await this.record.close()
    await this.#postgres.stop()
    await rm(this.#folder, { recursive: true, force: true })
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}
