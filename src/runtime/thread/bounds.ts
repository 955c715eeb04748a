import { ok, type Result } from '../../base/result.ts'
import type { GroupOffset } from '../../kafka/group.ts'
import type { TopicPartition } from '../../kafka/record.ts'
import type { StreamFailure } from '../../kafka/stream-failure.ts'
import { printTopicPartition } from '../../kafka/topic-partition.ts'
import { endsOfChangelogs } from '../assign/changelogs.ts'
import { topologyFacts } from '../graph/topology-facts.ts'
import type { AssignedTask } from './assigned-task.ts'
import type { ThreadWorld } from './thread-world.ts'

/** Where reading of the sources begins, and what the changelogs hold. */
export interface Bounds {
  readonly starts: readonly { readonly offset: GroupOffset; readonly isCommitted: boolean }[]
  readonly beginnings: ReadonlyMap<string, number>
  readonly ends: ReadonlyMap<string, number>
  /** What a transaction that has not ended holds: where to start reading, or where the store of a table ends. */
  readonly pending: ReadonlySet<string>
}

/** Of a task: what is to be asked. */
export type Asking = Pick<AssignedTask, 'role' | 'partitions' | 'changelogs'>

/**
 * Committed offsets first, then the ends of the changelogs: what the task's last
 * owner wrote belongs to those offsets or lies before those ends.
 */
export async function askBounds(world: ThreadWorld, tasks: readonly Asking[]): Promise<Result<Bounds, StreamFailure>> {
  const { group, client } = world
  const sources = tasks.flatMap(({ role, partitions }) => (role === 'active' ? partitions : []))
  const committed = await group.committed(sources)
  if (!committed.ok) return committed
  const { offsets, pending } = committed.value
  const known = new Set([...offsets, ...pending].map(printTopicPartition))
  const first = await askFirstOffsets(
    world,
    sources.filter((partition) => !known.has(printTopicPartition(partition))),
  )
  if (!first.ok) return first
  const changelogs = tasks.flatMap((task) => task.changelogs)
  const beginnings = await client.offsets(changelogs, 'beginning')
  if (!beginnings.ok) return beginnings
  const ends = await endsOfChangelogs(world, changelogs)
  if (!ends.ok) return ends
  return ok({
    starts: [
      ...offsets.map((offset) => ({ offset, isCommitted: true })),
      ...first.value.map((offset) => ({ offset, isCommitted: false })),
    ],
    beginnings: beginnings.value,
    ends: ends.value.ends,
    pending: new Set([...pending, ...ends.value.pending].map(printTopicPartition)),
  })
}

/** For partitions that nobody committed: as the source says, or `auto.offset.reset`. */
async function askFirstOffsets(
  { client, topology, wire, config }: ThreadWorld,
  partitions: readonly TopicPartition[],
): Promise<Result<readonly GroupOffset[], StreamFailure>> {
  const resets = new Map(
    topologyFacts(
      topology,
      wire,
      partitions.map(({ topic }) => topic),
    )
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
