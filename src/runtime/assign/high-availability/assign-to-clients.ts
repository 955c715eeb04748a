/**
 * Follows `HighAvailabilityTaskAssignor` (KIP-441) of Apache Kafka 4.3.1
 * (org.apache.kafka.streams.processor.internals.assignment) step by step. Apache Kafka is licensed by the Apache Software
 * Foundation under the Apache License, Version 2.0: http://www.apache.org/licenses/LICENSE-2.0
 *
 * Left out: `rack.aware.assignment.strategy` (KIP-925), which is `none` unless somebody sets it.
 */
import { assignStandbys, assignStandbysApart, haveSameTags } from './assign-standbys.ts'
import { balanceTasks } from './balance-tasks.ts'
import { Client, compareClients, type ClientFacts } from './client.ts'
import { LeastLoaded } from './least-loaded.ts'
import { TaskMover } from './move-tasks.ts'
import { sortTasks } from './task-order.ts'

export interface AssignmentSettings {
  readonly standbyReplicas: number
  /** Records; Infinity takes everybody for caught up. */
  readonly acceptableRecoveryLag: number
  readonly maxWarmupReplicas: number
  /** `rack.aware.assignment.tags`. */
  readonly rackAwareTags: readonly string[]
}

export interface TasksToAssign {
  readonly stateful: readonly string[]
  readonly stateless: readonly string[]
}

/** The tasks of one process; a warm-up is a standby like any other. */
export interface ClientTasks {
  readonly active: ReadonlySet<string>
  readonly standby: ReadonlySet<string>
}

export interface AssignedClients {
  /** By process id. */
  readonly clients: ReadonlyMap<string, ClientTasks>
  /** Some task is not yet where it shall be: ask again after a while whether it can move. */
  readonly isProbingNeeded: boolean
}

/**
 * Shares tasks among processes: balanced by threads, active tasks where their state is caught up, standbys elsewhere.
 * A pure function: the same facts in any order give the same assignment.
 */
export function assignToClients(
  facts: readonly ClientFacts[],
  { stateful, stateless }: TasksToAssign,
  settings: AssignmentSettings,
): AssignedClients {
  const clients = facts.map((each) => new Client(each)).toSorted(compareClients)
  const tasks = sortTasks(stateful)
  dealActive(clients, tasks)
  dealStandbys(clients, tasks, settings)
  const mover = new TaskMover(clients, tasks, settings)
  const moves = mover.moveActive() + mover.moveStandby()
  spreadStateless(clients, sortTasks(stateless))
  return { clients: new Map(clients.map((client) => [client.facts.processId, client])), isProbingNeeded: moves > 0 }
}

function dealActive(clients: readonly Client[], tasks: readonly string[]): void {
  tasks.forEach((task, index) => clients[index % clients.length]?.active.add(task))
  balanceTasks(clients, 'active', () => true)
}

function dealStandbys(
  clients: readonly Client[],
  tasks: readonly string[],
  { standbyReplicas: replicas, rackAwareTags: tags }: AssignmentSettings,
): void {
  if (replicas === 0) return
  if (tags.length > 0) assignStandbysApart(clients, tasks, { replicas, tags })
  else assignStandbys(clients, tasks, replicas)
  balanceTasks(clients, 'standby', tags.length > 0 ? haveSameTags : () => true)
}

function spreadStateless(clients: readonly Client[], tasks: readonly string[]): void {
  const free = new LeastLoaded(
    ({ activeLoad }) => activeLoad,
    () => true,
  )
  free.offerAll(clients)
  for (const task of tasks) {
    const client = free.poll(task)
    if (client === undefined) return
    client.active.add(task)
    free.offer(client)
  }
}
