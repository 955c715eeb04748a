import type { GroupSubscription, Joined } from '../../kafka/group.ts'
import type { StreamFailure } from '../../kafka/stream-failure.ts'
import { assignMembers } from '../assign/assign-members.ts'
import { shutdownRequested } from '../assign/assignor-error.ts'
import { writtenTopics } from '../assign/stream-tasks.ts'
import { encodeSubscriptionInfo } from '../assign/subscription-info.ts'
import { commitTasks } from '../commit/commit-tasks.ts'
import { settleWithin, settleWithinMs } from '../commit/settle-tasks.ts'
import { readAssignment } from './assigned-task.ts'
import { changeRoles, closeActive, readsOthers } from './change-roles.ts'
import { openWaiting } from './open-tasks.ts'
import { taskOffsetSums } from './task-offset-sums.ts'
import type { ThreadWorld } from './thread-world.ts'
import { topicsToRead } from './watch-topics.ts'

/** Commits what is owned, joins the group, closes what was given away, opens what is new (W6). */
export async function rejoin(world: ThreadWorld, signal: AbortSignal): Promise<StreamFailure | undefined> {
  const unready = await openWriter(world)
  if (unready !== undefined) return unready
  await settleWithin(world, settleWithinMs)
  const uncommitted = await commitTasks(world, world.config.taskTimeoutMs)
  // Under `rebalance` the offsets stay for a later commit, should the tasks stay; anything else needs its own answer first.
  if (uncommitted !== undefined && uncommitted.kind !== 'rebalance') return uncommitted
  const topics = await topicsToRead(world)
  if (!topics.ok) return topics.error
  const subscription = await subscriptionOf(world, topics.value)
  const startedMs = world.clock.now()
  const joined = await world.group.join(subscription, (members) => assignMembers(members, leaderOf(world)), signal)
  world.metrics.blockedMs += world.clock.now() - startedMs
  if (!joined.ok) return joined.error
  const reason = whyToForget(world, joined.value, uncommitted === undefined)
  if (reason !== undefined) {
    world.log.warn({ generation: joined.value.generation }, `${reason}: starting over without a commit`)
    await dropEverything(world)
    const stillUnready = await openWriter(world)
    if (stillUnready !== undefined) return stillUnready
  }
  await applyAssignment(world, joined.value)
  return openWaiting(world)
}

/** A task that is made anew forgets what it did since its commit; what it sent meanwhile must not be committed by others. */
function whyToForget(world: ThreadWorld, joined: Joined, isCommitted: boolean): string | undefined {
  if (wentOnWithoutUs(world, joined)) return 'the group shared out its tasks without this thread'
  if (isCommitted || world.seen === undefined) return undefined
  const changed = readAssignment(joined, world).tasks.some((task) => readsOthers(world, task))
  return changed ? 'a task reads other topics from now on, and what it did could not be committed' : undefined
}

/**
 * Tasks stay open over a join because nobody else can have had them: that holds from one generation to the next, for the
 * same member. A thread that stood still while it joined may be back as another member, or generations later: meanwhile
 * somebody else had its tasks and went on with them, and what it knows of positions and stores is of the past.
 */
function wentOnWithoutUs({ membership, tasks }: ThreadWorld, joined: Joined): boolean {
  if (membership === undefined || tasks.size === 0) return false
  return joined.memberId !== membership.memberId || joined.generation !== membership.generation + 1
}

/** Somebody else may own everything by now: nothing is committed, everything is closed, and the writer starts over. */
export async function dropEverything(world: ThreadWorld): Promise<void> {
  await closeActive(world)
  world.waiting = []
  world.membership = undefined
  world.isWriterOpen = false
  await world.writer.reset()
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
  const { tasks, nextRebalanceMs, hosts } = readAssignment(joined, world)
  if (leader && world.config.exactlyOnce) world.abandoned.end(world.hosts, hosts, world)
  world.hosts = hosts
  world.nextRebalanceMs = nextRebalanceMs
  const revoked = await changeRoles(world, tasks)
  const named = (role: 'active' | 'standby') => tasks.filter((task) => task.role === role).map(({ name }) => name)
  world.log.info(
    { generation, leader, tasks: named('active'), standbys: named('standby'), revoked },
    'joined the group',
  )
}

function leaderOf({ processId, topology, wire, client, group, config, clock, log }: ThreadWorld) {
  const probingMs = clock.now() + config.probingRebalanceMs
  return { processId, topology, wire, client, group, settings: config, probingMs, log }
}

async function subscriptionOf(world: ThreadWorld, topics: readonly string[]): Promise<GroupSubscription> {
  world.joins += 1
  return {
    topics,
    userData: encodeSubscriptionInfo({
      processId: world.processId,
      uniqueField: world.joins % 128,
      clientTags: world.config.clientTags,
      endPoint: `${world.config.processName}:${world.config.metricsPort ?? 0}`,
      tasks: await taskOffsetSums(world),
      errorCode: world.endsApplication ? shutdownRequested : 0,
    }),
  }
}
