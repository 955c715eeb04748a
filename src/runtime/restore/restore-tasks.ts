import { recordsBefore } from '../../kafka/first-records.ts'
import type { TopicPartition } from '../../kafka/record.ts'
import type { Polled } from '../../kafka/record-source.ts'
import type { StreamFailure } from '../../kafka/stream-failure.ts'
import { printTopicPartition } from '../../kafka/topic-partition.ts'
import type { ActiveTask } from '../thread/active-task.ts'
import type { ThreadWorld } from '../thread/thread-world.ts'
import { remainingOf, type Restoration } from './restoration.ts'

const progressEveryMs = 5_000

/** Reads changelogs from where the stores of newly opened tasks stand. To be called when tasks came or went. */
export function assignRestores({ tasks, restoreSource }: Pick<ThreadWorld, 'tasks' | 'restoreSource'>): void {
  const restorations = [...tasks.values()].flatMap((active) => [...active.restorations.values()])
  restoreSource.assign(restorations.map(({ changelog, position }) => ({ ...changelog, offset: position })))
}

/**
 * One round of restoring: a large fetch from every changelog that is not at its
 * end. Tasks that are ready go on meanwhile; one whose last store is complete
 * runs from the next step on (W4).
 */
export async function restoreTasks(world: ThreadWorld, signal: AbortSignal): Promise<StreamFailure | undefined> {
  const restoring = [...world.tasks.values()].filter((active) => active.isRestoring)
  if (restoring.length === 0) return undefined
  const othersWait = [...world.tasks.values()].some((active) => active.isReady && active.buffered() > 0)
  const startedMs = world.clock.now()
  const polled = await world.restoreSource.poll(othersWait ? 0 : world.config.pollMs, signal)
  world.metrics.blockedMs += world.clock.now() - startedMs
  if (!polled.ok) return polled.error
  take(world, restoring, polled.value)
  world.metrics.restore.record(world.clock.now() - startedMs)
  finish(world, restoring)
  tellProgress(world, restoring)
  return undefined
}

function take({ metrics, clock }: ThreadWorld, restoring: readonly ActiveTask[], { batches, positions }: Polled): void {
  const find = (partition: TopicPartition) => {
    const key = printTopicPartition(partition)
    const active = restoring.find(({ restorations }) => restorations.has(key))
    const restoration = active?.restorations.get(key)
    return active === undefined || restoration === undefined ? undefined : { active, restoration }
  }
  for (const batch of batches) {
    const found = find(batch)
    if (found === undefined) continue
    const { active, restoration } = found
    const taken = restoration.changelog.isSource ? recordsBefore(batch, restoration.end) : batch
    active.task.restore(restoration.changelog, taken)
    restoration.records += taken.length
    metrics.restoredRecords.record(0, taken.length)
    metrics.of(active.task, clock.now()).restored.record(0, taken.length)
  }
  for (const position of positions) {
    const found = find(position)
    if (found !== undefined) found.restoration.position = position.offset
  }
}

/** A line now and then while a large store comes back, so that a log tells work from a hang. */
function tellProgress(world: ThreadWorld, restoring: readonly ActiveTask[]): void {
  const left = restoring.flatMap((active) => [...active.restorations.values()])
  if (left.length === 0 || world.clock.now() - world.lastProgressMs < progressEveryMs) return
  world.lastProgressMs = world.clock.now()
  world.log.info({ stores: left.length, remaining: remainingOf(left) }, 'restoring')
}

/** A task whose committed offset is not known yet follows its changelogs until it is. */
function finish(world: ThreadWorld, restoring: readonly ActiveTask[]): void {
  const settled = restoring.filter(({ pending }) => pending.length === 0)
  const complete = settled.flatMap((active) =>
    [...active.restorations.values()]
      .filter(({ position, end }) => position >= end)
      .map((restoration) => ({ active, restoration })),
  )
  for (const { active, restoration } of complete) {
    active.restorations.delete(printTopicPartition(restoration.changelog))
    world.log.info(restored(active, restoration), 'restored a store from its changelog')
  }
  if (complete.length > 0) assignRestores(world)
}

function restored({ name }: ActiveTask, { changelog, from, end, records }: Restoration) {
  return { task: name, store: changelog.store, from, to: end, records }
}
