import type { RecordBatch, RecordHeader, RecordPlace } from '../../record.ts'
import { ByteReader, MalformedBytes } from '../bytes/byte-reader.ts'
import type { SpareMemory } from '../bytes/spare-memory.ts'
import { shortestRecordBytes } from './layout.ts'

/** What is noted of a record: where its key, value and headers are in the bytes, and how long. -1 is null. */
const field = { keyAt: 0, keyLength: 1, valueAt: 2, valueLength: 3, headersAt: 4, source: 5 } as const
const width = 6
/** An offset, a timestamp, and the fields. */
const recordBytes = 8 + 8 + 4 * width
/** Columns of fewer records are left to the garbage collector. */
const fewRecords = 250

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
  #columns: Columns = noColumns
  readonly #spare: SpareMemory | undefined
  #release: (() => void) | undefined

  /** `likely` records will be added, or others: it only saves growing. */
  constructor({ topic, partition, spare, release }: ColumnsOrigin, likely: number) {
    this.topic = topic
    this.partition = partition
    this.#spare = spare
    this.#release = release
    this.#makeRoom(likely)
  }

  get length(): number {
    return this.#length
  }

  offset(index: number): number {
    return this.#columns.offsets[index] ?? outside(index)
  }

  timestamp(index: number): number {
    return this.#columns.timestamps[index] ?? outside(index)
  }

  key(index: number): Uint8Array | null {
    return this.#view(index, field.keyAt)
  }

  value(index: number): Uint8Array | null {
    return this.#view(index, field.valueAt)
  }

  headers(index: number): readonly RecordHeader[] {
    const at = this.#columns.fields[index * width + field.headersAt] ?? outside(index)
    const source = this.#source(index)
    return source[at] === 0 ? noHeaders : readHeaders(new ByteReader(source, at))
  }

  locate(index: number, place: RecordPlace): void {
    const at = index * width
    const source = this.#source(index)
    const { fields } = this.#columns
    place.keyBytes = source
    place.keyAt = fields[at + field.keyAt] ?? 0
    place.keyLength = fields[at + field.keyLength] ?? -1
    place.valueBytes = source
    place.valueAt = fields[at + field.valueAt] ?? 0
    place.valueLength = fields[at + field.valueLength] ?? -1
  }

  /** From now on there is nothing in it: who asks all the same is told so, and is not given somebody else's bytes. */
  release(): void {
    this.#sources.length = 0
    this.#giveColumns()
    this.#columns = noColumns
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
    reader.stepOver(1) // attributes: none are used
    const timestampDelta = reader.varlong()
    const offset = run.baseOffset + reader.varint()
    const keyLength = reader.varint()
    const keyAt = reader.at
    if (keyLength > 0) reader.stepOver(keyLength)
    const valueLength = reader.varint()
    const valueAt = reader.at
    if (valueLength > 0) reader.stepOver(valueLength)
    const headersAt = reader.at
    skipHeaders(reader)
    if (reader.at !== end) throw new MalformedBytes(`a record of ${length} bytes ends elsewhere`)
    if (offset < run.fromOffset) return

    const index = this.#length++
    const at = index * width
    const { fields, offsets, timestamps } = this.#columns
    fields[at + field.keyAt] = keyAt
    fields[at + field.keyLength] = keyLength
    fields[at + field.valueAt] = valueAt
    fields[at + field.valueLength] = valueLength
    fields[at + field.headersAt] = headersAt
    fields[at + field.source] = this.#sources.length - 1
    offsets[index] = offset
    timestamps[index] = run.appendTime ?? run.baseTimestamp + timestampDelta
  }

  #view(index: number, which: 0 | 2): Uint8Array | null {
    const at = index * width + which
    const { fields } = this.#columns
    const start = fields[at] ?? outside(index)
    const length = fields[at + 1] ?? -1
    return length < 0 ? null : this.#source(index).subarray(start, start + length)
  }

  #source(index: number): Buffer {
    return this.#sources[this.#columns.fields[index * width + field.source] ?? -1] ?? outside(index)
  }

  #makeRoom(count: number): void {
    const needed = this.#length + count
    const before = this.#columns
    if (needed <= before.offsets.length) return
    const capacity = Math.max(needed, 2 * before.offsets.length)
    const columns = columnsIn(this.#memory(capacity * recordBytes))
    columns.fields.set(before.fields.subarray(0, this.#length * width))
    columns.offsets.set(before.offsets.subarray(0, this.#length))
    columns.timestamps.set(before.timestamps.subarray(0, this.#length))
    this.#giveColumns()
    this.#columns = columns
  }

  #memory(lengthBytes: number): Buffer {
    const isSmall = lengthBytes < fewRecords * recordBytes
    return this.#spare === undefined || isSmall ? Buffer.allocUnsafeSlow(lengthBytes) : this.#spare.take(lengthBytes)
  }

  #giveColumns(): void {
    const { memory } = this.#columns
    if (memory.length >= fewRecords * recordBytes) this.#spare?.give(memory)
  }
}

/** One value or one row of values for each record, side by side in `memory`, which may have held others before. */
interface Columns {
  readonly memory: Buffer
  readonly offsets: Float64Array
  readonly timestamps: Float64Array
  readonly fields: Int32Array
}

function columnsIn(memory: Buffer): Columns {
  const { buffer, byteLength } = memory
  const capacity = Math.floor(byteLength / recordBytes)
  return {
    memory,
    offsets: new Float64Array(buffer, 0, capacity),
    timestamps: new Float64Array(buffer, 8 * capacity, capacity),
    fields: new Int32Array(buffer, 16 * capacity, width * capacity),
  }
}

const noColumns: Columns = columnsIn(Buffer.allocUnsafeSlow(0))

interface ColumnsOrigin {
  readonly topic: string
  readonly partition: number
  /** Where the columns lie, and go back to with `release`; left out: they are left to the garbage collector. */
  readonly spare?: SpareMemory
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
    reader.stepOver(reader.varint())
    const length = reader.varint()
    if (length > 0) reader.stepOver(length)
  }
}

function outside(index: number): never {
  throw new RangeError(`record ${index} is outside the batch`)
}
