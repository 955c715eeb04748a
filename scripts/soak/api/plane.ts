import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../../src/local/free-ports.ts'
import { HeldPostgres } from '../held-postgres.ts'

const restartAfterMs = 300
const token = 'the-token-of-the-soak-which-is-long'

/** A web dyno and its Postgres, on ports that stay the same while both come and go. */
export class Plane {
  readonly url: string
  readonly token = token
  readonly #folder: string
  readonly #port: number
  readonly #postgres: HeldPostgres
  #web: ChildProcess
  #isClosing = false

  private constructor(folder: string, port: number, postgres: HeldPostgres) {
    this.#folder = folder
    this.#port = port
    this.#postgres = postgres
    this.#web = this.#startWeb()
    this.url = `http://127.0.0.1:${port}`
  }

  static async start(): Promise<Plane> {
    const folder = await mkdtemp(join(tmpdir(), 'weirkeeper-soak-api-'))
    await chmod(folder, 0o711) // run by root, Postgres is another user and must get through
    const postgres = await HeldPostgres.start({ folder: join(folder, 'data'), port: await freePort() })
    return new Plane(folder, await freePort(), postgres)
  }

  /** Of the web dyno and of Postgres' first process, as they are now. */
  async pids(): Promise<readonly number[]> {
    return [this.#web.pid ?? 0, await this.#postgres.pid()]
  }

  /** As Heroku restarts a dyno, or as one crashes. */
  async restartWeb(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    await this.#end(signal)
    this.#web = this.#startWeb()
  }

  restartPostgres(how: 'clean' | 'crash'): Promise<void> {
    return this.#postgres.restart(how)
  }

  async close(): Promise<void> {
    this.#isClosing = true
    await this.#end('SIGTERM')
    await this.#postgres.stop()
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const web = this.#web
    if (web.exitCode !== null || web.signalCode !== null) return
    const ended = once(web, 'exit')
    web.kill(signal)
    await ended
  }

  /** One that ends by itself, as it does where it finds no Postgres, is started anew a moment later: so does Heroku. */
  #startWeb(): ChildProcess {
    const log = openSync(join(this.#folder, 'web.log'), 'a')
    const web = spawn(new URL('../../../bin/weir', import.meta.url).pathname, ['web'], {
      env: {
        PATH: process.env['PATH'],
        DATABASE_URL: this.#postgres.url,
        PORT: String(this.#port),
        WEIR_TOKEN: token,
        // One client stands for many users here.
        WEIR_USER_REQUESTS_PER_SECOND: '1000000',
        WEIR_USER_REQUESTS_AT_ONCE: '1000',
      },
      stdio: ['ignore', log, log],
    })
    closeSync(log)
    web.once('exit', (code) => {
      if (code === null || code === 0) return
      setTimeout(() => {
        if (!this.#isClosing && this.#web === web) this.#web = this.#startWeb()
      }, restartAfterMs)
    })
    return web
  }
}
