import type { RecordCollector } from '../../kafka/record.ts'
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
import type { ThreadWorld } from './thread-world.ts'

interface Held {
  readonly planned: AssignedTask
  readonly stores: HeldStores
  /** This thread had it in another role: its stores are open. */
  readonly wasHere: boolean
}

/**
 * Opens the assigned tasks whose folders are free; the others wait for the thread
 * that holds them. Nothing is opened halfway: where the cluster does not answer, all of them wait.
 */
export async function openWaiting(world: ThreadWorld): Promise<StreamFailure | undefined> {
  if (world.waiting.length === 0) return undefined
  const held = world.waiting.flatMap((planned): Held[] => {
    const kept = world.keptStores.get(planned.name)
    const stores = kept ?? world.folder.hold(planned.name)
    return stores === undefined ? [] : [{ planned, stores, wasHere: kept !== undefined }]
  })
  if (held.length === 0) return undefined
  const bounds = await askBounds(
    world,
    held.map(({ planned }) => planned),
  )
  if (!bounds.ok) {
    for (const { stores, wasHere } of held) if (!wasHere) await stores.release()
    return bounds.error
  }
  for (const each of held) {
    world.keptStores.delete(each.planned.name)
    await (each.planned.role === 'active'
      ? openActive(world, each, bounds.value)
      : openStandby(world, each, bounds.value))
  }
  world.waiting = world.waiting.filter(({ name }) => !world.tasks.has(name) && !world.standbys.has(name))
  assignEverything(world)
  return undefined
}

async function openActive(world: ThreadWorld, held: Held, bounds: Bounds): Promise<void> {
  const { planned, stores, wasHere } = held
  const task = await createOrWipe(world, held, bounds)
  const restorations = restorationsOf(task, bounds)
  const active = new ActiveTask(planned.name, task, stores, restorations)
  for (const { offset, isCommitted } of bounds.starts)
    if (planned.partitions.some(({ topic, partition }) => topic === offset.topic && partition === offset.partition))
      active.startAt(offset, isCommitted)
  world.tasks.set(planned.name, active)
  const missing = restorations.reduce((sum, { from, end }) => sum + end - from, 0)
  world.log.info({ task: planned.name, restoring: restorations.length, missing, wasStandby: wasHere }, 'opened a task')
}

async function openStandby(world: ThreadWorld, held: Held, bounds: Bounds): Promise<void> {
  const { planned, stores, wasHere } = held
  const task = await createOrWipe(world, held, bounds)
  const followings = followingsOf(task, bounds)
  world.standbys.set(planned.name, new StandbyTask(planned, stores, task, followings))
  const missing = followings.reduce((sum, { position, end }) => sum + end - position, 0)
  world.log.info({ task: planned.name, missing, wasActive: wasHere }, 'opened a standby')
}

/** State that does not fit its changelog is thrown away. */
async function createOrWipe(world: ThreadWorld, { planned, stores }: Held, bounds: Bounds): Promise<StreamTask> {
  const task = create(world, planned, stores)
  const reasons = wipeReasons(task, bounds)
  if (reasons.length === 0) return task
  world.log.warn(
    { task: planned.name, because: reasons.join('; ') },
    'threw away state that does not fit its changelog',
  )
  task.close()
  await stores.wipe()
  return create(world, planned, stores)
}

function create(world: ThreadWorld, { id, partitions }: AssignedTask, { openEngine }: HeldStores): StreamTask {
  const { topology, wire, config, log } = world
  const collector = prefixing(wire.topicPrefix, world.writer)
  const actives = world.tasks.size + world.waiting.filter(({ role }) => role === 'active').length
  return createTask(topology, id, partitions, {
    applicationId: wire.applicationId,
    topicPrefix: wire.topicPrefix,
    collector,
    openEngine,
    cacheBytes: Math.floor(config.cacheBytes / config.threads / Math.max(1, actives)),
    log: (level, message, fields) => log[level](fields, message),
  })
}

/** A sink that chooses its topic per record names it as the topology does: without the cluster's prefix. */
function prefixing(prefix: string, to: RecordCollector): RecordCollector {
  if (prefix === '') return to
  return {
    send: (record) => to.send(record.topic.startsWith(prefix) ? record : { ...record, topic: prefix + record.topic }),
  }
}

function wipeReasons(task: StreamTask, bounds: Bounds): readonly string[] {
  return task.changelogs.flatMap((changelog) => {
    const start = startOf(changelog, bounds)
    return start.kind === 'wipe' ? [start.because] : []
  })
}

function restorationsOf(task: StreamTask, bounds: Bounds): readonly Restoration[] {
  return task.changelogs.flatMap((changelog) => {
    const start = startOf(changelog, bounds)
    if (start.kind !== 'restore') return []
    const end = bounds.ends.get(printTopicPartition(changelog)) ?? 0
    return [{ changelog, from: start.from, end, position: start.from, records: 0 }]
  })
}

function followingsOf(task: StreamTask, bounds: Bounds): readonly Following[] {
  return task.changelogs.map((changelog) => {
    const end = bounds.ends.get(printTopicPartition(changelog)) ?? 0
    const start = startOf(changelog, bounds)
    return { changelog, end, position: start.kind === 'restore' ? start.from : (changelog.offset ?? end), records: 0 }
  })
}

function startOf(changelog: StreamTask['changelogs'][number], { beginnings, ends }: Bounds) {
  const key = printTopicPartition(changelog)
  return startOfRestore(changelog.offset, beginnings.get(key) ?? 0, ends.get(key) ?? 0)
}
