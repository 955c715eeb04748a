import type { RecordBatch, RecordHeader } from '../../src/kafka/record.ts'
import { BatchWriter, stampOrigin } from '../../src/kafka/wire/batch/batch-writer.ts'
import type { BatchOrigin, WritableRecord } from '../../src/kafka/wire/batch/batch-writer.ts'
import { Codecs } from '../../src/kafka/wire/batch/codec.ts'
import type { Compression } from '../../src/kafka/wire/batch/codec.ts'
import { layout } from '../../src/kafka/wire/batch/layout.ts'
import type { SpareMemory } from '../../src/kafka/wire/bytes/spare-memory.ts'
import { readBatches, scanBatches } from '../../src/kafka/wire/batch/read-batches.ts'

/** A record as a test writes it: texts for bytes. */
export interface PlainRecord {
  readonly offset: number
  readonly timestamp: number
  readonly key: string | null
  readonly value: string | null
  readonly headers: readonly (readonly [string, string | null])[]
}

export function outgoing(fields: Partial<PlainRecord> = {}): WritableRecord {
  const { timestamp = 0, key = 'k', value = 'v', headers = [] } = fields
  return {
    timestamp,
    key: key === null ? null : Buffer.from(key),
    value: value === null ? null : Buffer.from(value),
    headers: headers.map(([name, text]) => ({ key: name, value: text === null ? null : Buffer.from(text) })),
  }
}

export function plain(batch: RecordBatch): PlainRecord[] {
  return Array.from({ length: batch.length }, (_, index) => ({
    offset: batch.offset(index),
    timestamp: batch.timestamp(index),
    key: text(batch.key(index)),
    value: text(batch.value(index)),
    headers: batch.headers(index).map((header: RecordHeader) => [header.key, text(header.value)] as const),
  }))
}

export interface BatchShape extends Partial<BatchOrigin> {
  readonly compression?: Compression
  readonly baseOffset?: number
}

/** A batch as it would lie in a broker's log. */
export async function batchBytes(records: readonly WritableRecord[], shape: BatchShape = {}): Promise<Buffer> {
  const codecs = new Codecs()
  const { compression = 'none', baseOffset = 0 } = shape
  await codecs.load(compression)
  const writer = new BatchWriter(64)
  for (const record of records) writer.append(record)
  const bytes = Buffer.from(writer.finish(compression, codecs))
  stampOrigin(bytes, { producerId: -1, producerEpoch: -1, baseSequence: -1, transactional: false, ...shape })
  bytes.writeUInt32BE(baseOffset, layout.baseOffset + 4)
  return bytes
}

export interface ReadShape {
  readonly spare?: SpareMemory
  readonly fromOffset?: number
  readonly aborted?: readonly { readonly producerId: number; readonly firstOffset: number }[] | null
}

/** Reads fetched bytes as a source does; null where nothing is left of them. */
export async function readColumns(
  bytes: Buffer,
  { fromOffset = 0, aborted = null, ...rest }: ReadShape = {},
): Promise<RecordBatch | null> {
  const codecs = new Codecs()
  const scan = scanBatches(bytes, fromOffset)
  for (const compression of scan.compressions) await codecs.load(compression)
  return readBatches(bytes, scan, { topic: 't', partition: 0, fromOffset, aborted, codecs, ...rest })
}

export async function readPlain(bytes: Buffer, shape?: ReadShape): Promise<PlainRecord[]> {
  const columns = await readColumns(bytes, shape)
  return columns === null ? [] : plain(columns)
}

const text = (bytes: Uint8Array | null): string | null => (bytes === null ? null : Buffer.from(bytes).toString())
