import { printTopicPartition } from '../../kafka/topic-partition.ts'
import type { StreamFailure } from '../../kafka/stream-failure.ts'
import type { ActiveTask } from '../thread/active-task.ts'
import type { ThreadWorld } from '../thread/thread-world.ts'

/** Fetches, and gives each task what is its own. Waits only when nothing else is to be done. */
export async function pollRecords(world: ThreadWorld, signal: AbortSignal): Promise<StreamFailure | undefined> {
  holdBack(world)
  const tasks = [...world.tasks.values()]
  const startedMs = world.clock.now()
  const polled = await pollUnlessBusy(world, isBusy(world), signal)
  const tookMs = world.clock.now() - startedMs
  world.metrics.blockedMs += tookMs
  if (!polled.ok) return polled.error
  world.metrics.poll.record(tookMs)
  world.metrics.pollRecords.record(polled.value.batches.reduce((sum, { length }) => sum + length, 0))
  const readers = new Map(
    tasks.flatMap((active) => active.task.sources.map((source) => [printTopicPartition(source), active])),
  )
  for (const batch of polled.value.batches) readers.get(printTopicPartition(batch))?.task.enqueue(batch)
  for (const position of polled.value.positions) readers.get(printTopicPartition(position))?.moveTo(position)
  return undefined
}

/** There is something to do that needs no new records. */
function isBusy({ tasks, isFollowing, isPaused }: ThreadWorld): boolean {
  const all = [...tasks.values()]
  if (isPaused) return all.some(({ task }) => task.awaits?.hasResult === true)
  return isFollowing || all.some((active) => active.isRestoring || active.task.hasWork)
}

/** A wait ends early when something awaited has ended: its task has work then. */
function pollUnlessBusy({ source, config, tasks, waker }: ThreadWorld, hasWork: boolean, signal: AbortSignal) {
  if (hasWork) return source.poll(0, signal)
  const isAwaiting = [...tasks.values()].some(({ task }) => task.awaits !== undefined)
  if (!isAwaiting) return source.poll(config.pollMs, signal)
  return waker.whileAsleep(signal, (early) => source.poll(config.pollMs, early))
}

/** Pauses what a task does not want now: it restores, or enough waits already (`buffered.records.per.partition`). */
function holdBack({ tasks, source, config }: ThreadWorld): void {
  const isFull = (active: ActiveTask) => (partition: { topic: string; partition: number }) =>
    !active.isReady || active.task.buffered(partition) >= config.bufferedRecords
  const all = [...tasks.values()].flatMap((active) => active.task.sources.map((partition) => ({ active, partition })))
  const full = all.filter(({ active, partition }) => isFull(active)(partition))
  source.pause(full.map(({ partition }) => partition))
  source.resume(all.filter((entry) => !full.includes(entry)).map(({ partition }) => partition))
}
