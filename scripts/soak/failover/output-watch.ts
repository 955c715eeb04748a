import type { StreamClient } from '../../../src/kafka/stream-client.ts'

/** Reads what is committed of a topic's one partition as it comes, and notes when. */
export class OutputWatch {
  readonly #stop = new AbortController()
  readonly #running: Promise<void>
  readonly #waiting = new Set<{ readonly afterMs: number; readonly resolve: (atMs: number) => void }>()
  #newestMs = 0

  constructor(client: StreamClient, topic: string) {
    this.#running = this.#run(client, topic)
  }

  /** The latest record time among what was seen. */
  get newestMs(): number {
    return this.#newestMs
  }

  /** Resolves with the time at which the first record was seen that carries a later time than this. */
  seenAfter(afterMs: number): Promise<number> {
    return new Promise((resolve) => this.#waiting.add({ afterMs, resolve }))
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.#running
  }

  async #run(client: StreamClient, topic: string): Promise<void> {
    const source = client.openSource({ readCommitted: true, maxBytesPerPartition: 1024 * 1024 })
    source.assign([{ topic, partition: 0, offset: 0 }])
    while (!this.#stop.signal.aborted) {
      const polled = await source.poll(100, this.#stop.signal)
      if (!polled.ok) continue
      for (const batch of polled.value.batches)
        this.#newestMs = Math.max(this.#newestMs, batch.timestamp(batch.length - 1))
      for (const one of this.#waiting) {
        if (this.#newestMs <= one.afterMs) continue
        this.#waiting.delete(one)
        one.resolve(Date.now())
      }
    }
    await source.close()
  }
}
