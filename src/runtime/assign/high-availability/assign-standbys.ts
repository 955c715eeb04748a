/**
 * Follows `DefaultStandbyTaskAssignor`, `ClientTagAwareStandbyTaskAssignor` (KIP-708) and `StandbyTaskAssignmentUtils`
 * of Apache Kafka 4.3.1 (org.apache.kafka.streams.processor.internals.assignment) step by step. Apache Kafka is licensed by
 * the Apache Software Foundation under the Apache License, Version 2.0: http://www.apache.org/licenses/LICENSE-2.0
 */
import type { Client } from './client.ts'
import { LeastLoaded } from './least-loaded.ts'
import { hashOrder } from './task-order.ts'

/** Gives each task `replicas` standbys on the least loaded clients that do not hold it, as far as there are such. */
export function assignStandbys(clients: readonly Client[], tasks: readonly string[], replicas: number): void {
  const free = leastLoadedWithout(clients)
  for (const task of tasks) giveToLeastLoaded(free, task, replicas)
}

/**
 * The same, on clients whose values for the tags differ from those of the active task and of the other
 * standbys. Where no such client is left, the least loaded will do.
 */
export function assignStandbysApart(
  clients: readonly Client[],
  tasks: readonly string[],
  { replicas, tags }: { readonly replicas: number; readonly tags: readonly string[] },
): void {
  const free = leastLoadedWithout(clients)
  const values = valuesOfTags(clients)
  const missing = new Map(tasks.map((task) => [task, replicas]))
  for (const task of tasks)
    for (const owner of clients)
      if (owner.active.has(task)) {
        free.offerAll(clients)
        const used = new UsedValues(new Set(tags), values)
        missing.set(task, giveApart(free, { task, owner, replicas }, used))
      }
  const left = hashOrder(tasks).filter((task) => missing.get(task) !== 0)
  if (left.length === 0) return
  free.offerAll(clients)
  for (const task of left) giveToLeastLoaded(free, task, missing.get(task) ?? 0)
}

/** Whether balancing may take a standby from one to the other: only where that changes no tag. */
export function haveSameTags(from: Client, to: Client): boolean {
  return [...from.facts.tags].every(([tag, value]) => to.facts.tags.get(tag) === value)
}

function leastLoadedWithout(clients: readonly Client[]): LeastLoaded {
  const free = new LeastLoaded(
    (client) => client.load,
    (client, task) => !client.holds(task),
  )
  free.offerAll(clients)
  return free
}

function giveToLeastLoaded(free: LeastLoaded, task: string, replicas: number): void {
  for (let given = 0; given < replicas; given += 1) {
    const client = free.poll(task)
    if (client === undefined) return
    client.standby.add(task)
    free.offer(client)
  }
}

/** Returns how many standbys found no client of their own. */
function giveApart(
  free: LeastLoaded,
  { task, owner, replicas }: { readonly task: string; readonly owner: Client; readonly replicas: number },
  used: UsedValues,
): number {
  let last = owner
  for (let given = 0; given < replicas; given += 1) {
    used.add(last, given + 1)
    const client = free.poll(task, (candidate) => !used.covers(candidate))
    if (client === undefined) return replicas - given
    client.standby.add(task)
    last = client
  }
  return 0
}

/** What the clients that have a task use up of the tags. A tag with no more values than they are no longer counts. */
class UsedValues {
  readonly #tags: ReadonlySet<string>
  readonly #values: ReadonlyMap<string, ReadonlySet<string>>
  readonly #used = new Map<string, Set<string>>()

  constructor(tags: ReadonlySet<string>, values: ReadonlyMap<string, ReadonlySet<string>>) {
    this.#tags = tags
    this.#values = values
  }

  add(client: Client, usedClients: number): void {
    for (const [tag, value] of client.facts.tags) {
      if (!this.#tags.has(tag)) continue
      if ((this.#values.get(tag)?.size ?? 0) <= usedClients) this.#used.delete(tag)
      else this.#used.set(tag, (this.#used.get(tag) ?? new Set()).add(value))
    }
  }

  covers({ facts }: Client): boolean {
    return [...facts.tags].some(([tag, value]) => this.#used.get(tag)?.has(value) === true)
  }
}

function valuesOfTags(clients: readonly Client[]): ReadonlyMap<string, ReadonlySet<string>> {
  const values = new Map<string, Set<string>>()
  for (const { facts } of clients)
    for (const [tag, value] of facts.tags) values.set(tag, (values.get(tag) ?? new Set()).add(value))
  return values
}
