/**
 * Follows `HighAvailabilityTaskAssignor.balanceTasksOverThreads` of Apache Kafka 4.3.1
 * (org.apache.kafka.streams.processor.internals.assignment) step by step. Apache Kafka is licensed by the Apache Software
 * Foundation under the Apache License, Version 2.0: http://www.apache.org/licenses/LICENSE-2.0
 */
import type { Client } from './client.ts'
import { sortTasks } from './task-order.ts'

/** Moves tasks of one role from client to client as long as that makes their loads more alike. */
export function balanceTasks(
  clients: readonly Client[],
  role: 'active' | 'standby',
  mayMove: (from: Client, to: Client) => boolean,
): void {
  let hasMoved = true
  while (hasMoved) {
    hasMoved = false
    for (const from of clients)
      for (const to of clients) if (from !== to && movesSome(from, to, { role, mayMove })) hasMoved = true
  }
}

interface Rule {
  readonly role: 'active' | 'standby'
  readonly mayMove: (from: Client, to: Client) => boolean
}

function movesSome(from: Client, to: Client, { role, mayMove }: Rule): boolean {
  if (!isWorthAMove(from, to) || !mayMove(from, to)) return false
  let hasMoved = false
  for (const task of sortTasks(from[role])) {
    if (!isWorthAMove(from, to)) break
    if (to.holds(task)) continue
    from[role].delete(task)
    to[role].add(task)
    hasMoved = true
  }
  return hasMoved
}

/** A move must lessen the difference and not turn it round. */
function isWorthAMove(from: Client, to: Client): boolean {
  const skew = from.load - to.load
  if (skew <= 0) return false
  const skewAfter = (from.count - 1) / from.facts.threads - (to.count + 1) / to.facts.threads
  return skewAfter >= 0 && skewAfter < skew
}
