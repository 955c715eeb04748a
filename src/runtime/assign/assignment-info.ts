import type { TaskId } from '../../topology/task-id.ts'
import { JavaReader, JavaWriter } from './java-bytes.ts'

const version = 11
/** `Long.MAX_VALUE`: no rebalance is planned. */
const noRebalance = 0x7fff_ffff_ffff_ffffn

/**
 * The layout of Kafka Streams' `AssignmentInfo`, version 11, with active tasks
 * only: one per assigned partition, in the order of the partitions.
 */
export function encodeAssignmentInfo(active: readonly TaskId[]): Uint8Array {
  const writer = new JavaWriter().int32(version).int32(version).int32(active.length)
  for (const { subtopology, partition } of active) writer.int32(subtopology).int32(partition).int32(0)
  const [standby, topics, hostsOfActive, hostsOfStandby, errorCode] = [0, 0, 0, 0, 0]
  writer.int32(standby).int32(topics).int32(hostsOfActive).int32(hostsOfStandby).int32(errorCode)
  return writer.int64(noRebalance).end()
}

/** The active tasks, one per assigned partition. A member that was given nothing gets no bytes. */
export function decodeAssignmentInfo(bytes: Uint8Array): readonly TaskId[] {
  if (bytes.length === 0) return []
  const reader = new JavaReader(bytes)
  const used = reader.int32()
  if (used !== version) throw new RangeError(`the leader of the group speaks version ${used} of AssignmentInfo`)
  reader.int32()
  return reader.list(() => {
    const id = { subtopology: reader.int32(), partition: reader.int32() }
    reader.raw(2 * reader.int32())
    return id
  })
}
