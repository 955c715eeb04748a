/**
 * Follows `StreamsPartitionAssignor.assignTasksToThreads` of Apache Kafka 4.3.1
 * (org.apache.kafka.streams.processor.internals) step by step. Apache Kafka is licensed by the Apache Software
 * Foundation under the Apache License, Version 2.0: http://www.apache.org/licenses/LICENSE-2.0
 */
import type { ClientTasks } from './assign-to-clients.ts'
import { JavaPriorityQueue } from './java-priority-queue.ts'
import { compareTasks, hashOrder, sortTasks } from './task-order.ts'

/** A stream thread of the process. */
export interface ThreadFacts {
  readonly memberId: string
  /** Tasks it told of, active or not. */
  readonly previous: readonly string[]
}

export interface ThreadTasks {
  readonly active: readonly string[]
  readonly standby: readonly string[]
}

/**
 * Shares the tasks of a process among its threads: as many for each, and a stateful task with who had it, as far as
 * that goes. `lags` has the process's lag for every stateful task.
 */
export function assignToThreads(
  threads: readonly ThreadFacts[],
  { active, standby }: ClientTasks,
  lags: ReadonlyMap<string, number>,
): ReadonlyMap<string, ThreadTasks> {
  const share = new ThreadShare(threads, lags)
  const stateful = share.deal(hashOrder([...active].filter((task) => lags.has(task))), true)
  const standbys = share.deal(sortTasks(standby), true)
  const stateless = share.deal(hashOrder([...active].filter((task) => !lags.has(task))), false)
  const tasksOf = (dealt: Dealt, memberId: string) => dealt.get(memberId) ?? []
  return new Map(
    threads.map(({ memberId }) => [
      memberId,
      {
        active: [...tasksOf(stateful, memberId), ...tasksOf(stateless, memberId)],
        standby: tasksOf(standbys, memberId),
      },
    ]),
  )
}

type Dealt = ReadonlyMap<string, string[]>

class ThreadShare {
  readonly #threads: readonly ThreadFacts[]
  readonly #lags: ReadonlyMap<string, number>
  /** Tasks of earlier rounds, by member. */
  readonly #load = new Map<string, number>()

  constructor(threads: readonly ThreadFacts[], lags: ReadonlyMap<string, number>) {
    this.#threads = threads.toSorted((one, other) => (one.memberId < other.memberId ? -1 : 1))
    this.#lags = lags
  }

  deal(tasks: readonly string[], isSticky: boolean): Dealt {
    const dealt = new Map<string, string[]>(this.#threads.map(({ memberId }) => [memberId, []]))
    if (tasks.length > 0) new Round(tasks, dealt, this.#load).play(this.#threads, isSticky ? this.#lags : new Map())
    for (const [memberId, share] of dealt) this.#load.set(memberId, (this.#load.get(memberId) ?? 0) + share.length)
    return dealt
  }
}

/** One round of dealing: all get the floor first, then some get one more. */
class Round {
  readonly #left: JavaPriorityQueue<string>
  readonly #dealt: Dealt
  readonly #load: ReadonlyMap<string, number>
  readonly #floor: number
  /** Tasks that their last thread had no room for at first. */
  readonly #skipped = new Map<string, string>()

  constructor(tasks: readonly string[], dealt: Dealt, load: ReadonlyMap<string, number>) {
    this.#left = new JavaPriorityQueue(compareTasks, tasks)
    this.#dealt = dealt
    this.#load = load
    const total = [...load.values()].reduce((sum, count) => sum + count, tasks.length)
    this.#floor = Math.floor(total / dealt.size)
  }

  play(threads: readonly ThreadFacts[], lags: ReadonlyMap<string, number>): void {
    for (const thread of threads) this.#keep(thread, lags)
    const hungry = threads.map(({ memberId }) => memberId).filter((memberId) => this.#count(memberId) < this.#floor)
    this.#fill(hungry)
    this.#spread(threads.map(({ memberId }) => memberId).filter((memberId) => this.#count(memberId) === this.#floor))
  }

  #keep({ memberId, previous }: ThreadFacts, lags: ReadonlyMap<string, number>): void {
    const lag = (task: string): number => lags.get(task) ?? 0
    const known = previous.filter((task) => lags.has(task))
    const byLag = known.toSorted((one, other) => lag(one) - lag(other) || compareTasks(one, other))
    const left = new Set(this.#left.inside())
    for (const task of byLag) {
      if (!left.has(task)) continue
      if (this.#count(memberId) >= this.#floor) this.#skipped.set(task, memberId)
      else if (this.#left.remove(task)) this.#share(memberId).push(task)
    }
  }

  /** Around the table until all have the floor. */
  #fill(hungry: string[]): void {
    for (let memberId = hungry.shift(); memberId !== undefined; memberId = hungry.shift()) {
      const task = this.#left.poll()
      if (task === undefined) throw new RangeError('the tasks ran out before every thread had its share')
      this.#share(memberId).push(task)
      if (this.#count(memberId) < this.#floor) hungry.push(memberId)
    }
  }

  /** What is over: one more for its last thread where that has room, else for the next that has. */
  #spread(open: string[]): void {
    for (const [task, memberId] of [...this.#skipped].toSorted(([one], [other]) => compareTasks(one, other))) {
      const at = open.indexOf(memberId)
      if (at < 0 || !this.#left.remove(task)) continue
      this.#share(memberId).push(task)
      open.splice(at, 1)
    }
    for (const task of this.#left.inside()) {
      const memberId = open.shift()
      if (memberId === undefined) throw new RangeError(`no thread has room for task ${task}`)
      this.#share(memberId).push(task)
    }
  }

  #share(memberId: string): string[] {
    const share = this.#dealt.get(memberId)
    if (share === undefined) throw new RangeError(`no thread ${memberId}`)
    return share
  }

  #count(memberId: string): number {
    return this.#share(memberId).length + (this.#load.get(memberId) ?? 0)
  }
}
