import type { GroupSubscription, Joined } from '../../kafka/group.ts'
import type { StreamFailure } from '../../kafka/stream-failure.ts'
import type { TopicPartition } from '../../kafka/record.ts'
import { printTaskId } from '../../topology/task-id.ts'
import { assignMembers, comparePartitions } from '../assign/assign-members.ts'
import { decodeAssignmentInfo } from '../assign/assignment-info.ts'
import { writtenTopics, type PlannedTask } from '../assign/stream-tasks.ts'
import { encodeSubscriptionInfo, type TaskOffsetSum } from '../assign/subscription-info.ts'
import { commitTasks } from '../commit/commit-tasks.ts'
import { topologyFacts } from '../graph/topology-facts.ts'
import { assignRestores } from '../restore/restore-tasks.ts'
import { assignSources, openWaiting } from './open-tasks.ts'
import type { ThreadWorld } from './thread-world.ts'

/** Commits what is owned, joins the group, closes what was given away, opens what is new (W6). */
export async function rejoin(world: ThreadWorld, signal: AbortSignal): Promise<StreamFailure | undefined> {
  const unready = await openWriter(world)
  if (unready !== undefined) return unready
  const uncommitted = await commitTasks(world, world.config.taskTimeoutMs)
  // Under `rebalance` the offsets stay for a later commit, should the tasks stay; anything else needs its own answer first.
  if (uncommitted !== undefined && uncommitted.kind !== 'rebalance') return uncommitted
  const joined = await world.group.join(
    subscriptionOf(world),
    (members) => assignMembers(members, world.topology, world.wire, world.client),
    signal,
  )
  if (!joined.ok) return joined.error
  await applyAssignment(world, joined.value)
  return openWaiting(world)
}

/** Somebody else may own everything by now: nothing is committed, everything is closed, and the writer starts over. */
export async function dropEverything(world: ThreadWorld): Promise<void> {
  await closeTasks(world, [...world.tasks.keys()])
  world.waiting = []
  world.membership = undefined
  world.isWriterOpen = false
  await world.writer.reset()
}

export async function closeTasks(world: ThreadWorld, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const active = world.tasks.get(name)
    world.tasks.delete(name)
    await active?.close()
  }
  assignSources(world)
  assignRestores(world)
}

async function openWriter(world: ThreadWorld): Promise<StreamFailure | undefined> {
  if (world.isWriterOpen) return undefined
  const opened = await world.writer.open(writtenTopics(world.topology, world.wire))
  if (!opened.ok) return opened.error
  world.isWriterOpen = true
  return undefined
}

async function applyAssignment(world: ThreadWorld, joined: Joined): Promise<void> {
  const { memberId, generation, leader } = joined
  world.membership = { memberId, generation }
  const planned = plannedTasks(world, joined)
  const assigned = new Set(planned.map(({ name }) => name))
  const revoked = [...world.tasks.keys()].filter((name) => !assigned.has(name))
  await closeTasks(world, revoked)
  world.waiting = planned.filter(({ name }) => !world.tasks.has(name))
  const tasks = [...assigned]
  world.log.info({ generation, leader, tasks, revoked }, 'joined the group')
}

/** The assignment says a task for each partition; together they are the tasks. */
function plannedTasks(world: ThreadWorld, { assignment }: Joined): readonly PlannedTask[] {
  const facts = new Map(topologyFacts(world.topology, world.wire).map((subtopology) => [subtopology.id, subtopology]))
  const ids = decodeAssignmentInfo(assignment.userData)
  const byTask = Map.groupBy(pairUp(assignment.partitions, ids), ({ name }) => name)
  return [...byTask].flatMap(([name, entries]) => {
    const [first] = entries
    if (first === undefined) return []
    const isStateful = (facts.get(first.id.subtopology)?.stores.length ?? 0) > 0
    return [{ id: first.id, name, partitions: entries.map(({ partition }) => partition), isStateful }]
  })
}

function pairUp(partitions: readonly TopicPartition[], ids: ReturnType<typeof decodeAssignmentInfo>) {
  const sorted = partitions.toSorted(comparePartitions)
  return ids.map((id, index) => ({ id, name: printTaskId(id), partition: sorted[index] ?? missing(index) }))
}

function missing(index: number): never {
  throw new RangeError(`the assignment names ${index + 1} tasks or more and fewer partitions`)
}

function subscriptionOf(world: ThreadWorld): GroupSubscription {
  const topics = topologyFacts(world.topology, world.wire).flatMap(({ sources }) => sources.map(({ topic }) => topic))
  return {
    topics: [...new Set(topics)].toSorted(),
    userData: encodeSubscriptionInfo({ processId: world.processId, tasks: taskOffsets(world) }),
  }
}

function taskOffsets({ tasks, folder }: ThreadWorld): readonly TaskOffsetSum[] {
  const owned = [...tasks.values()].map(({ task }) => ({ id: task.id, offsetSum: undefined }))
  const stored = folder.stored().filter((name) => !tasks.has(name))
  return [
    ...owned,
    ...stored.map((name) => {
      const [subtopology = 0, partition = 0] = name.split('_').map(Number)
      return { id: { subtopology, partition }, offsetSum: 0 }
    }),
  ]
}
