import { printTopicPartition } from '../../kafka/topic-partition.ts'
import type { TaskOffsetSum } from '../assign/subscription-info.ts'
import type { ActiveTask } from './active-task.ts'
import type { ThreadWorld } from './thread-world.ts'

/**
 * What this thread tells the leader of its state: tasks it runs, tasks it restores or follows and how far they are, and
 * tasks whose state lies on the disk and is held by nobody. What another thread holds, that thread tells.
 */
export async function taskOffsetSums(world: ThreadWorld): Promise<readonly TaskOffsetSum[]> {
  const { tasks, standbys, folder } = world
  const sums = new Map<string, number | undefined>()
  for (const [name, active] of tasks) sums.set(name, active.isReady ? undefined : restoredSoFar(active))
  for (const [name, { positions }] of standbys) sums.set(name, sum(positions.map(({ offset }) => offset)))
  for (const name of folder.stored()) {
    const offsets = sums.has(name) ? undefined : await folder.storedOffsets(name)
    if (offsets !== undefined) sums.set(name, sum([...offsets.values()]))
  }
  return [...sums].map(([name, offsetSum]) => ({ id: idOf(name), offsetSum }))
}

function restoredSoFar({ task, restorations }: ActiveTask): number {
  return sum(
    task.changelogs.map(
      (changelog) => restorations.get(printTopicPartition(changelog))?.position ?? changelog.offset ?? 0,
    ),
  )
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}

function idOf(name: string) {
  const [subtopology = 0, partition = 0] = name.split('_').map(Number)
  return { subtopology, partition }
}
