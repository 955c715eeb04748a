import { setTimeout as delay } from 'node:timers/promises'
import type { StreamClient } from '../../src/kafka/stream-client.ts'
import type { TopicPartition } from '../../src/kafka/record.ts'

export interface Read {
  readonly key: string
  readonly value: number
}

const never = new AbortController().signal
const patienceMs = 60_000

export const partitionsOf = (topic: string, partitions: number): readonly TopicPartition[] =>
  Array.from({ length: partitions }, (_, partition) => ({ topic, partition }))

/** All committed records of a topic, by partition, each in its order. */
export async function readTopic(client: StreamClient, topic: string, partitions: number): Promise<Read[][]> {
  const all = partitionsOf(topic, partitions)
  const ends = await endsOf(client, all)
  const source = client.openSource({ readCommitted: true, maxBytesPerPartition: 1024 * 1024 })
  source.assign(all.map((partition) => ({ ...partition, offset: 0 })))
  const read = all.map((): Read[] => [])
  const reached = all.map(() => 0)
  let deadline = Date.now() + patienceMs
  while (reached.some((offset, partition) => offset < (ends.get(`${topic}-${partition}`) ?? 0))) {
    if (Date.now() > deadline) throw new Error(`${topic} was not read to its end, only to ${reached.join(', ')}`)
    const polled = await source.poll(500, never)
    if (!polled.ok) continue
    for (const batch of polled.value.batches)
      for (let index = 0; index < batch.length; index += 1)
        read[batch.partition]?.push({ key: textOf(batch.key(index)), value: numberOf(batch.value(index)) })
    for (const { partition, offset } of polled.value.positions) reached[partition] = offset
    if (polled.value.positions.length > 0) deadline = Date.now() + patienceMs
  }
  await source.close()
  return read
}

/** Where the committed records end; waits until no transaction is open any more. */
async function endsOf(client: StreamClient, all: readonly TopicPartition[]): Promise<ReadonlyMap<string, number>> {
  const deadline = Date.now() + patienceMs
  for (;;) {
    const [end, committed] = [await client.offsets(all, 'end'), await client.offsets(all, 'committed-end')]
    if (end.ok && committed.ok && [...end.value].every(([key, offset]) => committed.value.get(key) === offset))
      return end.value
    if (Date.now() > deadline)
      throw new Error(`a transaction on ${all[0]?.topic ?? ''} is still open after ${patienceMs / 1000} s`)
    await delay(500)
  }
}

const textOf = (bytes: Uint8Array | null): string => Buffer.from(bytes ?? []).toString()

/** 4 bytes or 8, as Kafka's Integer and Long serdes write them. */
function numberOf(bytes: Uint8Array | null): number {
  const buffer = Buffer.from(bytes ?? [])
  return buffer.length === 4 ? buffer.readInt32BE() : Number(buffer.readBigInt64BE())
}
