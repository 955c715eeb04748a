import { setTimeout as delay } from 'node:timers/promises'
import { Client, type ClientConfig, type QueryConfig, type QueryResult, type QueryResultRow } from 'pg'
import type { WriteListener } from '../record.ts'
import { writeChannel } from './write-objects.ts'

/** Between two tries to reach a database that has gone. */
const againAfterMs = 250
/** As long as Heroku waits for a dyno to bind its port. */
const opensWithinMs = 60_000

/**
 * The connection over which we hear that something was written, and write: what was our own is then heard of with its
 * answer, where on another connection it would wake a second process of Postgres, and us once more. Nothing of others is
 * heard later for that: a write waits for nobody but those who write, and has the clock's row until it is done.
 *
 * When the connection breaks it is made anew as soon as it can be, and then everybody is called once: what was written
 * meanwhile was not heard.
 */
export class Line {
  readonly #settings: ClientConfig
  readonly #onLost: (cause: Error) => void
  readonly #patienceMs: number
  readonly #listeners = new Set<WriteListener>()
  readonly #closed = new AbortController()
  #client: Client
  #isOpen = false
  #listening: Promise<void> = Promise.resolve()

  private constructor(settings: ClientConfig, onLost: (cause: Error) => void, patienceMs: number) {
    this.#settings = settings
    this.#onLost = onLost
    this.#patienceMs = patienceMs
    this.#client = new Client(settings)
  }

  /**
   * A database that is just starting, or being moved, is waited for: a dyno that ends for that would be started again
   * later and later. Rejects where it cannot be reached after a while, or at once where it never will be. Every
   * `patienceMs` it is asked whether it is still there, and taken for gone where it says nothing for as long again.
   */
  static async open(
    settings: ClientConfig,
    onLost: (cause: Error) => void,
    { prepare, patienceMs }: { readonly prepare: (client: Client) => Promise<void>; readonly patienceMs: number },
  ): Promise<Line> {
    const deadline = Date.now() + opensWithinMs
    for (;;) {
      const line = new Line(settings, onLost, patienceMs)
      try {
        await line.#connect(prepare)
        return line
      } catch (cause) {
        await line.#client.end().catch(() => undefined) // it may never have been open
        if (!passes(cause) || Date.now() > deadline) throw cause
        onLost(cause)
        await delay(againAfterMs)
      }
    }
  }

  onWrite(listener: WriteListener, signal: AbortSignal): void {
    if (signal.aborted) return
    // One listener may be told under several signals.
    const hear: WriteListener = (version) => listener(version)
    this.#listeners.add(hear)
    signal.addEventListener('abort', () => this.#listeners.delete(hear), { once: true })
  }

  /** False from when nothing came back over it until something does: meanwhile others must do. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Rejects where the connection is cut, and where no answer comes for `patienceMs`. */
  async query<Row extends QueryResultRow>(config: QueryConfig): Promise<QueryResult<Row>> {
    const bounded = { ...config, query_timeout: this.#patienceMs }
    try {
      return await this.#client.query<Row>(bounded)
    } catch (cause) {
      // Whoever asks next is not to wait until the connection has ended altogether.
      if (passes(cause)) this.#isOpen = false
      throw cause
    }
  }

  async close(): Promise<void> {
    this.#closed.abort()
    await this.#listening
    await this.#client.end()
  }

  async #connect(prepare: (client: Client) => Promise<void>): Promise<void> {
    const client = this.#client
    client.on('error', this.#onLost)
    // A release before this one says no version.
    client.on('notification', ({ payload = '' }) => this.#tell(payload === '' ? undefined : Number(payload)))
    await client.connect()
    await prepare(client)
    await client.query(`LISTEN ${writeChannel}`)
    this.#isOpen = true
    const pulse = setInterval(() => void this.#feelPulse(client), this.#patienceMs)
    client.once('end', () => {
      clearInterval(pulse)
      this.#isOpen = false
      if (!this.#closed.signal.aborted) this.#listening = this.#listenAgain()
    })
  }

  /** A host that is gone closes nothing: who only listens would hear nothing for ever. */
  async #feelPulse(client: Client): Promise<void> {
    const question = { text: 'SELECT 1', query_timeout: this.#patienceMs }
    try {
      await client.query(question)
      this.#isOpen = client === this.#client
    } catch (cause) {
      if (this.#closed.signal.aborted) return
      if (cause instanceof Error) this.#onLost(cause)
      await client.end().catch(() => undefined) // it may have ended meanwhile; either way its `end` is heard
    }
  }

  async #listenAgain(): Promise<void> {
    const { signal } = this.#closed
    for (;;) {
      await delay(againAfterMs, undefined, { signal }).catch(() => undefined) // closed meanwhile
      if (signal.aborted) return
      this.#client = new Client(this.#settings)
      try {
        await this.#connect(() => Promise.resolve())
        return this.#tell()
      } catch {
        // It was told that the connection is lost; it is tried until it is back.
        await this.#client.end().catch(() => undefined) // it may never have been open
      }
    }
  }

  #tell(version?: number): void {
    for (const listener of this.#listeners) listener(version)
  }
}

/** What pg says without a code. */
const lost: ReadonlySet<string> = new Set(['Connection terminated unexpectedly', 'Query read timeout'])

/** Nobody listens, the connection broke or says nothing, or Postgres says that it is starting or stopping (class 57P of its error codes). */
function passes(cause: unknown): cause is Error {
  if (!(cause instanceof Error)) return false
  const code = 'code' in cause ? String(cause.code) : ''
  return /^(ECONN|EPIPE|57P)/.test(code) || lost.has(cause.message)
}
