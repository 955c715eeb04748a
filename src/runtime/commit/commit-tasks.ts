import { fail, type Result } from '../../base/result.ts'
import type { StreamFailure } from '../../kafka/stream-failure.ts'
import { isWhole, letGo } from './settle-tasks.ts'
import type { ThreadWorld } from '../thread/thread-world.ts'

const pauseMs = 200

/**
 * Commits every task (W1, W5): caches are emptied, the broker has every record,
 * the group has the offsets, then the stores keep what belongs to them.
 *
 * A task whose calls are still in flight is left out where its commit would cut through them (`settle-tasks.ts`).
 *
 * A broker that is away is asked the same again, and nothing else happens meanwhile: the end of a
 * transaction may have been heard, and then no record may join it. Who runs out of patience starts over.
 */
export async function commitTasks(world: ThreadWorld, patienceMs: number): Promise<StreamFailure | undefined> {
  const { membership, writer, log, clock, metrics } = world
  if (membership === undefined) return undefined
  const running = [...world.tasks.values()].filter((active) => active.isReady)
  const ready = running.filter((active) => isWhole(world, active))
  if (world.config.exactlyOnce && ready.length < running.length)
    return { kind: 'fenced', reason: 'calls in flight took too long for this transaction' }
  for (const { task } of ready) task.flush()
  const offsets = ready.map((active) => ({ active, offsets: active.offsetsToCommit() }))
  const all = offsets.flatMap((entry) => entry.offsets)
  if (all.length > 0 || writer.pendingBytes > 0) {
    const startedMs = clock.now()
    const written = await persist(() => writer.commit(all, membership), world, patienceMs)
    metrics.blockedMs += clock.now() - startedMs
    if (!written.ok) {
      log.warn({ kind: written.error.kind, reason: written.error.reason }, 'the commit failed')
      return written.error
    }
    for (const { active, offsets: own } of offsets) active.committed(own, written.value)
  }
  letGo(ready)
  world.settlingSinceMs = undefined
  world.lastCommitMs = clock.now()
  world.lastPushMs = world.lastCommitMs
  return undefined
}

async function persist<T>(
  call: () => Promise<Result<T, StreamFailure>>,
  { clock, log }: ThreadWorld,
  patienceMs: number,
): Promise<Result<T, StreamFailure>> {
  const endMs = clock.now() + patienceMs
  for (let attempt = 1; ; attempt += 1) {
    const answer = await call()
    if (answer.ok || answer.error.kind !== 'retry') return answer
    const { reason } = answer.error
    if (clock.now() >= endMs)
      return fail({ kind: 'fenced', reason: `no commit went through for ${patienceMs} ms: ${reason}` })
    log.warn({ reason, attempt }, 'the commit is tried again')
    await clock.sleep(pauseMs, new AbortController().signal)
  }
}
