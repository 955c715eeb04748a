import type { RecordHeader } from '../../kafka/record.ts'
import { readLong, viewOf, writeLong } from '../serde/serdes.ts'
import type { RecordOrigin } from './record-origin.ts'

/** An update that a table holds back: what was there before any of it, before this change, and after. */
export interface BufferedChange {
  readonly prior: Uint8Array | null
  readonly old: Uint8Array | null
  readonly next: Uint8Array | null
  readonly origin: RecordOrigin
}

const none = -1
const sameAsPrior = -2

/**
 * `context ‖ prior ‖ old ‖ new ‖ int64 time`, values with their length before them,
 * -1 for null, and -2 for an old value equal to the prior one. Source:
 * `BufferValue.serialize` and `ProcessorRecordContext.serialize`, changelog version 3.
 */
export function writeBuffered({ prior, old, next, origin }: BufferedChange, time: number): Uint8Array {
  const isSame = old !== null && prior !== null && Buffer.compare(old, prior) === 0
  return Buffer.concat([
    ...writeOrigin(origin),
    ...sized(prior),
    ...(isSame ? [int32(sameAsPrior)] : sized(old)),
    ...sized(next),
    int64(time),
  ])
}

/** Throws where the record is of a version before Kafka 2.5, which this runtime does not read. */
export function readBuffered(value: Uint8Array, headers: readonly RecordHeader[]): TimedChange {
  const version = headers.findLast(({ key }) => key === 'v')?.value?.[0]
  if (version !== 3) {
    throw new RangeError(
      `a suppression buffer's changelog of version ${version ?? 0}: only version 3 is read, as Kafka Streams 2.5 and later write it`,
    )
  }
  return readTimed(value)
}

interface TimedChange {
  readonly time: number
  readonly change: BufferedChange
}

/** What `writeBuffered` wrote, of the version that this runtime writes. */
export function readTimed(value: Uint8Array): TimedChange {
  const reader = new Reader(value)
  const origin = readOrigin(reader)
  const prior = reader.sized()
  const old = reader.sized(prior)
  const next = reader.sized()
  return { time: reader.int64(), change: { prior, old, next, origin } }
}

function writeOrigin({ timestamp, offset, topic, partition, headers }: RecordOrigin): Uint8Array[] {
  return [
    int64(timestamp),
    int64(offset),
    ...sized(Buffer.from(topic, 'utf8')),
    int32(partition),
    int32(headers.length),
    ...headers.flatMap(({ key, value }) => [...sized(Buffer.from(key, 'utf8')), ...sized(value)]),
  ]
}

function readOrigin(reader: Reader): RecordOrigin {
  const timestamp = reader.int64()
  const offset = reader.int64()
  const topic = reader.text()
  const partition = reader.int32()
  const headers = Array.from({ length: reader.int32() }, () => ({ key: reader.text(), value: reader.sized() }))
  return { timestamp, offset, topic, partition, headers }
}

class Reader {
  readonly #view: Buffer
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#view = viewOf(bytes)
  }

  int32(): number {
    this.#at += 4
    return this.#view.readInt32BE(this.#at - 4)
  }

  int64(): number {
    this.#at += 8
    return readLong(this.#view, this.#at - 8)
  }

  sized(prior: Uint8Array | null = null): Uint8Array | null {
    const length = this.int32()
    if (length === none) return null
    if (length === sameAsPrior) return prior
    this.#at += length
    return this.#view.subarray(this.#at - length, this.#at)
  }

  text(): string {
    return viewOf(this.sized() ?? Buffer.alloc(0)).toString('utf8')
  }
}

function sized(bytes: Uint8Array | null): Uint8Array[] {
  return bytes === null ? [int32(none)] : [int32(bytes.length), bytes]
}

function int32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeInt32BE(value)
  return bytes
}

function int64(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(8)
  writeLong(bytes, 0, value)
  return bytes
}
