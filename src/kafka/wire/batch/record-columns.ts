import type { RecordBatch, RecordHeader } from '../../record.ts'
import { ByteReader, MalformedBytes } from '../bytes/byte-reader.ts'
import { shortestRecordBytes } from './layout.ts'

/** What is noted of a record: where its key, value and headers are in the bytes, and how long. -1 is null. */
const field = { keyAt: 0, keyLength: 1, valueAt: 2, valueLength: 3, headersAt: 4 } as const
const width = 5

/**
 * Records of one partition, in place: one pass notes where each field lies, and
 * nothing else is made until somebody asks. Keys and values are views of the
 * fetched bytes, so who keeps one for longer than the batch copies it.
 */
export class RecordColumns implements RecordBatch {
  readonly topic: string
  readonly partition: number
  readonly #bytes: Buffer
  #length = 0
  #fields = new Int32Array(0)
  #offsets = new Float64Array(0)
  #timestamps = new Float64Array(0)

  constructor(topic: string, partition: number, bytes: Buffer) {
    this.topic = topic
    this.partition = partition
    this.#bytes = bytes
  }

  get length(): number {
    return this.#length
  }

  offset(index: number): number {
    return this.#offsets[index] ?? outside(index)
  }

  timestamp(index: number): number {
    return this.#timestamps[index] ?? outside(index)
  }

  key(index: number): Uint8Array | null {
    return this.#view(index * width + field.keyAt)
  }

  value(index: number): Uint8Array | null {
    return this.#view(index * width + field.valueAt)
  }

  headers(index: number): readonly RecordHeader[] {
    const at = this.#fields[index * width + field.headersAt] ?? outside(index)
    if (this.#bytes[at] === 0) return noHeaders
    return readHeaders(new ByteReader(this.#bytes, at))
  }

  /** Whether records of these bytes can be added: a compressed batch has bytes of its own. */
  holds(bytes: Buffer): boolean {
    return this.#bytes === bytes
  }

  /** Adds the records of one batch, as they stand in `bytes` from `at` to `end`. */
  add(run: RecordRun): void {
    if (run.count < 0 || run.count * shortestRecordBytes > run.end - run.at) {
      throw new MalformedBytes(`${run.count} records in ${run.end - run.at} bytes`)
    }
    this.#makeRoom(run.count)
    const reader = new ByteReader(this.#bytes.subarray(0, run.end), run.at)
    for (let index = 0; index < run.count; index++) this.#addRecord(reader, run)
  }

  #addRecord(reader: ByteReader, run: RecordRun): void {
    const length = reader.varint()
    const end = reader.at + length
    reader.skip(1) // attributes: none are used
    const timestampDelta = reader.varlong()
    const offset = run.baseOffset + reader.varint()
    const keyLength = reader.varint()
    const keyAt = reader.at
    if (keyLength > 0) reader.skip(keyLength)
    const valueLength = reader.varint()
    const valueAt = reader.at
    if (valueLength > 0) reader.skip(valueLength)
    const headersAt = reader.at
    skipHeaders(reader)
    if (reader.at !== end) throw new MalformedBytes(`a record of ${length} bytes ends elsewhere`)
    if (offset < run.fromOffset) return

    const index = this.#length++
    const at = index * width
    this.#fields[at + field.keyAt] = keyAt
    this.#fields[at + field.keyLength] = keyLength
    this.#fields[at + field.valueAt] = valueAt
    this.#fields[at + field.valueLength] = valueLength
    this.#fields[at + field.headersAt] = headersAt
    this.#offsets[index] = offset
    this.#timestamps[index] = run.appendTime ?? run.baseTimestamp + timestampDelta
  }

  #view(at: number): Uint8Array | null {
    const start = this.#fields[at] ?? outside(at / width)
    const length = this.#fields[at + 1] ?? -1
    return length < 0 ? null : this.#bytes.subarray(start, start + length)
  }

  #makeRoom(count: number): void {
    const needed = this.#length + count
    if (needed <= this.#offsets.length) return
    const capacity = Math.max(needed, 2 * this.#offsets.length)
    this.#fields = grown(this.#fields, new Int32Array(capacity * width))
    this.#offsets = grown(this.#offsets, new Float64Array(capacity))
    this.#timestamps = grown(this.#timestamps, new Float64Array(capacity))
  }
}

/** The records of one batch, unpacked, and what its header says about all of them. */
export interface RecordRun {
  readonly at: number
  readonly end: number
  readonly count: number
  readonly baseOffset: number
  readonly baseTimestamp: number
  /** Set when the topic stamps records with the broker's time. */
  readonly appendTime: number | null
  /** A batch is fetched whole even when the reader begins in the middle; records before this are left out. */
  readonly fromOffset: number
}

const noHeaders: readonly RecordHeader[] = []

function readHeaders(reader: ByteReader): readonly RecordHeader[] {
  const count = reader.varint()
  const headers: RecordHeader[] = []
  for (let index = 0; index < count; index++) {
    const key = reader.text(reader.varint())
    const length = reader.varint()
    headers.push({ key, value: length < 0 ? null : reader.bytes(length) })
  }
  return headers
}

/** Walked when the batch is read, so that a record that does not fit is found at the door and not in a processor. */
function skipHeaders(reader: ByteReader): void {
  const count = reader.varint()
  if (count < 0 || count > reader.remaining) throw new MalformedBytes(`${count} headers`)
  for (let index = 0; index < count; index++) {
    reader.skip(reader.varint())
    const length = reader.varint()
    if (length > 0) reader.skip(length)
  }
}

function grown<Column extends Int32Array | Float64Array>(from: Column, to: Column): Column {
  to.set(from)
  return to
}

function outside(index: number): never {
  throw new RangeError(`record ${index} is outside the batch`)
}
