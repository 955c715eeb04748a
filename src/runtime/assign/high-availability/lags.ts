/**
 * Follows `ClientState.computeTaskLags` of Apache Kafka 4.3.1 (org.apache.kafka.streams.processor.internals.assignment).
 * Apache Kafka is licensed by the Apache Software Foundation under the Apache License, Version 2.0:
 * http://www.apache.org/licenses/LICENSE-2.0
 */
import { isUnknown, runsHere } from './client.ts'

/**
 * How far the state of a process lies behind. `ends` has the sum of the ends of its changelogs for every stateful task,
 * `sums` what the process says of the tasks whose state it has.
 */
export function lagsOf(sums: ReadonlyMap<string, number>, ends: ReadonlyMap<string, number>): Map<string, number> {
  return new Map([...ends].map(([task, end]) => [task, lagOf(sums.get(task) ?? 0, end)]))
}

function lagOf(sum: number, end: number): number {
  if (sum === runsHere || sum === isUnknown) return sum
  // State from beyond the end is of another past: it will be thrown away, and all of it is missing.
  return sum > end ? end : end - sum
}
