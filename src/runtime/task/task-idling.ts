import type { TopicPartition } from '../../kafka/record.ts'

export interface IdlingSurroundings {
  /** `max.task.idle.ms`: how long a task waits for a partition that has nothing, once it is known to have nothing. */
  readonly maxMs: number
  /** Records between what was fetched and the end of the partition; undefined while nobody knows. */
  readonly lagOf: (source: TopicPartition) => number | undefined
}

interface Queue {
  readonly id: TopicPartition
  readonly size: number
  idleUntilMs: number | undefined
}

/**
 * Whether a task that reads several partitions may go on while some have nothing at hand: the choice by timestamp is
 * only right among all of them. One that lies on the broker is waited for however long it takes; one that is not there
 * is waited for `maxMs`. Kafka's `PartitionGroup#readyToProcess` (KIP-353, KIP-695).
 */
export function mayGoOn(queues: Iterable<Queue>, nowMs: number, { maxMs, lagOf }: IdlingSurroundings): boolean {
  for (const queue of queues) {
    if (queue.size > 0) continue
    if (lagOf(queue.id) !== 0) {
      queue.idleUntilMs = undefined
      return false
    }
    queue.idleUntilMs ??= nowMs + maxMs
    if (nowMs < queue.idleUntilMs) return false
  }
  return true
}
