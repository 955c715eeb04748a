import type { RecordCollector, TopicPartition } from '../../kafka/record.ts'
import type { StreamFailure } from '../../kafka/stream-failure.ts'
import { printTopicPartition } from '../../kafka/topic-partition.ts'
import { startOfRestore, type Restoration } from '../restore/restoration.ts'
import type { HeldStores } from '../state/task-stores.ts'
import { createTask } from '../task/create-task.ts'
import type { StreamTask } from '../task/task.ts'
import { ActiveTask } from './active-task.ts'
import type { AssignedTask } from './assigned-task.ts'
import { askBounds, type Bounds } from './bounds.ts'
import { assignEverything } from './change-roles.ts'
import { StandbyTask, type Following } from './standby-task.ts'
import type { KeptTask, ThreadWorld } from './thread-world.ts'

interface Held {
  readonly planned: AssignedTask
  readonly stores: HeldStores
  /** This thread had it in another role. */
  readonly kept: KeptTask | undefined
}

/** A task on its stores, and the next changelog offset of each, by changelog partition. */
interface Opened {
  readonly task: StreamTask
  readonly offsets: ReadonlyMap<string, number | undefined>
}

/**
 * Opens the assigned tasks whose folders are free; the others wait for the thread
 * that holds them. Nothing is opened halfway: where the cluster does not answer, all of them wait.
 */
export async function openWaiting(world: ThreadWorld): Promise<StreamFailure | undefined> {
  if (world.waiting.length === 0) return undefined
  const held = world.waiting.flatMap((planned): Held[] => {
    const kept = world.kept.get(planned.name)
    const stores = kept?.stores ?? world.folder.hold(planned.name)
    return stores === undefined ? [] : [{ planned, stores, kept }]
  })
  if (held.length === 0) return undefined
  const startedMs = world.clock.now()
  const bounds = await askBounds(
    world,
    held.map(({ planned }) => planned),
  )
  world.metrics.blockedMs += world.clock.now() - startedMs
  if (!bounds.ok) {
    for (const { stores, kept } of held) if (kept === undefined) await stores.release()
    return bounds.error
  }
  for (const each of held) {
    world.kept.delete(each.planned.name)
    await (each.planned.role === 'active'
      ? openActive(world, each, bounds.value)
      : openStandby(world, each, bounds.value))
  }
  world.waiting = world.waiting.filter(({ name }) => !world.tasks.has(name) && !world.standbys.has(name))
  assignEverything(world)
  return undefined
}

async function openActive(world: ThreadWorld, held: Held, bounds: Bounds): Promise<void> {
  const { planned, stores, kept } = held
  const opened = await openOnStores(world, held, bounds)
  const restorations = restorationsOf(opened, bounds)
  const active = new ActiveTask(planned.name, opened.task, stores, restorations)
  for (const { offset, isCommitted } of bounds.starts)
    if (planned.partitions.some(({ topic, partition }) => topic === offset.topic && partition === offset.partition))
      active.startAt(offset, isCommitted)
  world.tasks.set(planned.name, active)
  const missing = restorations.reduce((sum, { from, end }) => sum + end - from, 0)
  const wasStandby = kept?.standby !== undefined
  world.log.info({ task: planned.name, restoring: restorations.length, missing, wasStandby }, 'opened a task')
}

async function openStandby(world: ThreadWorld, held: Held, bounds: Bounds): Promise<void> {
  const { planned, stores, kept } = held
  const opened = await openOnStores(world, held, bounds)
  const followings = followingsOf(opened, bounds)
  world.standbys.set(planned.name, new StandbyTask(planned, stores, opened.task, followings))
  const missing = followings.reduce((sum, { position, end }) => sum + end - position, 0)
  const wasActive = kept !== undefined && kept.standby === undefined
  world.log.info({ task: planned.name, missing, wasActive }, 'opened a standby')
}

