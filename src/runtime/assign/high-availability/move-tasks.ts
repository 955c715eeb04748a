/**
 * Follows `TaskMovement` of Apache Kafka 4.3.1 (org.apache.kafka.streams.processor.internals.assignment) step by step.
 * Apache Kafka is licensed by the Apache Software Foundation under the Apache License, Version 2.0:
 * http://www.apache.org/licenses/LICENSE-2.0
 */
import { compareClients, runsHere, type Client } from './client.ts'
import { JavaPriorityQueue } from './java-priority-queue.ts'
import { LeastLoaded } from './least-loaded.ts'
import { compareTasks } from './task-order.ts'

interface Movement {
  readonly task: string
  /** Who is to have the task one day, and lacks its state now. */
  readonly destination: Client
}

/**
 * Turns the assignment that is wanted into one that can be had now: a task goes to who is caught up, and who is
 * to have it later warms up as a standby, as far as the number of warm-ups goes.
 */
export class TaskMover {
  readonly #clients: readonly Client[]
  readonly #caughtUp = new Map<string, ReadonlySet<Client>>()
  readonly #byLag = new Map<string, readonly Client[]>()
  readonly #warmUps = new Map<Client, Set<string>>()
  #warmUpsLeft: number

  constructor(
    clients: readonly Client[],
    tasks: readonly string[],
    { acceptableRecoveryLag, maxWarmupReplicas }: { acceptableRecoveryLag: number; maxWarmupReplicas: number },
  ) {
    this.#clients = clients
    this.#warmUpsLeft = maxWarmupReplicas
    for (const task of tasks) {
      const isCaughtUp = (client: Client): boolean => {
        const lag = client.lag(task)
        return lag === runsHere || acceptableRecoveryLag === Infinity || (lag >= 0 && lag <= acceptableRecoveryLag)
      }
      this.#caughtUp.set(task, new Set(clients.filter(isCaughtUp)))
      const byLag = clients.toSorted((one, other) => one.lag(task) - other.lag(task) || compareClients(one, other))
      this.#byLag.set(task, byLag)
    }
  }

  /** Returns how many active tasks are not yet where they shall be. */
  moveActive(): number {
    const { queue, free, size } = this.#plan('active')
    for (let next = queue.poll(); next !== undefined; next = queue.poll()) {
      const source = this.#moveOne(next, free)
      free.offerAll([source, next.destination])
    }
    return size
  }

  /** The same for standbys; one that no more caught-up client can take stays, and is not counted. */
  moveStandby(): number {
    const { queue, free } = this.#plan('standby')
    let moved = 0
    for (let next = queue.poll(); next !== undefined; next = queue.poll()) {
      const { task, destination } = next
      const isFree = (client: Client): boolean => !client.holds(task)
      const source = free.poll(task, isFree) ?? this.#mostCaughtUp(next, isFree)
      if (source === undefined) continue
      source.standby.add(task)
      if (!this.#takeWarmUp()) destination.standby.delete(task)
      free.offerAll([source, destination])
      moved += 1
    }
    return moved
  }

  #plan(role: 'active' | 'standby') {
    const free = new LeastLoaded(
      ({ load }) => load,
      (client, task) => this.#isCaughtUp(client, task),
    )
    const count = ({ task }: Movement): number => this.#caughtUp.get(task)?.size ?? 0
    const queue = new JavaPriorityQueue<Movement>(
      (one, other) => count(one) - count(other) || compareTasks(one.task, other.task),
    )
    let size = 0
    for (const destination of this.#clients) {
      for (const task of [...destination[role]].toSorted(compareTasks)) {
        if (this.#warmUps.get(destination)?.has(task) === true || !this.#isBetterElsewhere(task, destination)) continue
        queue.offer({ task, destination })
        size += 1
      }
      free.offer(destination)
    }
    return { queue, free, size }
  }

  #moveOne(movement: Movement, free: LeastLoaded): Client {
    const { task, destination } = movement
    const standby = free.poll(task, (client) => client.standby.has(task))
    if (standby !== undefined) return swap(task, standby, destination)
    const caughtUp = free.poll(task)
    if (caughtUp !== undefined) return this.#moveAndWarmUp(task, caughtUp, destination)
    const best = this.#mostCaughtUp(movement, () => true)
    if (best === undefined)
      throw new RangeError(`task ${task} was to move to a more caught-up client, and none is there`)
    return best.standby.has(task) ? swap(task, best, destination) : this.#moveAndWarmUp(task, best, destination)
  }

  #moveAndWarmUp(task: string, source: Client, destination: Client): Client {
    source.active.add(task)
    destination.active.delete(task)
    const warmUps = this.#warmUps.get(destination) ?? new Set()
    this.#warmUps.set(destination, warmUps)
    if (!this.#takeWarmUp()) return source
    destination.standby.add(task)
    warmUps.add(task)
    return source
  }

  #takeWarmUp(): boolean {
    this.#warmUpsLeft -= 1
    return this.#warmUpsLeft >= 0
  }

  #isBetterElsewhere(task: string, client: Client): boolean {
    if (this.#isCaughtUp(client, task)) return false
    const best = this.#byLag.get(task)?.[0]
    return best !== undefined && best.lag(task) < client.lag(task)
  }

  #isCaughtUp(client: Client, task: string): boolean {
    return this.#caughtUp.get(task)?.has(client) ?? false
  }

  #mostCaughtUp({ task, destination }: Movement, isFree: (client: Client) => boolean): Client | undefined {
    const byLag = this.#byLag.get(task) ?? []
    return byLag.slice(0, byLag.indexOf(destination)).find(isFree)
  }
}

function swap(task: string, source: Client, destination: Client): Client {
  source.standby.delete(task)
  source.active.add(task)
  destination.active.delete(task)
  destination.standby.add(task)
  return source
}
