import { ok, type Result } from '../../base/result.ts'
import type { GroupOffset } from '../../kafka/group.ts'
import type { RecordCollector, TopicPartition } from '../../kafka/record.ts'
import type { StreamFailure } from '../../kafka/stream-failure.ts'
import { printTopicPartition } from '../../kafka/topic-partition.ts'
import type { PlannedTask } from '../assign/stream-tasks.ts'
import { topologyFacts } from '../graph/topology-facts.ts'
import { assignRestores } from '../restore/restore-tasks.ts'
import { startOfRestore, type Restoration } from '../restore/restoration.ts'
import type { HeldStores } from '../state/task-stores.ts'
import { createTask } from '../task/create-task.ts'
import type { StreamTask } from '../task/task.ts'
import { ActiveTask } from './active-task.ts'
import type { ThreadWorld } from './thread-world.ts'

interface Held {
  readonly planned: PlannedTask
  readonly stores: HeldStores
}

/** Where reading of the sources begins, and what the changelogs hold. */
interface Bounds {
  readonly starts: readonly { readonly offset: GroupOffset; readonly isCommitted: boolean }[]
  readonly beginnings: ReadonlyMap<string, number>
  readonly ends: ReadonlyMap<string, number>
}

/**
 * Opens the assigned tasks whose folders are free; the others wait for the thread
 * that holds them. Nothing is opened halfway: where the cluster does not answer, all of them wait.
 */
export async function openWaiting(world: ThreadWorld): Promise<StreamFailure | undefined> {
  if (world.waiting.length === 0) return undefined
  const held = world.waiting.flatMap((planned): Held[] => {
    const stores = world.folder.hold(planned.name)
    return stores === undefined ? [] : [{ planned, stores }]
  })
  if (held.length === 0) return undefined
  const bounds = await askBounds(world, held)
  if (!bounds.ok) {
    for (const { stores } of held) await stores.release()
    return bounds.error
  }
  for (const { planned, stores } of held) {
    const active = await openTask(world, planned, stores, bounds.value)
    world.tasks.set(planned.name, active)
    world.log.info({ task: planned.name, restoring: active.restorations.size }, 'opened a task')
  }
  world.waiting = world.waiting.filter(({ name }) => !world.tasks.has(name))
  assignSources(world)
  assignRestores(world)
  return undefined
}

/** From now on the source reads what the tasks read. To be called when tasks came or went. */
export function assignSources({ tasks, source }: ThreadWorld): void {
  source.assign([...tasks.values()].flatMap((active) => active.positions))
}

/**
 * Committed offsets first, then the ends of the changelogs: what the task's last
 * owner wrote belongs to those offsets or lies before those ends.
 */
async function askBounds(world: ThreadWorld, held: readonly Held[]): Promise<Result<Bounds, StreamFailure>> {
  const { group, client } = world
  const sources = held.flatMap(({ planned }) => planned.partitions)
  const committed = await group.committed(sources)
  if (!committed.ok) return committed
  const known = new Set(committed.value.map(printTopicPartition))
  const first = await askFirstOffsets(
    world,
    sources.filter((partition) => !known.has(printTopicPartition(partition))),
  )
  if (!first.ok) return first
  const changelogs = held.flatMap(({ planned }) => changelogsOf(world, planned))
  const beginnings = await client.offsets(changelogs, 'beginning')
  if (!beginnings.ok) return beginnings
  const ends = await client.offsets(changelogs, 'end')
  if (!ends.ok) return ends
  return ok({
    starts: [
      ...committed.value.map((offset) => ({ offset, isCommitted: true })),
      ...first.value.map((offset) => ({ offset, isCommitted: false })),
    ],
    beginnings: beginnings.value,
    ends: ends.value,
  })
}

/** For partitions that nobody committed: as the source says, or `auto.offset.reset`. */
async function askFirstOffsets(
  { client, topology, wire, config }: ThreadWorld,
  partitions: readonly TopicPartition[],
): Promise<Result<readonly GroupOffset[], StreamFailure>> {
  const resets = new Map(
    topologyFacts(topology, wire)
      .flatMap(({ sources }) => sources)
      .map(({ topic, isRepartition, offsetReset }) => [
        topic,
        isRepartition ? 'earliest' : (offsetReset ?? config.offsetReset),
      ]),
  )
  const offsets: GroupOffset[] = []
  for (const reset of ['earliest', 'latest'] as const) {
    const wanted = partitions.filter(({ topic }) => (resets.get(topic) ?? config.offsetReset) === reset)
    const found = await client.offsets(wanted, reset === 'earliest' ? 'beginning' : 'end')
    if (!found.ok) return found
    for (const partition of wanted)
      offsets.push({ ...partition, offset: found.value.get(printTopicPartition(partition)) ?? 0, metadata: '' })
  }
  return ok(offsets)
}

function changelogsOf({ topology, wire }: ThreadWorld, { id }: PlannedTask): readonly TopicPartition[] {
  const facts = topologyFacts(topology, wire).find((subtopology) => subtopology.id === id.subtopology)
  return (facts?.stores ?? []).flatMap(({ changelog }) =>
    changelog === undefined ? [] : [{ topic: changelog, partition: id.partition }],
  )
}

async function openTask(
  world: ThreadWorld,
  planned: PlannedTask,
  stores: HeldStores,
  bounds: Bounds,
): Promise<ActiveTask> {
  let task = create(world, planned, stores)
  const reasons = wipeReasons(task, bounds)
  if (reasons.length > 0) {
    world.log.warn(
      { task: planned.name, because: reasons.join('; ') },
      'threw away state that does not fit its changelog',
    )
    task.close()
    await stores.wipe()
    task = create(world, planned, stores)
  }
  const active = new ActiveTask(planned.name, task, stores, restorationsOf(task, bounds))
  for (const { offset, isCommitted } of bounds.starts)
    if (planned.partitions.some(({ topic, partition }) => topic === offset.topic && partition === offset.partition))
      active.startAt(offset, isCommitted)
  return active
}

function create(world: ThreadWorld, { id, partitions }: PlannedTask, { openEngine }: HeldStores): StreamTask {
  const { topology, wire, config, log } = world
  const collector = prefixing(wire.topicPrefix, world.writer)
  return createTask(topology, id, partitions, {
    applicationId: wire.applicationId,
    topicPrefix: wire.topicPrefix,
    collector,
    openEngine,
    cacheBytes: Math.floor(config.cacheBytes / config.threads / Math.max(1, world.tasks.size + world.waiting.length)),
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

function startOf(changelog: StreamTask['changelogs'][number], { beginnings, ends }: Bounds) {
  const key = printTopicPartition(changelog)
  return startOfRestore(changelog.offset, beginnings.get(key) ?? 0, ends.get(key) ?? 0)
}
