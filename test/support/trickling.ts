import { recordsBefore } from '../../src/kafka/first-records.ts'
import { ok } from '../../src/base/result.ts'
import type { RecordBatch, TopicPartition } from '../../src/kafka/record.ts'
import type { Position, RecordSource } from '../../src/kafka/record-source.ts'
import type { StreamClient } from '../../src/kafka/stream-client.ts'
import { printTopicPartition } from '../../src/kafka/topic-partition.ts'

/** Lets some polls of a source through, each with few records, and knows what they brought. */
export class Tap {
  readonly #mostRecords: number
  #polls = 0
  /** Offsets that were handed out, by partition, in the order in which they were. */
  readonly offsets = new Map<string, number[]>()

  constructor(mostRecords: number) {
    this.#mostRecords = mostRecords
  }

  allow(polls: number): void {
    this.#polls += polls
  }

  open(source: RecordSource): RecordSource {
    return {
      assign: (positions) => source.assign(positions),
      seek: (position) => source.seek(position),
      pause: (partitions) => source.pause(partitions),
      resume: (partitions) => source.resume(partitions),
      lag: (partition) => source.lag(partition),
      close: () => source.close(),
      poll: async (maxWaitMs, signal) => {
        if (this.#polls === 0) {
          await new Promise((resolve) => setTimeout(resolve, 1))
          return ok({ batches: [], positions: [] })
        }
        const polled = await source.poll(maxWaitMs, signal)
        if (!polled.ok || polled.value.positions.length === 0) return polled
        this.#polls -= 1
        const batches = polled.value.batches.map((batch) => this.#cut(batch))
        const positions = polled.value.positions.map((position) => this.#cutPosition(source, position, batches))
        return ok({ batches, positions })
      },
    }
  }

  #cut(batch: RecordBatch): RecordBatch {
    const length = Math.min(batch.length, this.#mostRecords)
    const key = printTopicPartition(batch)
    const offsets = Array.from({ length }, (_, index) => batch.offset(index))
    this.offsets.set(key, [...(this.offsets.get(key) ?? []), ...offsets])
    return length === batch.length ? batch : recordsBefore(batch, batch.offset(length))
  }

  /** What was cut off comes with a later poll. */
  #cutPosition(source: RecordSource, position: Position, batches: readonly RecordBatch[]): Position {
    const batch = batches.find((each) => isSame(each, position))
    if (batch === undefined || batch.length < this.#mostRecords) return position
    const cut = { ...position, offset: batch.offset(batch.length - 1) + 1 }
    source.seek(cut)
    return cut
  }
}

/** `client` with a tap on what a stream thread restores from: the second source that it opens. */
export function trickling(client: StreamClient, tap: Tap): StreamClient {
  let opened = 0
  return new Proxy(client, {
    get(real, property) {
      if (property === 'openSource')
        return (...given: Parameters<StreamClient['openSource']>) => {
          const source = real.openSource(...given)
          return (opened += 1) === 2 ? tap.open(source) : source
        }
      const value: unknown = Reflect.get(real, property, real)
      return typeof value === 'function' ? (value.bind(real) as unknown) : value
    },
  })
}

const isSame = (one: TopicPartition, other: TopicPartition): boolean =>
  one.topic === other.topic && one.partition === other.partition
