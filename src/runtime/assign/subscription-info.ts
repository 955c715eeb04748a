import { createHash } from 'node:crypto'
import type { TaskId } from '../../topology/task-id.ts'
import { JavaReader, JavaWriter } from './java-bytes.ts'

/** What a stream thread tells the leader about itself. */
export interface SubscriptionInfo {
  /** A UUID, the same for all threads of one process. */
  readonly processId: string
  /** Another number each time: the coordinator takes a member that says the same again for one that has no wish. */
  readonly uniqueField: number
  /** `client.tag.*`: where the process runs, in words of the person who set them. */
  readonly clientTags: ReadonlyMap<string, string>
  readonly tasks: readonly TaskOffsetSum[]
  /** Where the process is asked for its state, `host:port` as `application.server` has it; '' where nowhere. */
  readonly endPoint: string
  /** 0, or `SHUTDOWN_REQUESTED`. */
  readonly errorCode: number
}

export interface TaskOffsetSum {
  readonly id: TaskId
  /** Sum of the offsets in its stores; undefined where the task is active here. */
  readonly offsetSum: number | undefined
}

const version = 11
/** `SubscriptionInfo.LATEST_OFFSET`: the task runs here. */
const latestOffset = -2n

/** The layout of Kafka Streams' `SubscriptionInfo`, version 11 (SubscriptionInfoData.json, 4.3.1). */
export function encodeSubscriptionInfo({
  processId,
  uniqueField,
  clientTags,
  tasks,
  endPoint,
  errorCode,
}: SubscriptionInfo): Uint8Array {
  const writer = new JavaWriter().int32(version).int32(version)
  writer
    .raw(Buffer.from(processId.replaceAll('-', ''), 'hex'))
    .bytes(Buffer.from(endPoint))
    .int32(tasks.length)
  for (const { id, offsetSum } of tasks) {
    writer.int32(id.subtopology).int32(id.partition)
    writer.int64(offsetSum === undefined ? latestOffset : BigInt(offsetSum)).int16(-1)
  }
  writer.int8(uniqueField).int32(errorCode).int32(clientTags.size)
  for (const [key, value] of clientTags) writer.bytes(Buffer.from(key)).bytes(Buffer.from(value))
  return writer.end()
}

export function decodeSubscriptionInfo(bytes: Uint8Array): SubscriptionInfo {
  const reader = new JavaReader(bytes)
  const used = reader.int32()
  if (used !== version) throw new RangeError(`a member of the group speaks version ${used} of SubscriptionInfo`)
  reader.int32()
  const processId = toUuid(reader.raw(16))
  const endPoint = reader.bytes().toString()
  const tasks = reader.list(() => {
    const id = { subtopology: reader.int32(), partition: reader.int32() }
    const sum = reader.int64()
    reader.raw(Math.max(0, reader.int16()))
    return { id, offsetSum: sum === latestOffset ? undefined : Number(sum) }
  })
  const uniqueField = reader.int8()
  const errorCode = reader.int32()
  const clientTags = new Map(reader.list(() => [reader.bytes().toString(), reader.bytes().toString()] as const))
  return { processId, uniqueField, clientTags, tasks, endPoint, errorCode }
}

/**
 * The process id of a dyno. Its disk is empty at every start, so nothing on it can remember an identity: the slot
 * (`worker.1`) gives the first half. The order of process ids, which the assignment follows, is the order of
 * slots then, and a dyno that was replaced changes nothing for the others. The second half is of this start
 * alone: while the old dyno still ends, two in one slot are two processes, and what one holds is not taken for the other's.
 */
export function processIdOf(applicationId: string, processName: string, start: string): string {
  const half = (text: string): Buffer => createHash('sha256').update(text).digest().subarray(0, 8)
  return toUuid(Buffer.concat([half(`${applicationId}\n${processName}`), half(start)]))
}

function toUuid(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
