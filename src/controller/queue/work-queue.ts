import { backoffMs, type Backoff } from '../../base/backoff.ts'
import { DueHeap } from './due-heap.ts'

/** Why an object is looked at, most urgent last: the index is the priority. */
export const priorities = ['resync', 'lag', 'webhook', 'person'] as const
export type Priority = (typeof priorities)[number]

export interface QueuePace {
  readonly backoff: Backoff
  /** After waiting this long, an item counts as one priority higher: nothing starves. */
  readonly ageingMs: number
}

interface Item {
  readonly key: string
  priority: number
  /** When it may be taken; it is in the heap while this lies ahead. */
  dueMs: number
  state: 'delayed' | 'ready' | 'processing'
  /** What was asked for while it was being processed. */
  again: { priority: number; dueMs: number } | undefined
  /** Each move to another line takes a new ticket; a line's entries with an old one are skipped. */
  ticket: number
}

interface Line {
  readonly tickets: { readonly key: string; readonly ticket: number; readonly sinceMs: number }[]
  head: number
}

/**
 * What to look at next. The contents are keys, never orders: whoever takes a
 * key looks at what is.
 *
 * Invariants
 *   Q1  A key is in the queue at most once: there are at most as many items as objects.
 *   Q2  A key is never handed out again before `done` or `retry` was called for it.
 *   Q3  A key added while it is being processed is handed out once more afterwards.
 *   Q4  An item keeps the highest priority and the earliest time that were asked for.
 *   Q5  However much urgent work arrives, an item that waits is taken in the end.
 *
 * Time and chance are arguments, so the same calls give the same answers.
 */
export class WorkQueue {
  readonly #items = new Map<string, Item>()
  readonly #failures = new Map<string, number>()
  readonly #delayed = new DueHeap()
  readonly #lines: readonly Line[] = priorities.map(() => ({ tickets: [], head: 0 }))
  readonly #pace: QueuePace
  #readyCount = 0
  #underWay = 0
  #lastTicket = 0

  constructor(pace: QueuePace) {
    this.#pace = pace
  }

  /** Items waiting or being processed. */
  get size(): number {
    return this.#items.size
  }

  /** Items that could be taken at once: controller-runtime's `workqueue_depth`. */
  get depth(): number {
    return this.#readyCount
  }

  /** Keys that were handed out, and not taken back yet. */
  get underWay(): number {
    return this.#underWay
  }

  /** Consecutive `retry` calls of a key. */
  failures(key: string): number {
    return this.#failures.get(key) ?? 0
  }

  add(key: string, priority: Priority, nowMs: number, delayMs = 0): void {
    this.#ask(key, priorities.indexOf(priority), nowMs, nowMs + delayMs)
  }

  /** The most urgent key that is due, or undefined. It is the caller's until `done` or `retry`. */
  take(nowMs: number): string | undefined {
    this.#ripen(nowMs)
    const item = this.#mostUrgent(nowMs)
    if (item === undefined) return undefined
    this.#readyCount -= 1
    this.#underWay += 1
    item.state = 'processing'
    return item.key
  }

  /** When the next delayed item falls due, or undefined where none is delayed. */
  get nextDueMs(): number | undefined {
    return this.#delayed.nextDueMs
  }

  /** Ends the processing of a key that went well. */
  done(key: string, nowMs: number): void {
    this.#failures.delete(key)
    this.#release(key, nowMs)
  }

  /** Ends the processing of a key that must be looked at again, later each time, and not before `notBeforeMs`. */
  retry(key: string, nowMs: number, { spread, notBeforeMs = 0 }: { spread: number; notBeforeMs?: number }): void {
    const attempt = this.failures(key) + 1
    this.#failures.set(key, attempt)
    const dueMs = Math.max(notBeforeMs, nowMs + backoffMs(this.#pace.backoff, attempt, spread))
    const item = this.#items.get(key)
    const priority = item?.priority ?? 0
    this.#release(key, nowMs)
    this.#ask(key, priority, nowMs, dueMs)
  }

  /** The object is gone: it waits for nothing any more. Who is processing it still calls `done`. */
  forget(key: string): void {
    this.#failures.delete(key)
    const item = this.#items.get(key)
    if (item?.state === 'processing') {
      item.again = undefined
      return
    }
    if (item?.state === 'ready') this.#readyCount -= 1
    this.#items.delete(key)
  }

  #release(key: string, nowMs: number): void {
    const item = this.#items.get(key)
    if (item?.state !== 'processing') return
    this.#underWay -= 1
    this.#items.delete(key)
    if (item.again !== undefined) this.#ask(key, item.again.priority, nowMs, item.again.dueMs)
  }

  #ask(key: string, priority: number, nowMs: number, dueMs: number): void {
    const item = this.#items.get(key)
    if (item === undefined) {
      const fresh: Item = { key, priority, dueMs, state: 'delayed', again: undefined, ticket: 0 }
      this.#items.set(key, fresh)
      this.#place(fresh, nowMs)
    } else if (item.state === 'processing') {
      item.again = soonest(item.again, priority, dueMs)
    } else if (priority > item.priority || dueMs < item.dueMs) {
      if (item.state === 'ready') this.#readyCount -= 1
      item.priority = Math.max(item.priority, priority)
      item.dueMs = Math.min(item.dueMs, dueMs)
      this.#place(item, nowMs)
    }
  }

  #place(item: Item, nowMs: number): void {
    this.#lastTicket += 1
    item.ticket = this.#lastTicket
    if (item.dueMs > nowMs) {
      this.#delayed.push(item.key, item.dueMs)
      return
    }
    item.state = 'ready'
    this.#readyCount += 1
    this.#lines[item.priority]?.tickets.push({ key: item.key, ticket: item.ticket, sinceMs: item.dueMs })
  }

  #ripen(nowMs: number): void {
    for (let entry = this.#delayed.popDue(nowMs); entry !== undefined; entry = this.#delayed.popDue(nowMs)) {
      const item = this.#items.get(entry.key)
      if (item?.state === 'delayed' && item.dueMs === entry.dueMs) this.#place(item, nowMs)
    }
  }

  /** Within a line the oldest stands first, so comparing the heads is enough. */
  #mostUrgent(nowMs: number): Item | undefined {
    let best: Item | undefined
    let bestUrgency = -1
    for (const [priority, line] of this.#lines.entries()) {
      const head = this.#headOf(line)
      if (head === undefined) continue
      const urgency = priority + (nowMs - head.sinceMs) / this.#pace.ageingMs
      if (urgency > bestUrgency) [best, bestUrgency] = [head.item, urgency]
    }
    return best
  }

  /** The first of a line that still stands in it: what was taken, moved or forgotten is stepped over. */
  #headOf(line: Line): { readonly item: Item; readonly sinceMs: number } | undefined {
    for (let head = line.tickets[line.head]; head !== undefined; head = line.tickets[line.head]) {
      const item = this.#items.get(head.key)
      if (item?.state === 'ready' && item.ticket === head.ticket) return { item, sinceMs: head.sinceMs }
      line.head += 1
      dropPassed(line)
    }
    return undefined
  }
}

/** Now and then, so that a line holds no more than twice what stands in it. */
function dropPassed(line: Line): void {
  if (line.head <= 1_024 || line.head * 2 <= line.tickets.length) return
  line.tickets.splice(0, line.head)
  line.head = 0
}

function soonest(again: Item['again'], priority: number, dueMs: number): { priority: number; dueMs: number } {
  if (again === undefined) return { priority, dueMs }
  return { priority: Math.max(again.priority, priority), dueMs: Math.min(again.dueMs, dueMs) }
}
