import type { LogFilter } from '../dyno/dyno-manager.ts'
import { uuidFrom } from './chance.ts'
import type { Delays, HerokuOptions } from './options.ts'
import { usualDelays } from './options.ts'
import { herokuKafkaPlans } from './plans.ts'
import type { KafkaPlan } from './plans.ts'
import type { Addon, App, Attachment, FeatureState, OutputStream, Slug, WebhookEvent } from './records.ts'

export interface Account {
  readonly id: string
  readonly email: string
  readonly createdAt: Date
  readonly features: Map<string, FeatureState>
}

/** Where files of slugs, sources and the certificate lie; gone when the emulator closes. */
export interface Places {
  readonly folder: string
  baseUrl: string
}

/** By the random part of their address. */
export interface OpenDoors {
  /** Source tarballs: where they lie. */
  readonly blobs: Map<string, string>
  readonly streams: Map<string, OutputStream>
  readonly logSessions: Map<string, LogSession>
  /** Slugs that wait for their blob. */
  readonly slugs: Map<string, Slug>
}

export interface LogSession {
  readonly app: App
  readonly filter: LogFilter
  readonly isTail: boolean
}

/**
 * The state of the emulator and what its resources share: time, ids, work that
 * goes on after the answer, and the ear for events.
 */
export class World {
  readonly options: HerokuOptions
  readonly delays: Delays
  readonly plans: readonly KafkaPlan[]
  readonly places: Places
  readonly account: Account
  readonly apps = new Map<string, App>()
  readonly addons = new Map<string, Addon>()
  readonly attachments = new Map<string, Attachment>()
  /** What can be fetched without a key by whoever was told its address. */
  readonly open: OpenDoors = { blobs: new Map(), streams: new Map(), logSessions: new Map(), slugs: new Map() }
  readonly #background = new Set<Promise<void>>()
  readonly #stopping = new AbortController()
  #listener: (app: App, event: WebhookEvent) => void = () => undefined

  constructor(options: HerokuOptions, places: Places) {
    this.options = options
    this.delays = { ...usualDelays, ...options.delays }
    this.plans = options.plans ?? herokuKafkaPlans
    this.places = places
    this.account = { id: this.id(), email: 'you@example.com', createdAt: this.now(), features: new Map() }
  }

  get signal(): AbortSignal {
    return this.#stopping.signal
  }

  now(): Date {
    return new Date(this.options.clock.now())
  }

  id(): string {
    return uuidFrom(this.options.chance)
  }

  log(message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.options.log?.(message, fields)
  }

  /** Work that outlives its request, after a pause. It is awaited on close; its failure is logged. */
  later(what: string, afterMs: number, work: () => Promise<void> | void): void {
    const task = this.#run(what, afterMs, work)
    this.#background.add(task)
    void task.finally(() => this.#background.delete(task))
  }

  async #run(what: string, afterMs: number, work: () => Promise<void> | void): Promise<void> {
    try {
      if (afterMs > 0) await this.options.clock.sleep(afterMs, this.signal)
      if (!this.signal.aborted) await work()
    } catch (error) {
      if (!this.signal.aborted) this.log('work after an answer failed', { what, error: String(error) })
    }
  }

  async settled(): Promise<void> {
    while (this.#background.size > 0) await Promise.all(this.#background)
  }

  onEvent(listener: (app: App, event: WebhookEvent) => void): void {
    this.#listener = listener
  }

  announce(app: App, event: Omit<WebhookEvent, 'id' | 'createdAt'>): void {
    this.#listener(app, { ...event, id: this.id(), createdAt: this.now() })
  }

  /** Nothing starts after this, and what sleeps wakes up. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.settled()
  }
}
