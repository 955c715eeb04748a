import { setTimeout as delay } from 'node:timers/promises'
import type { StreamClient } from '../../src/kafka/stream-client.ts'

const everyMs = 20
/** What a slow flush held up is caught up on, but not what the broker was away for. */
const mostAtOnceMs = 2_000
const keys = 500

/** Writes orders at an even pace until told to stop, and goes on after a broker was away. What it wrote stands in the topic. */
export class Feeder {
  readonly #client: StreamClient
  readonly #perMs: number
  readonly #random: () => number
  #stopped = false
  #sent = 0
  #running: Promise<void> | undefined

  constructor(client: StreamClient, perSecond: number, random: () => number) {
    this.#client = client
    this.#perMs = perSecond / 1000
    this.#random = random
  }

  get sent(): number {
    return this.#sent
  }

  start(): void {
    this.#running = this.#run()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#running
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      const sink = this.#client.openSink()
      await this.#feed(sink)
      await sink.close()
      await delay(everyMs)
    }
  }

  /** Until it is told to stop, or the sink is of no use any more. */
  async #feed(sink: ReturnType<StreamClient['openSink']>): Promise<void> {
    const prepared = await sink.prepare(['orders'])
    if (!prepared.ok) return
    let atMs = performance.now()
    for (;;) {
      const due = Math.min(performance.now() - atMs, mostAtOnceMs) * this.#perMs
      atMs = performance.now()
      if (!this.#stopped) for (let count = 0; count < due; count += 1) sink.send(this.#order())
      const flushed = await sink.flush()
      if (!flushed.ok && flushed.error.kind !== 'retry') return
      if (flushed.ok && this.#stopped) return
      await delay(everyMs)
    }
  }

  #order() {
    this.#sent += 1
    const key = Buffer.from(`key-${Math.floor(this.#random() * keys)}`)
    const value = Buffer.alloc(4)
    value.writeInt32BE(Math.floor(this.#random() * 10_000))
    return { topic: 'orders', partition: null, key, value, timestamp: Date.now(), headers: [] }
  }
}
