import { ok, type Result } from '../../base/result.ts'
import type { CommittedOffsets, StreamGroup } from '../../kafka/group.ts'
import type { TopicPartition } from '../../kafka/record.ts'
import type { StreamClient } from '../../kafka/stream-client.ts'
import type { StreamFailure } from '../../kafka/stream-failure.ts'
import { printTopicPartition } from '../../kafka/topic-partition.ts'
import type { SubtopologyFacts } from '../graph/topology-facts.ts'

/** Where a store of a task comes from. */
export interface Changelog extends TopicPartition {
  /**
   * It is the very topic that the table is read from (`reuse.ktable.source.topics`): others write it, and the store holds
   * what was committed of it and no more.
   */
  readonly isSource: boolean
}

/** The changelogs of one task; a table has one where its topic has a partition of the task's number. */
export function changelogsOf(
  { stores }: SubtopologyFacts,
  partition: number,
  hasPartition: (topic: string) => boolean,
): readonly Changelog[] {
  return stores.flatMap(({ changelog: topic, isSource }) =>
    topic === undefined || (isSource && !hasPartition(topic)) ? [] : [{ topic, partition, isSource }],
  )
}

/** Changelogs that the application writes itself. */
export const ownChangelogs = ({ stores }: SubtopologyFacts): readonly string[] =>
  stores.flatMap(({ changelog, isSource }) => (changelog === undefined || isSource ? [] : [changelog]))

export interface EndsOfChangelogs {
  readonly ends: ReadonlyMap<string, number>
  /**
   * Topics of tables of which a transaction holds what the group has committed: the stores end nobody knows where yet, and
   * `ends` says where the topic does.
   */
  readonly pending: readonly TopicPartition[]
}

/**
 * Up to where stores are restored, by `printTopicPartition`: to the end of a changelog of one's own, and of a table's topic
 * to what the group has committed of it. Kafka's `StoreChangelogReader`.
 */
export async function endsOfChangelogs(
  { client, group }: { readonly client: Pick<StreamClient, 'offsets'>; readonly group: Pick<StreamGroup, 'committed'> },
  changelogs: readonly Changelog[],
): Promise<Result<EndsOfChangelogs, StreamFailure>> {
  const sources = changelogs.filter(({ isSource }) => isSource)
  // What is committed first: it lies before the end that is asked for after it.
  const committed = sources.length === 0 ? ok(nothing) : await group.committed(sources)
  if (!committed.ok) return committed
  const ends = await client.offsets(changelogs, 'end')
  if (!ends.ok) return ends
  const { offsets, pending } = committed.value
  const limits = new Map(offsets.map((offset) => [printTopicPartition(offset), offset.offset]))
  const unknown = new Set(pending.map(printTopicPartition))
  const found = new Map(ends.value)
  for (const key of sources.map(printTopicPartition))
    if (!unknown.has(key)) found.set(key, Math.min(limits.get(key) ?? 0, found.get(key) ?? 0))
  return ok({ ends: found, pending })
}

const nothing: CommittedOffsets = { offsets: [], pending: [] }
