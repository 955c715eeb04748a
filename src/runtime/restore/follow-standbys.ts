import type { TopicPartition } from '../../kafka/record.ts'
import type { Polled } from '../../kafka/record-source.ts'
import type { StreamFailure } from '../../kafka/stream-failure.ts'
import { printTopicPartition } from '../../kafka/topic-partition.ts'
import type { ActiveTask } from '../thread/active-task.ts'
import type { StandbyTask } from '../thread/standby-task.ts'
import type { ThreadWorld } from '../thread/thread-world.ts'

const progressEveryMs = 5_000
/** How long a standby that is behind may keep a thread waiting that has nothing else to do. */
const patienceMs = 10

/** Reads changelogs from where standbys stand. To be called when standbys came or went. */
export function assignStandbys({ standbys, standbySource }: Pick<ThreadWorld, 'standbys' | 'standbySource'>): void {
  standbySource.assign([...standbys.values()].flatMap(({ openPositions }) => openPositions))
}

/**
 * One round of following: what came of the changelogs goes into the stores of the standbys. A task of this thread that
 * is being restored comes first, since others wait for it.
 */
export async function followStandbys(world: ThreadWorld, signal: AbortSignal): Promise<StreamFailure | undefined> {
  const { standbys, tasks, standbySource } = world
  world.isFollowing = false
  if (standbys.size === 0 || [...tasks.values()].some(isHeldUp)) return undefined
  const unasked = await moveLimits(world)
  if (unasked !== undefined) return unasked
  const startedMs = world.clock.now()
  const polled = await standbySource.poll(canWait(world) ? patienceMs : 0, signal)
  world.metrics.blockedMs += world.clock.now() - startedMs
  if (!polled.ok)
    return polled.error.kind === 'out-of-range'
      ? startOver(world, polled.error.partitions, polled.error.reason)
      : polled.error
  take(world, polled.value)
  world.metrics.update.record(world.clock.now() - startedMs)
  world.isFollowing = polled.value.batches.length > 0
  tellProgress(world)
  return undefined
}

function take({ standbys, log, metrics, clock }: ThreadWorld, { batches, positions }: Polled): void {
  if (positions.length === 0) return
  const owners = new Map(
    [...standbys.values()].flatMap((standby) => [...standby.followings.keys()].map((key) => [key, standby])),
  )
  for (const batch of batches) {
    const standby = owners.get(printTopicPartition(batch))
    if (standby === undefined) continue
    const taken = standby.take(batch)
    metrics.restoredRecords.record(0, taken)
    metrics.of(standby.task, clock.now()).restored.record(0, taken)
  }
  for (const position of positions) {
    const standby = owners.get(printTopicPartition(position))
    const caughtUp = standby?.moveTo(position)
    if (standby === undefined || caughtUp === undefined) continue
    const { changelog, end, records } = caughtUp
    const fields = { task: standby.name, store: changelog.store, to: end, records }
    log.info(fields, 'a standby store caught up with its changelog')
  }
}

/**
 * A table's own topic may hold more than the active task has done; what it has committed is asked for as often as it
 * commits. A partition is read no further than that: Kafka's `StoreChangelogReader.updateLimitOffsetsForStandbyChangelogs`.
 */
async function moveLimits(world: ThreadWorld): Promise<StreamFailure | undefined> {
  const { standbys, group, config, clock } = world
  const bounded = [...standbys.values()].flatMap(({ followings }) =>
    [...followings.values()].filter(({ changelog }) => changelog.isSource),
  )
  if (bounded.length === 0 || clock.now() < world.lastLimitsMs + config.commitIntervalMs) return undefined
  const committed = await group.committed(bounded.map(({ changelog }) => changelog))
  if (!committed.ok) return committed.error
  world.lastLimitsMs = clock.now()
  const limits = new Map(committed.value.offsets.map((offset) => [printTopicPartition(offset), offset.offset]))
  const moved = bounded.filter(({ changelog, limit }) => (limits.get(printTopicPartition(changelog)) ?? 0) > limit)
  for (const following of moved)
    following.limit = limits.get(printTopicPartition(following.changelog)) ?? following.limit
  if (moved.length > 0) assignStandbys(world)
  return undefined
}

/** Others wait for its restore, and for nothing else. */
function isHeldUp({ isReady, pending }: ActiveTask): boolean {
  return !isReady && pending.length === 0
}

function canWait({ standbys, tasks }: ThreadWorld): boolean {
  return behind(standbys).length > 0 && [...tasks.values()].every((active) => active.buffered() === 0)
}

function behind(standbys: ReadonlyMap<string, StandbyTask>) {
  return [...standbys.values()]
    .flatMap(({ followings }) => [...followings.values()])
    .filter(({ position, end }) => position < end)
}

function tellProgress(world: ThreadWorld): void {
  const left = behind(world.standbys)
  if (left.length === 0 || world.clock.now() - world.lastProgressMs < progressEveryMs) return
  world.lastProgressMs = world.clock.now()
  const remaining = left.reduce((sum, { position, end }) => sum + end - position, 0)
  world.log.info({ stores: left.length, remaining }, 'standbys are catching up')
}

/** The changelog no longer has what a standby would read next: it begins again from nothing. */
async function startOver(
  world: ThreadWorld,
  partitions: readonly TopicPartition[],
  reason: string,
): Promise<StreamFailure | undefined> {
  for (const standby of world.standbys.values()) {
    if (!partitions.some((partition) => standby.followings.has(printTopicPartition(partition)))) continue
    world.log.warn({ task: standby.name, reason }, 'a standby lost its place in the changelog: starting over')
    standby.task.close()
    world.standbys.delete(standby.name)
    await standby.stores.wipe()
    world.kept.set(standby.name, { stores: standby.stores, standby: undefined })
    world.waiting = [...world.waiting, standby.planned]
  }
  assignStandbys(world)
  return undefined
}
