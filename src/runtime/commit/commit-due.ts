import { areHeldAtRest, settle } from './settle-tasks.ts'
import type { ThreadWorld } from '../thread/thread-world.ts'

/**
 * Whether to commit now. At its time, tasks that await come to rest first. At least once, those that are not there yet
 * are left out, and committed as soon as they are; exactly once, the transaction is one, and waits for the last.
 */
export function isCommitDue(world: ThreadWorld, nowMs: number): boolean {
  const { lastCommitMs, config } = world
  const isTime = nowMs - lastCommitMs >= config.commitIntervalMs
  if (!isTime && !areHeldAtRest(world)) return false
  const isSettled = settle(world)
  if (isSettled || !config.exactlyOnce) {
    world.settlingSinceMs = undefined
    return isTime || isSettled
  }
  world.settlingSinceMs ??= nowMs
  // The broker has given the transaction up by now: to ask for its commit tells us so.
  return nowMs - world.settlingSinceMs > config.transactionTimeoutMs
}
