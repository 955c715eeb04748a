import type { RecordCollector, TopicPartition } from '../../kafka/record.ts'
import type { StreamFailure } from '../../kafka/stream-failure.ts'
import { printTopicPartition } from '../../kafka/topic-partition.ts'
import { remainingOf, startOfRestore, type Restoration } from '../restore/restoration.ts'
import type { HeldStores } from '../state/task-stores.ts'
import { createTask } from '../task/create-task.ts'
import type { StreamTask } from '../task/task.ts'
import { ActiveTask } from './active-task.ts'
import type { AssignedTask } from './assigned-task.ts'
import { askBounds, type Asking, type Bounds } from './bounds.ts'
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
 *
 * A task whose committed offset stands in a transaction that has not ended is opened all the same, and restores its stores
 * meanwhile; one question asks for the offsets of all of them again. Only a task with a table on a topic that is its
 * changelog waits unopened: where its store ends is that offset.
 */
export async function openWaiting(world: ThreadWorld): Promise<StreamFailure | undefined> {
  const { clock, pending, metrics, config, log } = world
  const startedMs = clock.now()
  forgetOthers(world)
  const isDue = pending.isDue(startedMs)
  const held = world.waiting
    .filter((planned) => isDue || !tablesOf(planned).some((key) => pending.has(key)))
    .flatMap((planned) => hold(world, planned))
  const asking = isDue ? unsettled(world) : []
  if (held.length === 0 && asking.length === 0) return undefined
  const asked = [...held.map(({ planned }) => planned), ...asking.map(whatIsLeft)]
  const bounds = await askBounds(world, asked)
  metrics.blockedMs += clock.now() - startedMs
  if (!bounds.ok) {
    await giveBack(held)
    return bounds.error
  }
  await openHeld(world, held, bounds.value)
  for (const active of asking) startWhereKnown(active, bounds.value)
  assignEverything(world)
  const partitions = asked.flatMap((task) => [...sourcesOf(task), ...tablesOf(task)])
  const around = { nowMs: clock.now(), taskTimeoutMs: config.taskTimeoutMs, log }
  return pending.take(partitions, bounds.value.pending, around)
}

/** Tasks may have gone away meanwhile. */
function forgetOthers(world: ThreadWorld): void {
  if (world.pending.size === 0) return
  const tasks = [...unsettled(world).map(whatIsLeft), ...world.waiting]
  world.pending.keep(new Set(tasks.flatMap((task) => [...sourcesOf(task), ...tablesOf(task)])))
}

async function openHeld(world: ThreadWorld, held: readonly Held[], bounds: Bounds): Promise<void> {
  const isHeldUp = ({ planned }: Held) => tablesOf(planned).some((key) => bounds.pending.has(key))
  await giveBack(held.filter(isHeldUp))
  for (const each of held.filter((one) => !isHeldUp(one))) {
    world.kept.delete(each.planned.name)
    await (each.planned.role === 'active' ? openActive(world, each, bounds) : openStandby(world, each, bounds))
  }
  world.waiting = world.waiting.filter(({ name }) => !world.tasks.has(name) && !world.standbys.has(name))
}

function hold({ kept, folder }: ThreadWorld, planned: AssignedTask): readonly Held[] {
  const own = kept.get(planned.name)
  const stores = own?.stores ?? folder.hold(planned.name)
  return stores === undefined ? [] : [{ planned, stores, kept: own }]
}

async function giveBack(held: readonly Held[]): Promise<void> {
  for (const { stores, kept } of held) if (kept === undefined) await stores.release()
}

const unsettled = ({ tasks }: ThreadWorld) => [...tasks.values()].filter(({ pending }) => pending.length > 0)

async function openActive(world: ThreadWorld, held: Held, bounds: Bounds): Promise<void> {
  const { planned, stores, kept } = held
  const opened = await openOnStores(world, held, bounds)
  const restorations = restorationsOf(
    opened,
    bounds,
    planned.partitions.some((each) => isPending(each, bounds)),
  )
  const active = new ActiveTask({ name: planned.name, pending: planned.partitions }, opened.task, stores, restorations)
  startWhereKnown(active, bounds)
  world.tasks.set(planned.name, active)
  const missing = remainingOf(restorations)
  const wasStandby = kept?.standby !== undefined
  world.log.info({ task: planned.name, restoring: restorations.length, missing, wasStandby }, 'opened a task')
}

/** The ends were asked for after the offsets: what a transaction added to the changelogs that held them lies before these. */
function startWhereKnown(active: ActiveTask, { starts, ends }: Bounds): void {
  const wanted = new Set(active.pending.map(printTopicPartition))
  for (const { offset, isCommitted } of starts)
    if (wanted.has(printTopicPartition(offset))) active.startAt(offset, isCommitted)
  for (const [key, restoration] of active.restorations) restoration.end = ends.get(key) ?? restoration.end
}

/** Of a task that is open and does not know yet where to start. */
function whatIsLeft({ pending, task }: ActiveTask): Asking {
  return { role: 'active', partitions: pending, changelogs: task.changelogs.filter(({ isSource }) => !isSource) }
}

function sourcesOf({ role, partitions }: Asking): readonly string[] {
  return role === 'active' ? partitions.map(printTopicPartition) : []
}

function tablesOf({ changelogs }: Asking): readonly string[] {
  return changelogs.filter(({ isSource }) => isSource).map(printTopicPartition)
}

function isPending(partition: TopicPartition, { pending }: Bounds): boolean {
  return pending.has(printTopicPartition(partition))
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

/** While a committed offset is not known, more may come to any changelog: all of them are read on. */
function restorationsOf(opened: Opened, bounds: Bounds, mayGrow: boolean): readonly Restoration[] {
  return opened.task.changelogs.flatMap((changelog) => {
    const { start, end } = startOf(changelog, opened, bounds)
    if (start.kind !== 'restore' && (!mayGrow || changelog.isSource)) return []
    const from = start.kind === 'restore' ? start.from : end
    return [{ changelog, from, end, position: from, records: 0 }]
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
