import type { StreamFailure } from '../../kafka/stream-failure.ts'
import type { ActiveTask } from './active-task.ts'
import type { ThreadWorld } from './thread-world.ts'

/** How long records are worked on before the thread looks at the network again: heartbeats need it, too. */
const sliceMs = 50
/** Records of one task before the next has its turn. */
const perRound = 250
/** Above this the broker must take what was written before more is made. */
const mostPendingBytes = 4 * 1024 * 1024
/** `linger.ms` of Kafka Streams' producer: how long a record may wait for company. */
const lingerMs = 100

/** Works through waiting records, round-robin over the tasks that are ready, and sends what they wrote. */
export async function processTasks(world: ThreadWorld): Promise<StreamFailure | undefined> {
  const { clock, writer, metrics } = world
  const ready = world.isPaused ? [] : readyTasks(world)
  const startedMs = clock.now()
  const endMs = startedMs + sliceMs
  let processed = 1
  let inTurn = 0
  while (processed > 0 && clock.now() < endMs && writer.pendingBytes < mostPendingBytes) {
    processed = processRound(world, ready)
    inTurn += processed
  }
  if (inTurn > 0) {
    metrics.process.record(clock.now() - startedMs, inTurn)
    metrics.processRecords.record(inTurn)
  }
  const isDue = writer.pendingBytes >= mostPendingBytes || clock.now() - world.lastPushMs >= lingerMs
  if (writer.pendingBytes === 0 || !isDue) return undefined
  world.lastPushMs = clock.now()
  const pushed = await writer.push()
  metrics.blockedMs += clock.now() - world.lastPushMs
  return pushed.ok ? undefined : pushed.error
}

/** While paused: results of calls are sent on, since a commit may wait for them, and no record is taken. */
export function endWhatBegan(world: ThreadWorld): void {
  for (const { task } of readyTasks(world)) if (task.awaits !== undefined) task.process(0, world.clock.now())
}

function readyTasks({ tasks }: ThreadWorld): readonly ActiveTask[] {
  return [...tasks.values()].filter((active) => active.isReady)
}

function processRound({ clock, metrics }: ThreadWorld, ready: readonly ActiveTask[]): number {
  let processed = 0
  for (const { task } of ready) {
    const startMs = clock.now()
    const count = task.process(perRound, startMs)
    if (count > 0) metrics.of(task, startMs).process.record(clock.now() - startMs, count)
    processed += count
  }
  return processed
}
