import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { startEmbeddedPostgres, type LocalPostgres } from '../../src/record/postgres/embedded-postgres.ts'

const startsWithinMs = 60_000

/** A real Postgres that can be restarted and killed, and comes back on its data and its port. */
export class HeldPostgres {
  readonly url: string
  readonly #at: { readonly folder: string; readonly port: number }
  #postgres: LocalPostgres

  private constructor(postgres: LocalPostgres, at: { readonly folder: string; readonly port: number }) {
    this.url = postgres.url
    this.#postgres = postgres
    this.#at = at
  }

  static async start(at: { readonly folder: string; readonly port: number }): Promise<HeldPostgres> {
    return new HeldPostgres(await startEmbeddedPostgres(at), at)
  }

  /** Of its first process, the postmaster. */
  async pid(): Promise<number> {
    return Number((await readFile(join(this.#at.folder, 'postmaster.pid'), 'utf8')).split('\n', 1)[0])
  }

  /** Clean, or without a checkpoint: then it recovers from its log. */
  async restart(how: 'clean' | 'crash'): Promise<void> {
    if (how === 'crash') process.kill(await this.pid(), 'SIGQUIT')
    await this.stop()
    this.#postgres = await startEmbeddedPostgres(this.#at)
  }

  /** `kill -9` of the postmaster; it starts again after a while and recovers from its log. */
  async killFor(awayMs: number): Promise<void> {
    process.kill(await this.pid(), 'SIGKILL')
    await delay(awayMs)
    const deadline = Date.now() + startsWithinMs
    for (;;) {
      try {
        this.#postgres = await startEmbeddedPostgres(this.#at)
        return
      } catch (cause) {
        // Its children need a moment to see that their master is gone, and hold its memory until then.
        if (Date.now() > deadline) throw cause
        await delay(300)
      }
    }
  }

  stop(): Promise<void> {
    return this.#postgres.stop()
  }
}
