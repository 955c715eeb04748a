import type { TopicPartition } from '../../kafka/record.ts'
import type { StreamFailure } from '../../kafka/stream-failure.ts'
import { printTopicPartition } from '../../kafka/topic-partition.ts'
import type { ThreadWorld } from './thread-world.ts'

/**
 * Goes on at the first record that is still there: retention was faster than the
 * app. `auto.offset.reset` says latest or earliest, as it does where nothing was committed.
 * A changelog cannot do that: a restore that lost its place begins again from nothing.
 */
export async function resetPositions(
  world: ThreadWorld,
  partitions: readonly TopicPartition[],
  reason: string,
): Promise<StreamFailure | undefined> {
  const restoring = [...world.tasks.values()].filter((active) =>
    partitions.some((partition) => active.restorations.has(printTopicPartition(partition))),
  )
  if (restoring.length > 0) return { kind: 'fenced', reason: `a changelog moved under a restore: ${reason}` }
  const found = await world.client.offsets(partitions, world.config.offsetReset === 'latest' ? 'end' : 'beginning')
  if (!found.ok) return found.error
  for (const partition of partitions) {
    const offset = found.value.get(printTopicPartition(partition)) ?? 0
    const owner = [...world.tasks.values()].find((active) => active.reads(partition))
    owner?.moveTo({ ...partition, offset })
    world.source.seek({ ...partition, offset })
    world.log.warn(
      { ...partition, offset, reason },
      'records were gone before they were read: going on at what is there',
    )
  }
  return undefined
}
