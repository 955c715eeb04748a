import type { AwaitPlan } from './await-options.ts'

export type CallOutcome<Out> =
  | { readonly kind: 'result'; readonly result: Out }
  | { readonly kind: 'failure'; readonly error: unknown }

interface Open<In, Out> {
  readonly input: In
  readonly lane: unknown
  outcome: CallOutcome<Out> | undefined
}

/**
 * The calls of one operator in one task: how many run, which may begin, and whose result is next.
 *
 * Invariants
 *   A1  Never more than `concurrency` calls are in flight.
 *   A2  `key`: a call begins only after the result of the one before it in its lane was handed over.
 *   A3  `partition`: results are handed over in the order of `add`.
 *   A4  Every input is handed over exactly once, and only from within `handOver`: the task's own turn.
 */
export class Calls<In, Out> {
  readonly #plan: Pick<AwaitPlan, 'concurrency' | 'order' | 'maxWaiting'>
  readonly #call: (input: In) => Promise<Out>
  readonly #laneOf: (input: In) => unknown
  readonly #whenDone: () => void
  /** In the order of `add`. */
  readonly #open = new Set<Open<In, Out>>()
  /** May begin as soon as there is room. */
  readonly #ready = new Set<Open<In, Out>>()
  /** By lane: the one in work first, then those behind it. */
  readonly #lanes = new Map<unknown, Open<In, Out>[]>()
  #done: Open<In, Out>[] = []
  #inFlight = 0

  constructor(
    plan: Pick<AwaitPlan, 'concurrency' | 'order' | 'maxWaiting'>,
    how: {
      readonly call: (input: In) => Promise<Out>
      /** Undefined: a lane of its own. Asked only where the order is by key. */
      readonly laneOf: (input: In) => unknown
      /** Is told of each call that ended. */
      readonly whenDone: () => void
    },
  ) {
    this.#plan = plan
    this.#call = how.call
    this.#laneOf = how.laneOf
    this.#whenDone = how.whenDone
  }

  get inFlight(): number {
    return this.#inFlight
  }

  /** Not begun, or done and behind another. */
  get waiting(): number {
    return this.#open.size - this.#inFlight
  }

  get isFull(): boolean {
    return this.#open.size >= this.#plan.concurrency + this.#plan.maxWaiting
  }

  get hasResult(): boolean {
    return this.#next() !== undefined
  }

  add(input: In): void {
    const lane = this.#plan.order === 'key' ? this.#laneOf(input) : undefined
    const open: Open<In, Out> = { input, lane, outcome: undefined }
    this.#open.add(open)
    const queue = lane === undefined ? undefined : this.#lanes.get(lane)
    if (queue !== undefined) queue.push(open)
    else {
      if (lane !== undefined) this.#lanes.set(lane, [open])
      this.#ready.add(open)
    }
    this.#begin()
  }

  /** Hands over, in order, what is done by now. */
  handOver(use: (input: In, outcome: CallOutcome<Out>) => void): void {
    for (let open = this.#next(); open?.outcome !== undefined; open = this.#next()) {
      use(open.input, open.outcome)
      this.#open.delete(open)
      if (this.#plan.order !== 'partition') this.#done.shift()
      this.#freeLane(open.lane)
    }
    this.#begin()
  }

  /** What is under way is of no interest any more. */
  clear(): void {
    this.#open.clear()
    this.#ready.clear()
    this.#lanes.clear()
    this.#done = []
  }

  #next(): Open<In, Out> | undefined {
    if (this.#plan.order !== 'partition') return this.#done[0]
    const [oldest] = this.#open
    return oldest?.outcome === undefined ? undefined : oldest
  }

  #freeLane(lane: unknown): void {
    if (lane === undefined) return
    const queue = this.#lanes.get(lane)
    queue?.shift()
    const [next] = queue ?? []
    if (next === undefined) this.#lanes.delete(lane)
    else this.#ready.add(next)
  }

  #begin(): void {
    for (const open of this.#ready) {
      if (this.#inFlight >= this.#plan.concurrency) return
      this.#ready.delete(open)
      this.#inFlight += 1
      // The owner is this object: the outcome is kept until it is handed over, and nothing rejects.
      void this.#run(open)
    }
  }

  async #run(open: Open<In, Out>): Promise<void> {
    try {
      open.outcome = { kind: 'result', result: await this.#call(open.input) }
    } catch (error) {
      open.outcome = { kind: 'failure', error }
    }
    this.#inFlight -= 1
    if (!this.#open.has(open)) return
    if (this.#plan.order !== 'partition') this.#done.push(open)
    this.#whenDone()
  }
}
