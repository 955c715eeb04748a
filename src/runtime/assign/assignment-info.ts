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
  readonly hosts: Hosts
  /** 0, or why there is nothing to do: Kafka Streams' `AssignorError`. */
  readonly errorCode: number
}

/** Which process has what its tasks read, by role: how a key is found from any of them. */
export interface Hosts {
  readonly active: readonly HostedPartitions[]
  readonly standby: readonly HostedPartitions[]
}

export interface HostedPartitions {
  readonly host: string
  readonly port: number
  readonly partitions: readonly TopicPartition[]
}

export const noHosts: Hosts = { active: [], standby: [] }

/** Nothing to do. */
export const noAssignment = { active: [], standby: [], nextRebalanceMs: undefined, hosts: noHosts } as const

interface StandbyAssignment {
  readonly id: TaskId
  /** What the task would read, were it active. */
  readonly partitions: readonly TopicPartition[]
}

const version = 11
/** `Long.MAX_VALUE`: no rebalance is planned. */
const noRebalance = 0x7fff_ffff_ffff_ffffn

/** The layout of Kafka Streams' `AssignmentInfo`, version 11. */
export function encodeAssignmentInfo({
  active,
  standby,
  nextRebalanceMs,
  hosts,
  errorCode,
}: AssignmentInfo): Uint8Array {
  const writer = new JavaWriter().int32(version).int32(version).int32(active.length)
  for (const id of active) writeTask(writer, id)
  writer.int32(standby.length)
  for (const { id, partitions } of standby) {
    writeTask(writer, id).int32(partitions.length)
    for (const { topic, partition } of partitions) writer.utf(topic).int32(partition)
  }
  writeHosts(writer, hosts)
  writer.int32(errorCode)
  return writer.int64(nextRebalanceMs === undefined ? noRebalance : BigInt(nextRebalanceMs)).end()
}

/** A member that was given nothing gets no bytes. */
export function decodeAssignmentInfo(bytes: Uint8Array): AssignmentInfo {
  if (bytes.length === 0) return { ...noAssignment, errorCode: 0 }
  const reader = new JavaReader(bytes)
  const used = reader.int32()
  if (used !== version) throw new RangeError(`the leader of the group speaks version ${used} of AssignmentInfo`)
  reader.int32()
  const active = reader.list(readTask)
  const standby = reader.list(() => ({ id: readTask(reader), partitions: reader.list(readPartition) }))
  const topics = new Map(reader.list(() => [reader.int32(), reader.utf()] as const))
  const hosts = { active: readHosts(reader, topics), standby: readHosts(reader, topics) }
  const errorCode = reader.int32()
  const next = reader.int64()
  return { active, standby, nextRebalanceMs: next === noRebalance ? undefined : Number(next), hosts, errorCode }
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

/** Topics once by number, then both maps. */
function writeHosts(writer: JavaWriter, { active, standby }: Hosts): void {
  const named = [...active, ...standby].flatMap(({ partitions }) => partitions.map(({ topic }) => topic))
  const topics = new Map([...new Set(named)].map((topic, index) => [topic, index]))
  writer.int32(topics.size)
  for (const [topic, index] of topics) writer.int32(index).utf(topic)
  for (const map of [active, standby]) {
    writer.int32(map.length)
    for (const { host, port, partitions } of map) {
      writer.utf(host).int32(port).int32(partitions.length)
      for (const { topic, partition } of partitions) writer.int32(topics.get(topic) ?? 0).int32(partition)
    }
  }
}

function readHosts(reader: JavaReader, topics: ReadonlyMap<number, string>): readonly HostedPartitions[] {
  return reader.list(() => ({
    host: reader.utf(),
    port: reader.int32(),
    partitions: reader.list(() => ({ topic: topics.get(reader.int32()) ?? '', partition: reader.int32() })),
  }))
}
