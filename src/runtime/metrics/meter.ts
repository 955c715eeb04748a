/** What a meter says. Averages and maxima of a window without events are NaN, as in Kafka. */
export interface Reading {
  /** Events since the meter was made. */
  readonly total: number
  /** Events per second. */
  readonly rate: number
  readonly avg: number
  readonly max: number
  /** Sum of the values in the window by the milliseconds of the window: the share of time, where values are milliseconds. */
  readonly ratio: number
}

/** `metrics.sample.window.ms`; a window is two of these, the older whole and the newer as far as it is. */
const sampleMs = 30_000

/**
 * Counts events and their values. Recording adds to three numbers; whatever needs the time or a division is done by
 * whoever reads, who also turns the window.
 */
export class Meter {
  #total = 0
  #sum = 0
  #max = Number.NEGATIVE_INFINITY
  #maxBefore = Number.NEGATIVE_INFINITY
  #older: Mark
  #newer: Mark

  constructor(nowMs: number) {
    this.#older = { atMs: nowMs, total: 0, sum: 0 }
    this.#newer = this.#older
  }

  get total(): number {
    return this.#total
  }

  /** `value` is that of all the events together. */
  record(value: number, events = 1): void {
    this.#total += events
    this.#sum += value
    const each = value / events
    if (each > this.#max) this.#max = each
  }

  /** For what is counted elsewhere: the count as it is now. */
  advanceTo(total: number): void {
    this.#total = total
  }

  read(nowMs: number): Reading {
    if (nowMs - this.#newer.atMs >= sampleMs) this.#turn(nowMs)
    const { atMs, total, sum } = this.#older
    const [elapsedMs, events] = [nowMs - atMs, this.#total - total]
    const max = Math.max(this.#max, this.#maxBefore)
    return {
      total: this.#total,
      rate: elapsedMs > 0 ? (events * 1000) / elapsedMs : 0,
      avg: events > 0 ? (this.#sum - sum) / events : Number.NaN,
      max: Number.isFinite(max) ? max : Number.NaN,
      ratio: elapsedMs > 0 ? (this.#sum - sum) / elapsedMs : 0,
    }
  }

  #turn(nowMs: number): void {
    this.#older = this.#newer
    this.#newer = { atMs: nowMs, total: this.#total, sum: this.#sum }
    this.#maxBefore = this.#max
    this.#max = Number.NEGATIVE_INFINITY
  }
}

interface Mark {
  readonly atMs: number
  readonly total: number
  readonly sum: number
}
