import { fail, ok, type Result } from '../../base/result.ts'
import type { GroupAssignment, GroupMember } from '../../kafka/group.ts'
import type { TopicPartition } from '../../kafka/record.ts'
import type { StreamFailure } from '../../kafka/stream-failure.ts'
import type { StreamClient } from '../../kafka/stream-client.ts'
import { printTaskId } from '../../topology/task-id.ts'
import type { Topology, WireNames } from '../graph/topology.ts'
import { encodeAssignmentInfo } from './assignment-info.ts'
import { shareTasks, type ThreadOfGroup } from './share-tasks.ts'
import { planTasks, topicsOf, type PlannedTask } from './stream-tasks.ts'
import { decodeSubscriptionInfo } from './subscription-info.ts'

/** What the leader of the group does: looks at the topics, makes the tasks, shares them out. */
export async function assignMembers(
  members: readonly GroupMember[],
  topology: Topology,
  wire: WireNames,
  client: Pick<StreamClient, 'partitions'>,
): Promise<Result<ReadonlyMap<string, GroupAssignment>, StreamFailure>> {
  const tasks = await findTasks(topology, wire, client)
  if (!tasks.ok) return tasks
  const byName = new Map(tasks.value.map((task) => [task.name, task]))
  const shares = shareTasks(members.map(readMember), [...byName.keys()])
  return ok(
    new Map(
      [...shares].map(([memberId, names]) => [memberId, toAssignment(names.flatMap((name) => byName.get(name) ?? []))]),
    ),
  )
}

/** The tasks of the topology on the cluster as it is; what is wrong with its topics is fatal, all of it in one sentence each. */
export async function findTasks(
  topology: Topology,
  wire: WireNames,
  client: Pick<StreamClient, 'partitions'>,
): Promise<Result<readonly PlannedTask[], StreamFailure>> {
  const partitions = await client.partitions(topicsOf(topology, wire))
  if (!partitions.ok) return partitions
  const tasks = planTasks(topology, wire, partitions.value)
  if (tasks.ok) return tasks
  return fail({
    kind: 'fatal',
    reason: 'the topics do not fit the topology',
    whatToDo: tasks.error.join('; '),
  })
}

/** Kafka's consumer protocol groups an assignment by topic, so ids are written in the order that both sides can sort into. */
export function comparePartitions(one: TopicPartition, other: TopicPartition): number {
  if (one.topic !== other.topic) return one.topic < other.topic ? -1 : 1
  return one.partition - other.partition
}

function readMember({ memberId, userData }: GroupMember): ThreadOfGroup {
  const { processId, tasks } = decodeSubscriptionInfo(userData)
  const names = (wanted: typeof tasks) => wanted.map(({ id }) => printTaskId(id))
  return {
    memberId,
    processId,
    owned: names(tasks.filter(({ offsetSum }) => offsetSum === undefined)),
    stored: names(tasks),
  }
}

function toAssignment(tasks: readonly PlannedTask[]): GroupAssignment {
  const pairs = tasks
    .flatMap(({ id, partitions }) => partitions.map((partition) => ({ id, partition })))
    .toSorted((one, other) => comparePartitions(one.partition, other.partition))
  return {
    partitions: pairs.map(({ partition }) => partition),
    userData: encodeAssignmentInfo(pairs.map(({ id }) => id)),
  }
}
