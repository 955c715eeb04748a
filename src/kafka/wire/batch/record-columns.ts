import type { RecordBatch, RecordHeader, RecordPlace } from '../../record.ts'
import { ByteReader, MalformedBytes } from '../bytes/byte-reader.ts'
import { shortestRecordBytes } from './layout.ts'

/** What is noted of a record: where its key, value and headers are in the bytes, and how long. -1 is null. */
const field = { keyAt: 0, keyLength: 1, valueAt: 2, valueLength: 3, headersAt: 4, source: 5 } as const
const width = 6

/**
 * Records of one partition, in place: one pass notes where each field lies, and
 * nothing else is made until somebody asks. Keys and values are views of the
 * fetched bytes, so who keeps one for longer than the batch copies it.
 */
export class RecordColumns implements RecordBatch {
  readonly topic: string
  readonly partition: number
  /** The fetched bytes, and those of each compressed batch. */
  readonly #sources: Buffer[] = []
  #length = 0
  #fields = new Int32Array(0)
  #offsets = new Float64Array(0)
  #timestamps = new Float64Array(0)
  #release: (() => void) | undefined

  /** `likely` records will be added, or others: it only saves growing. */
  constructor({ topic, partition, release }: ColumnsOrigin, likely: number) {
    this.topic = topic
    this.partition = partition
    this.#release = release
    this.#makeRoom(likely)
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
    return this.#view(index, field.keyAt)
  }

  value(index: number): Uint8Array | null {
    return this.#view(index, field.valueAt)
  }

  headers(index: number): readonly RecordHeader[] {
    const at = this.#fields[index * width + field.headersAt] ?? outside(index)
    const source = this.#source(index)
    return source[at] === 0 ? noHeaders : readHeaders(new ByteReader(source, at))
  }

  locate(index: number, place: RecordPlace): void {
    const at = index * width
    const source = this.#source(index)
    place.keyBytes = source
    place.keyAt = this.#fields[at + field.keyAt] ?? 0
    place.keyLength = this.#fields[at + field.keyLength] ?? -1
    place.valueBytes = source
    place.valueAt = this.#fields[at + field.valueAt] ?? 0
    place.valueLength = this.#fields[at + field.valueLength] ?? -1
  }

  /** From now on there is nothing in it: who asks all the same is told so, and is not given somebody else's bytes. */
  release(): void {
    this.#sources.length = 0
    this.#release?.()
    this.#release = undefined
  }

  /** Adds the records of one batch. */
  add(run: RecordRun): void {
    if (run.count < 0 || run.count * shortestRecordBytes > run.end - run.at) {
      throw new MalformedBytes(`${run.count} records in ${run.end - run.at} bytes`)
    }
    this.#makeRoom(run.count)
    if (this.#sources.at(-1) !== run.bytes) this.#sources.push(run.bytes)
    const reader = new ByteReader(run.bytes.subarray(0, run.end), run.at)
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
    this.#fields[at + field.source] = this.#sources.length - 1
    this.#offsets[index] = offset
    this.#timestamps[index] = run.appendTime ?? run.baseTimestamp + timestampDelta
  }

  #view(index: number, which: 0 | 2): Uint8Array | null {
    const at = index * width + which
    const start = this.#fields[at] ?? outside(index)
    const length = this.#fields[at + 1] ?? -1
    return length < 0 ? null : this.#source(index).subarray(start, start + length)
  }

  #source(index: number): Buffer {
    return this.#sources[this.#fields[index * width + field.source] ?? -1] ?? outside(index)
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

interface ColumnsOrigin {
  readonly topic: string
  readonly partition: number
  readonly release?: () => void
}

/** The records of one batch, unpacked, and what its header says about all of them. */
export interface RecordRun {
  readonly bytes: Buffer
  /** Where the records begin and end in `bytes`. */
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
    // copied: headers travel on with records, and are few
    headers.push({ key, value: length < 0 ? null : Buffer.from(reader.bytes(length)) })
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
