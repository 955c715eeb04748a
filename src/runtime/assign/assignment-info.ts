import type { TopicPartition } from '../../kafka/record.ts'
import type { TaskId } from '../../topology/task-id.ts'
import { JavaReader, JavaWriter } from './java-bytes.ts'

/** What the leader tells a stream thread. */
export interface AssignmentInfo {
  /** One per assigned partition, in the order of the partitions. */
  readonly active: readonly TaskId[]
  readonly standby: readonly StandbyAssignment[]
  /** When this thread is to ask for another rebalance; undefined: nobody asked it to. */
  readonly nextRebalanceMs: number | undefined
}

interface StandbyAssignment {
  readonly id: TaskId
  /** What the task would read, were it active. */
  readonly partitions: readonly TopicPartition[]
}

const version = 11
/** `Long.MAX_VALUE`: no rebalance is planned. */
const noRebalance = 0x7fff_ffff_ffff_ffffn

/** The layout of Kafka Streams' `AssignmentInfo`, version 11, without the maps of hosts. */
export function encodeAssignmentInfo({ active, standby, nextRebalanceMs }: AssignmentInfo): Uint8Array {
  const writer = new JavaWriter().int32(version).int32(version).int32(active.length)
  for (const id of active) writeTask(writer, id)
  writer.int32(standby.length)
  for (const { id, partitions } of standby) {
    writeTask(writer, id).int32(partitions.length)
    for (const { topic, partition } of partitions) writer.utf(topic).int32(partition)
  }
  const [topics, hostsOfActive, hostsOfStandby, errorCode] = [0, 0, 0, 0]
  writer.int32(topics).int32(hostsOfActive).int32(hostsOfStandby).int32(errorCode)
  return writer.int64(nextRebalanceMs === undefined ? noRebalance : BigInt(nextRebalanceMs)).end()
}

/** A member that was given nothing gets no bytes. */
export function decodeAssignmentInfo(bytes: Uint8Array): AssignmentInfo {
  if (bytes.length === 0) return { active: [], standby: [], nextRebalanceMs: undefined }
  const reader = new JavaReader(bytes)
  const used = reader.int32()
  if (used !== version) throw new RangeError(`the leader of the group speaks version ${used} of AssignmentInfo`)
  reader.int32()
  const active = reader.list(readTask)
  const standby = reader.list(() => ({ id: readTask(reader), partitions: reader.list(readPartition) }))
  reader.list(() => [reader.int32(), reader.utf()])
  for (let map = 0; map < 2; map += 1) reader.list(readHost)
  reader.int32()
  const next = reader.int64()
  return { active, standby, nextRebalanceMs: next === noRebalance ? undefined : Number(next) }
}

function writeTask(writer: JavaWriter, { subtopology, partition }: TaskId): JavaWriter {
  const nameLength = 0
  return writer.int32(subtopology).int32(partition).int32(nameLength)
}

function readTask(reader: JavaReader): TaskId {
  const id = { subtopology: reader.int32(), partition: reader.int32() }
  reader.raw(2 * reader.int32())
  return id
}

function readPartition(reader: JavaReader): TopicPartition {
  return { topic: reader.utf(), partition: reader.int32() }
}

function readHost(reader: JavaReader): void {
  reader.utf()
  reader.int32()
  reader.list(() => reader.raw(8))
}