/** A standby goes on as it is. State that does not fit its changelog is thrown away. */
async function openOnStores(world: ThreadWorld, { planned, stores, kept }: Held, bounds: Bounds): Promise<Opened> {
  const opened = kept?.standby === undefined ? onDisk(create(world, planned, stores)) : asItStands(kept.standby)
  const reasons = wipeReasons(opened, bounds)
  if (reasons.length === 0) return opened
  world.log.warn(
    { task: planned.name, because: reasons.join('; ') },
    'threw away state that does not fit its changelog',
  )
  opened.task.close()
  await stores.wipe()
  return onDisk(create(world, planned, stores))
}

function onDisk(task: StreamTask): Opened {
  return {
    task,
    offsets: new Map(task.changelogs.map((changelog) => [printTopicPartition(changelog), changelog.offset])),
  }
}

function asItStands({ task, positions }: StandbyTask): Opened {
  return { task, offsets: new Map(positions.map((position) => [printTopicPartition(position), position.offset])) }
}

function create(world: ThreadWorld, { id, partitions }: AssignedTask, { openEngine }: HeldStores): StreamTask {
  const { topology, wire, config, clock, waker, log } = world
  const collector = prefixing(wire.topicPrefix, world.writer)
  const actives = world.tasks.size + world.waiting.filter(({ role }) => role === 'active').length
  return createTask(topology, id, partitions, {
    applicationId: wire.applicationId,
    topicPrefix: wire.topicPrefix,
    collector,
    openEngine,
    now: () => clock.now(),
    cacheBytes: Math.floor(config.cacheBytes / config.threads / Math.max(1, actives)),
    errors: world.errors,
    maxRequestBytes: config.maxRequestBytes,
    isWatched: config.isWatched,
    ...(config.maxTaskIdleMs >= 0 && {
      idling: { maxMs: config.maxTaskIdleMs, lagOf: (partition) => world.source.lag(partition) },
    }),
    awaiting: {
      clock,
      pause: (ms, signal) => clock.sleep(ms, signal),
      random: Math.random,
      wake: () => waker.wake(),
      mostMs: config.exactlyOnce ? config.transactionTimeoutMs : undefined,
    },
    log: (level, message, fields) => log[level](fields, message),
    ...(world.global !== undefined && { globalStores: world.global.stores }),
  })
}

/** A sink that chooses its topic per record names it as the topology does: without the cluster's prefix. */
function prefixing(prefix: string, to: RecordCollector): RecordCollector {
  if (prefix === '') return to
  return {
    send: (record) => to.send(record.topic.startsWith(prefix) ? record : { ...record, topic: prefix + record.topic }),
  }
}

function wipeReasons(opened: Opened, bounds: Bounds): readonly string[] {
  return opened.task.changelogs.flatMap((changelog) => {
    const { start } = startOf(changelog, opened, bounds)
    return start.kind === 'wipe' ? [start.because] : []
  })
}

function restorationsOf(opened: Opened, bounds: Bounds): readonly Restoration[] {
  return opened.task.changelogs.flatMap((changelog) => {
    const { start, end } = startOf(changelog, opened, bounds)
    if (start.kind !== 'restore') return []
    return [{ changelog, from: start.from, end, position: start.from, records: 0 }]
  })
}

function followingsOf(opened: Opened, bounds: Bounds): readonly Following[] {
  return opened.task.changelogs.map((changelog) => {
    const { start, end } = startOf(changelog, opened, bounds)
    const limit = changelog.isSource ? end : Number.POSITIVE_INFINITY
    return { changelog, end, limit, position: start.kind === 'restore' ? start.from : end, records: 0 }
  })
}

function startOf(changelog: TopicPartition, { offsets }: Opened, { beginnings, ends }: Bounds) {
  const key = printTopicPartition(changelog)
  const end = ends.get(key) ?? 0
  return { start: startOfRestore(offsets.get(key), beginnings.get(key) ?? 0, end), end }
}
