import type { StreamFailure } from '../../kafka/stream-failure.ts'
import type { ThreadWorld } from '../thread/thread-world.ts'

/**
 * Commits every task (W1, W5): caches are emptied, the broker has every record,
 * the group has the offsets, then the stores keep what belongs to them. A
 * failure leaves tasks as they were: the same records are committed with the next try.
 */
export async function commitTasks(world: ThreadWorld): Promise<StreamFailure | undefined> {
  const { membership, writer, log, clock } = world
  if (membership === undefined) return undefined
  const ready = [...world.tasks.values()].filter((active) => active.isReady)
  for (const { task } of ready) task.flush()
  const offsets = ready.map((active) => ({ active, offsets: active.offsetsToCommit() }))
  const all = offsets.flatMap((entry) => entry.offsets)
  if (all.length === 0 && writer.pendingBytes === 0) {
    world.lastCommitMs = clock.now()
    return undefined
  }
  const written = await writer.commit(all, membership)
  if (!written.ok) {
    log.warn({ kind: written.error.kind, reason: written.error.reason }, 'the commit failed')
    return written.error
  }
  for (const { active, offsets: own } of offsets) active.committed(own, written.value)
  world.lastCommitMs = clock.now()
  world.lastPushMs = world.lastCommitMs
  return undefined
}
