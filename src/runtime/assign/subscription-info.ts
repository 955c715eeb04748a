import { createHash } from 'node:crypto'
import type { TaskId } from '../../topology/task-id.ts'
import { JavaReader, JavaWriter } from './java-bytes.ts'

/** What a stream thread tells the leader about itself. */
export interface SubscriptionInfo {
  /** A UUID, the same for all threads of one process. */
  readonly processId: string
  readonly tasks: readonly TaskOffsetSum[]
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
export function encodeSubscriptionInfo({ processId, tasks }: SubscriptionInfo): Uint8Array {
  const writer = new JavaWriter().int32(version).int32(version)
  writer
    .raw(Buffer.from(processId.replaceAll('-', ''), 'hex'))
    .bytes(new Uint8Array())
    .int32(tasks.length)
  for (const { id, offsetSum } of tasks) {
    writer.int32(id.subtopology).int32(id.partition)
    writer.int64(offsetSum === undefined ? latestOffset : BigInt(offsetSum)).int16(-1)
  }
  return writer.int8(0).int32(0).int32(0).end()
}

export function decodeSubscriptionInfo(bytes: Uint8Array): SubscriptionInfo {
  const reader = new JavaReader(bytes)
  const used = reader.int32()
  if (used !== version) throw new RangeError(`a member of the group speaks version ${used} of SubscriptionInfo`)
  reader.int32()
  const processId = toUuid(reader.raw(16))
  reader.raw(reader.int32())
  const tasks = reader.list(() => {
    const id = { subtopology: reader.int32(), partition: reader.int32() }
    const sum = reader.int64()
    reader.raw(Math.max(0, reader.int16()))
    return { id, offsetSum: sum === latestOffset ? undefined : Number(sum) }
  })
  return { processId, tasks }
}

/**
 * The process id of a dyno. Its disk is empty at every start, so nothing on it can
 * remember an identity: the slot itself (`worker.1`) is one.
 */
export function processIdOf(applicationId: string, processName: string): string {
  return toUuid(createHash('sha256').update(`${applicationId}\n${processName}`).digest().subarray(0, 16))
}

function toUuid(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
