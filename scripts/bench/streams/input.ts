import type { StreamClient } from '../../../src/kafka/stream-client.ts'
import { good } from '../../../test/support/wire-system.ts'

/** Of every topic. */
export const partitions = 4
/** Different keys of the input, each as likely as any other; the table of the join has one row for each. */
export const keys = 100_000

/** Ten records a millisecond of stream time: six of a key in a window of a minute. */
const recordsPerMs = 10

interface Plain {
  readonly key: string
  readonly value: string
}

/** Records of some 100 bytes: a JSON value of one meter's reading, and the meter's name for the key. */
export function reading(index: number): Plain {
  const key = `meter-${randomKey(index)}`
  const value = `{"identifier":"${key}","timestamp":${1_645_564_942_000 + index},"valueInW":${(index % 100_000) / 100}}`
  return { key, value }
}

/** One row of the join's table. */
export const user = (index: number): Plain => ({ key: `meter-${index}`, value: ` of household ${index}` })

/** A row for restoring: each key once. */
export const held = (index: number): Plain => ({ key: `meter-${index}`, value: reading(index).value })

/** The same keys in the same order in every run, and no order in them. */
function randomKey(index: number): number {
  let mixed = Math.imul(index ^ (index >>> 16), 0x45d9f3b)
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x45d9f3b)
  return ((mixed ^ (mixed >>> 16)) >>> 0) % keys
}

export interface Load {
  readonly topic: string
  readonly records: number
  readonly record: (index: number) => Plain
  /** The first one's, in ms since the epoch. */
  readonly fromMs: number
}

const mostPendingBytes = 16 * 1024 * 1024

/** Writes records, partitioned by key as Kafka does. */
export async function load(client: StreamClient, { topic, records, record, fromMs }: Load): Promise<void> {
  const sink = client.openSink()
  good(await sink.prepare([topic]))
  for (let index = 0; index < records; index++) {
    const { key, value } = record(index)
    const timestamp = fromMs + Math.floor(index / recordsPerMs)
    sink.send({
      topic,
      partition: null,
      timestamp,
      key: Buffer.from(key),
      value: Buffer.from(value),
      headers: [],
    })
    if (index % 1000 === 0) while (sink.pendingBytes > mostPendingBytes) await turn()
  }
  good(await sink.flush())
  await sink.close()
}

/** What was sent goes out and answers come in between two turns. */
const turn = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 1))
