import { setTimeout as delay } from 'node:timers/promises'
import type { OutgoingRecord } from '../../src/kafka/record.ts'
import type { RecordSink } from '../../src/kafka/record-sink.ts'
import type { StreamClient } from '../../src/kafka/stream-client.ts'

const everyMs = 20
/** What a slow flush held up is caught up on, but not what the broker was away for. */
const mostAtOnceMs = 2_000

export interface Feed {
  readonly topic: string
  readonly perSecond: number
  readonly next: () => Omit<OutgoingRecord, 'topic'>
}

/** Writes records at an even pace until told to stop, and goes on after a broker was away. What it wrote stands in the topic. */
export class Feeder {
  readonly #client: StreamClient
  readonly #perMs: number
  readonly #topic: string
  readonly #next: () => Omit<OutgoingRecord, 'topic'>
  #stopped = false
  #sent = 0
  #running: Promise<void> | undefined

  constructor(client: StreamClient, { topic, perSecond, next }: Feed) {
    this.#client = client
    this.#perMs = perSecond / 1000
    this.#topic = topic
    this.#next = next
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
      const prepared = await sink.prepare([this.#topic])
      if (prepared.ok) await this.#feed(sink)
      await sink.close()
      await delay(everyMs)
    }
  }

  /** Until it is told to stop, or the sink is of no use any more. */
  async #feed(sink: RecordSink): Promise<void> {
    let atMs = performance.now()
    let due = 0
    for (;;) {
      due += Math.min(performance.now() - atMs, mostAtOnceMs) * this.#perMs
      atMs = performance.now()
      for (; due >= 1 && !this.#stopped; due -= 1) {
        sink.send({ topic: this.#topic, ...this.#next() })
        this.#sent += 1
      }
      const flushed = await sink.flush()
      if (!flushed.ok && flushed.error.kind !== 'retry') return
      if (flushed.ok && this.#stopped) return
      await delay(everyMs)
    }
  }
}
