import { setTimeout as delay } from 'node:timers/promises'
import { Client, type ClientConfig } from 'pg'
import type { WriteListener } from '../record.ts'
import { writeChannel } from './write-objects.ts'

/** Between two tries to reach a database that has gone. */
const againAfterMs = 250
/** As long as Heroku waits for a dyno to bind its port. */
const opensWithinMs = 60_000

/**
 * Hears that something was written. When its connection breaks it listens anew
 * as soon as it can, and then calls everybody once: what was written meanwhile
 * it has not heard.
 */
export class Ear {
  readonly #settings: ClientConfig
  readonly #onLost: (cause: Error) => void
  readonly #patienceMs: number
  readonly #listeners = new Set<WriteListener>()
  readonly #closed = new AbortController()
  #client: Client
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
  ): Promise<Ear> {
    const deadline = Date.now() + opensWithinMs
    for (;;) {
      const ear = new Ear(settings, onLost, patienceMs)
      try {
        await ear.#connect(prepare)
        return ear
      } catch (cause) {
        await ear.#client.end().catch(() => undefined) // it may never have been open
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
    const pulse = setInterval(() => void this.#feelPulse(client), this.#patienceMs)
    client.once('end', () => {
      clearInterval(pulse)
      if (!this.#closed.signal.aborted) this.#listening = this.#listenAgain()
    })
  }

  /** A host that is gone closes nothing: who only listens would hear nothing for ever. */
  async #feelPulse(client: Client): Promise<void> {
    const question = { text: 'SELECT 1', query_timeout: this.#patienceMs }
    try {
      await client.query(question)
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

/** Nobody listens, the connection broke, or Postgres says that it is starting or stopping (class 57P of its error codes). */
function passes(cause: unknown): cause is Error {
  if (!(cause instanceof Error)) return false
  const code = 'code' in cause ? String(cause.code) : ''
  return /^(ECONN|EPIPE|57P)/.test(code) || cause.message === 'Connection terminated unexpectedly'
}
