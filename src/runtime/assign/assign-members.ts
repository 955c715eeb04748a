import { fail, ok, type Result } from '../../base/result.ts'
import type { GroupAssignment, GroupMember, StreamGroup } from '../../kafka/group.ts'
import type { TopicPartition } from '../../kafka/record.ts'
import type { StreamFailure } from '../../kafka/stream-failure.ts'
import type { StreamClient } from '../../kafka/stream-client.ts'
import { printTopicPartition } from '../../kafka/topic-partition.ts'
import { printTaskId } from '../../topology/task-id.ts'
import { hasPatterns } from '../graph/pattern-sources.ts'
import type { Topology, WireNames } from '../graph/topology.ts'
import { endsOfChangelogs } from './changelogs.ts'
import { shutdownRequested } from './assignor-error.ts'
import { encodeAssignmentInfo, noAssignment, type AssignmentInfo } from './assignment-info.ts'
import { assignGroup, type MemberFacts } from './high-availability/assign-group.ts'
import type { AssignmentSettings } from './high-availability/assign-to-clients.ts'
import type { ThreadTasks } from './high-availability/assign-to-threads.ts'
import { runsHere } from './high-availability/client.ts'
import { hostsOfTasks } from './hosts-of-tasks.ts'
import { planTasks, topicsOf, type PlannedTask } from './stream-tasks.ts'
import { decodeSubscriptionInfo } from './subscription-info.ts'

/** What the leader of the group works with. */
export interface Leader {
  readonly processId: string
  readonly topology: Topology
  readonly wire: WireNames
  readonly client: Pick<StreamClient, 'partitions' | 'offsets' | 'topics'>
  readonly group: Pick<StreamGroup, 'committed'>
  readonly settings: AssignmentSettings
  /** When to look again whether a task can move to where it shall be. */
  readonly probingMs: number
  readonly log: { warn(fields: Readonly<Record<string, unknown>>, message: string): void }
}

/**
 * What the leader of the group does: looks at the topics, makes the tasks, asks how long their changelogs are, and shares
 * the tasks out. Where a task is to move later, one thread of the leader's process is told to ask again.
 */
export async function assignMembers(
  members: readonly GroupMember[],
  { processId, topology, wire, client, group, settings, probingMs, log }: Leader,
): Promise<Result<ReadonlyMap<string, GroupAssignment>, StreamFailure>> {
  if (members.some(wantsShutdown)) return ok(shutDownAll(members))
  const tasks = await findTasks(topology, wire, client)
  if (!tasks.ok) return tasks
  const ends = await endsOfChangelogs(
    { client, group },
    tasks.value.flatMap(({ changelogs }) => changelogs),
  )
  if (!ends.ok) return ends
  const facts = members.map(readMember)
  const isStateful = ({ changelogs }: PlannedTask): boolean => changelogs.length > 0
  const { members: shares, isProbingNeeded } = assignGroup(
    facts,
    {
      stateful: new Map(tasks.value.filter(isStateful).map((task) => [task.name, endOf(task, ends.value.ends)])),
      stateless: tasks.value.filter((task) => !isStateful(task)).map(({ name }) => name),
    },
    settings,
  )
  tellTooFew(facts, settings, log)
  const ours = facts.filter((member) => member.processId === processId).map(({ memberId }) => memberId)
  const prober = isProbingNeeded ? ours.toSorted()[0] : undefined
  const byName = new Map(tasks.value.map((task) => [task.name, task]))
  const hosts = hostsOfTasks(new Map(members.map(endPointOf)), shares, byName)
  return ok(
    new Map(
      [...shares].map(([memberId, share]) => [
        memberId,
        toAssignment(byName, share, { nextRebalanceMs: memberId === prober ? probingMs : undefined, hosts }),
      ]),
    ),
  )
}

/** The tasks of the topology on the cluster as it is; what is wrong with its topics is fatal, all of it in one sentence each. */
export async function findTasks(
  topology: Topology,
  wire: WireNames,
  client: Pick<StreamClient, 'partitions' | 'topics'>,
): Promise<Result<readonly PlannedTask[], StreamFailure>> {
  const listed = hasPatterns(topology) ? await client.topics() : ok([])
  if (!listed.ok) return listed
  const partitions = await client.partitions(topicsOf(topology, wire, listed.value))
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

/** A task and its standbys are on as many processes. */
function tellTooFew(
  members: readonly MemberFacts[],
  { standbyReplicas: wanted }: AssignmentSettings,
  log: Leader['log'],
): void {
  const processes = new Set(members.map((member) => member.processId)).size
  if (processes > wanted) return
  const fields = { dynos: processes, standbyReplicas: wanted, needed: wanted + 1 }
  log.warn(fields, 'too few dynos for the standbys that are asked for: scale up, or ask for fewer')
}

function wantsShutdown({ userData }: GroupMember): boolean {
  return decodeSubscriptionInfo(userData).errorCode === shutdownRequested
}

/** Nobody gets a task, and everybody the order to end: Kafka Streams' `errorAssignment`. */
function shutDownAll(members: readonly GroupMember[]): ReadonlyMap<string, GroupAssignment> {
  const userData = encodeAssignmentInfo({ ...noAssignment, errorCode: shutdownRequested })
  return new Map(members.map(({ memberId }) => [memberId, { partitions: [], userData }]))
}

function endOf({ changelogs }: PlannedTask, ends: ReadonlyMap<string, number>): number {
  return changelogs.reduce((sum, changelog) => sum + (ends.get(printTopicPartition(changelog)) ?? 0), 0)
}

function readMember({ memberId, userData }: GroupMember): MemberFacts {
  const { processId, clientTags, tasks } = decodeSubscriptionInfo(userData)
  return {
    memberId,
    processId,
    tags: clientTags,
    offsetSums: new Map(tasks.map(({ id, offsetSum }) => [printTaskId(id), offsetSum ?? runsHere])),
  }
}

function endPointOf({ memberId, userData }: GroupMember): readonly [string, string] {
  return [memberId, decodeSubscriptionInfo(userData).endPoint]
}

function toAssignment(
  tasks: ReadonlyMap<string, PlannedTask>,
  share: ThreadTasks,
  { nextRebalanceMs, hosts }: Pick<AssignmentInfo, 'nextRebalanceMs' | 'hosts'>,
): GroupAssignment {
  const planned = (names: readonly string[]) => names.flatMap((name) => tasks.get(name) ?? [])
  const pairs = planned(share.active)
    .flatMap(({ id, partitions }) => partitions.map((partition) => ({ id, partition })))
    .toSorted((one, other) => comparePartitions(one.partition, other.partition))
  return {
    partitions: pairs.map(({ partition }) => partition),
    userData: encodeAssignmentInfo({
      active: pairs.map(({ id }) => id),
      standby: planned(share.standby).map(({ id, partitions }) => ({ id, partitions })),
      nextRebalanceMs,
      hosts,
      errorCode: 0,
    }),
  }
}
