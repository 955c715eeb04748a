import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedPostgres, type LocalPostgres } from '../../../src/record/postgres/embedded-postgres.ts'
import { freePort } from '../../../test/support/free-port.ts'

const restartAfterMs = 300
const token = 'the-token-of-the-soak-which-is-long'

/** A web dyno and its Postgres, on ports that stay the same while both come and go. */
export class Plane {
  readonly url: string
  readonly token = token
  readonly #folder: string
  readonly #ports: { readonly web: number; readonly postgres: number }
  #postgres: LocalPostgres
  #web: ChildProcess
  #isClosing = false

  private constructor(folder: string, ports: { web: number; postgres: number }, postgres: LocalPostgres) {
    this.#folder = folder
    this.#ports = ports
    this.#postgres = postgres
    this.#web = this.#startWeb()
    this.url = `http://127.0.0.1:${ports.web}`
  }

  static async start(): Promise<Plane> {
    const folder = await mkdtemp(join(tmpdir(), 'weirkeeper-soak-api-'))
    await chmod(folder, 0o711) // run by root, Postgres is another user and must get through
    const ports = { web: await freePort(), postgres: await freePort() }
    const postgres = await startEmbeddedPostgres({ folder: join(folder, 'data'), port: ports.postgres })
    return new Plane(folder, ports, postgres)
  }

  /** Of the web dyno and of Postgres' first process, as they are now. */
  async pids(): Promise<readonly number[]> {
    return [this.#web.pid ?? 0, await this.#postmaster()]
  }

  /** As Heroku restarts a dyno, or as one crashes. */
  async restartWeb(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    await this.#end(signal)
    this.#web = this.#startWeb()
  }

  /** Clean, or without a checkpoint: then it recovers from its log. */
  async restartPostgres(how: 'clean' | 'crash'): Promise<void> {
    if (how === 'crash') process.kill(await this.#postmaster(), 'SIGQUIT')
    await this.#postgres.stop()
    this.#postgres = await startEmbeddedPostgres({ folder: join(this.#folder, 'data'), port: this.#ports.postgres })
  }

  async close(): Promise<void> {
    this.#isClosing = true
    await this.#end('SIGTERM')
    await this.#postgres.stop()
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #postmaster(): Promise<number> {
    const [pid = ''] = (await readFile(join(this.#folder, 'data', 'postmaster.pid'), 'utf8')).split('\n')
    return Number(pid)
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
        PORT: String(this.#ports.web),
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
