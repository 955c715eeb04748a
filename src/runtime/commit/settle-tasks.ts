import type { ActiveTask } from '../thread/active-task.ts'
import type { ThreadWorld } from '../thread/thread-world.ts'

/** How long a rebalance or a stop waits for calls that are in flight. */
export const settleWithinMs = 8_000

const lookEveryMs = 100

/**
 * Brings to rest what a commit must not cut through. A task without state that awaits is committed up to its first
 * unfinished record and goes on. One that has state is held: its stores are ahead of what is in flight, and only
 * whole records may be in a commit. Under exactly-once this holds for every task, since what is done already would
 * be done again. A held task takes no record and fires no timer until it is committed.
 *
 * True once nothing is open in any task that is held.
 */
export function settle(world: ThreadWorld): boolean {
  let isSettled = true
  for (const active of awaiting(world)) {
    const { task } = active
    if (!mustSettle(world, active)) continue
    if (task.awaits !== undefined) task.awaits.isHeld = true
    // What caches let go may be awaited in turn.
    if (task.awaits?.isSettled === true) task.flush()
    if (task.awaits?.isSettled === false) isSettled = false
  }
  return isSettled
}

/** Whether a commit now would cut through nothing of this task. */
export function isWhole(world: ThreadWorld, active: ActiveTask): boolean {
  return active.task.awaits?.isSettled !== false || !mustSettle(world, active)
}

/** Some task is held, and all that are have come to rest: their commit need not wait for its time. */
export function areHeldAtRest(world: ThreadWorld): boolean {
  const held = awaiting(world).filter(({ task }) => task.awaits?.isHeld === true)
  return held.length > 0 && held.every(({ task }) => task.awaits?.isSettled === true)
}

/** After its commit a task goes on. */
export function letGo(committed: readonly ActiveTask[]): void {
  for (const { task } of committed) if (task.awaits !== undefined) task.awaits.isHeld = false
}

/** Waits for what is in flight, and for everything that comes of it. False where that took too long. */
export async function settleWithin(world: ThreadWorld, patienceMs: number): Promise<boolean> {
  const { clock, waker } = world
  const endMs = clock.now() + patienceMs
  while (!settle(world)) {
    if (clock.now() >= endMs) return false
    await waker.whileAsleep(new AbortController().signal, (signal) => clock.sleep(lookEveryMs, signal))
    for (const { task } of awaiting(world)) task.process(0, clock.now())
  }
  return true
}

function mustSettle({ config }: ThreadWorld, { task }: ActiveTask): boolean {
  return task.awaits !== undefined && (config.exactlyOnce || task.mustSettle)
}

function awaiting({ tasks }: ThreadWorld): readonly ActiveTask[] {
  return [...tasks.values()].filter(({ isReady, task }) => isReady && task.awaits !== undefined)
}
