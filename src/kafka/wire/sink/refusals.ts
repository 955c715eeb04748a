import { fail, ok, type Result } from '../../../base/result.ts'
import type { OutgoingRecord, TopicPartition } from '../../record.ts'
import type { RefusalAnswer, RefusedRecord } from '../../record-sink.ts'
import type { StreamFailure } from '../../stream-failure.ts'
import { printTopicPartition } from '../../topic-partition.ts'
import { errorCode } from '../api/error-code.ts'
import type { ProducedPartition } from '../api/produce.ts'
import type { Codecs } from '../batch/codec.ts'
import { readBatches, scanBatches } from '../batch/read-batches.ts'
import { failureOfCode } from '../cluster/stream-failures.ts'
import type { LaneRecord, SealedBatch } from './lane.ts'

const tooLarge: ReadonlySet<number> = new Set<number>([errorCode.messageTooLarge, errorCode.recordListTooLarge])
const malformed: ReadonlySet<number> = new Set<number>([errorCode.invalidTimestamp, errorCode.invalidRecord])

/** The broker has nothing against the producer or the partition: some record of the batch is why it wrote none. */
export const isOfRecords = (code: number): boolean => tooLarge.has(code) || malformed.has(code)

export const isTooLarge = (code: number): boolean => tooLarge.has(code)

/** What becomes of a batch that was refused. */
export interface Sorted {
  /** Batches to be sent in its place, in order; a record in none of them is dropped. */
  readonly groups: readonly (readonly LaneRecord[])[]
  /** What else is to be sent, in their stead. */
  readonly instead: readonly OutgoingRecord[]
}

/**
 * Finds the records that are at fault. The broker names their places in the batch (KIP-467) or, of a batch that is too
 * large, says nothing: then it is sent as two halves, as Kafka's producer splits it, until it fits or is one record.
 *
 * Who is at fault is asked about, one by one; the rest of the batch is sent again. (Kafka's producer fails the rest, too.)
 */
export function sortRefused(
  lane: TopicPartition,
  batch: SealedBatch,
  { answer, codecs, onRefused }: Around,
): Result<Sorted, StreamFailure> {
  const records = recordsOf(lane, batch, codecs)
  const places = placesAtFault(answer, records.length)
  if (places === undefined) {
    const middle = Math.ceil(records.length / 2)
    return ok({ groups: [records.slice(0, middle), records.slice(middle)], instead: [] })
  }
  const instead: OutgoingRecord[] = []
  for (const place of places) {
    const record = records[place]
    if (record === undefined) continue
    const failure = whyRefused(lane, record, { answer, place })
    const asked = onRefused?.({ ...lanePlace(lane), ...copied(record), cause: record.cause, reason: failure.reason })
    if (asked?.isDropped !== true) return fail(failure)
    instead.push(...asked.instead)
  }
  const atFault = new Set(places)
  const rest = records.filter((_, place) => !atFault.has(place))
  return ok({ groups: rest.length === 0 ? [] : [rest], instead })
}

interface Around {
  readonly answer: ProducedPartition
  readonly codecs: Codecs
  /** Left out: a record at fault is a failure of the sink. */
  readonly onRefused: ((refused: RefusedRecord) => RefusalAnswer) | undefined
}

/** Undefined: not known yet. */
function placesAtFault(
  { errorCode: code, recordErrors }: ProducedPartition,
  count: number,
): readonly number[] | undefined {
  if (count <= 1) return [0]
  if (isTooLarge(code) || recordErrors.length === 0) return undefined
  return recordErrors.map(({ index }) => index)
}

function whyRefused(
  lane: TopicPartition,
  record: LaneRecord,
  { answer, place }: { readonly answer: ProducedPartition; readonly place: number },
): StreamFailure {
  const { errorCode: code, message, recordErrors } = answer
  const bytes = (record.key?.length ?? 0) + (record.value?.length ?? 0)
  const what = `writing to ${printTopicPartition(lane)} a record of ${bytes} bytes and the time ${record.timestamp}`
  return failureOfCode(code, what, recordErrors.find(({ index }) => index === place)?.message ?? message)
}

const lanePlace = ({ topic, partition }: TopicPartition): TopicPartition => ({ topic, partition })

/** Who is asked may keep it; the batch's memory is used again. */
function copied({
  key,
  value,
  headers,
  timestamp,
}: LaneRecord): Pick<RefusedRecord, 'key' | 'value' | 'headers' | 'timestamp'> {
  const copy = (bytes: Uint8Array | null): Uint8Array | null => (bytes === null ? null : Buffer.from(bytes))
  return {
    timestamp,
    key: copy(key),
    value: copy(value),
    headers: headers.map((header) => ({ ...header, value: copy(header.value) })),
  }
}

/** Reads a batch of our own as if it had been fetched. */
function recordsOf(lane: TopicPartition, { bytes, causes }: SealedBatch, codecs: Codecs): readonly LaneRecord[] {
  const reading = { ...lanePlace(lane), fromOffset: 0, aborted: null, codecs }
  const columns = readBatches(bytes, scanBatches(bytes, 0), reading)
  return Array.from({ length: columns?.length ?? 0 }, (_, index): LaneRecord => ({
    timestamp: columns?.timestamp(index) ?? 0,
    key: columns?.key(index) ?? null,
    value: columns?.value(index) ?? null,
    headers: columns?.headers(index) ?? [],
    cause: causes?.[index],
  }))
}
