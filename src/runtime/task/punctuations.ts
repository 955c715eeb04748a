/** A call that a processor has asked for; `cancel` ends it, from within the call too. */
export interface Punctuation {
  cancel(): void
}

interface Schedule extends Punctuation {
  readonly intervalMs: number
  readonly call: (timestamp: number) => void
  /** Undefined until the wall clock is known. */
  nextMs: number | undefined
  isCancelled: boolean
}

/**
 * Processors' timers by one clock. A timer that missed several turns is called
 * once and goes on along its grid: Kafka's `PunctuationQueue` and `PunctuationSchedule`.
 */
export class Punctuations {
  readonly #schedules = new Set<Schedule>()

  schedule(firstMs: number | undefined, intervalMs: number, call: (timestamp: number) => void): Punctuation {
    if (!(intervalMs > 0)) throw new RangeError(`an interval must be above 0 ms, not ${intervalMs}`)
    const schedule: Schedule = {
      intervalMs,
      call,
      nextMs: firstMs,
      isCancelled: false,
      cancel: () => {
        schedule.isCancelled = true
        this.#schedules.delete(schedule)
      },
    }
    this.#schedules.add(schedule)
    return schedule
  }

  /** Calls what is due, the earliest first, and returns how many were called. */
  fire(nowMs: number): number {
    for (const schedule of this.#schedules) schedule.nextMs ??= nowMs + schedule.intervalMs
    let fired = 0
    for (let due = this.#due(nowMs); due !== undefined; due = this.#due(nowMs)) {
      const at = due.nextMs ?? nowMs
      due.nextMs = Number.POSITIVE_INFINITY
      due.call(nowMs)
      if (!due.isCancelled) due.nextMs = nextTime(at, due.intervalMs, nowMs)
      fired++
    }
    return fired
  }

  #due(nowMs: number): Schedule | undefined {
    let earliest: Schedule | undefined
    for (const schedule of this.#schedules) {
      const at = schedule.nextMs ?? Number.POSITIVE_INFINITY
      if (at <= nowMs && (earliest === undefined || at < (earliest.nextMs ?? 0))) earliest = schedule
    }
    return earliest
  }
}

function nextTime(at: number, intervalMs: number, nowMs: number): number {
  const next = at + intervalMs
  return nowMs < next ? next : at + (Math.floor((nowMs - at) / intervalMs) + 1) * intervalMs
}
