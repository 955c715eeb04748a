/** What a spread says: NaN where its window has nothing, as in Kafka. */
export interface SpreadReading {
  readonly avg: number
  readonly min: number
  readonly max: number
}

/** `metrics.sample.window.ms`; a window is two of these, as a meter's. */
const sampleMs = 30_000

interface Sample {
  readonly count: number
  readonly sum: number
  readonly min: number
  readonly max: number
}

const nothing: Sample = { count: 0, sum: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY }

/** Average, least and most of values, over the last 30 to 60 s. Adding is for the hot path; whoever reads turns the window. */
export class Spread {
  #count = 0
  #sum = 0
  #min = nothing.min
  #max = nothing.max
  #before = nothing
  #sinceMs: number | undefined

  add(value: number): void {
    this.#count += 1
    this.#sum += value
    if (value < this.#min) this.#min = value
    if (value > this.#max) this.#max = value
  }

  read(nowMs: number): SpreadReading {
    this.#sinceMs ??= nowMs
    if (nowMs - this.#sinceMs >= sampleMs) this.#turn(nowMs)
    const { count, sum, min, max } = this.#before
    const all = count + this.#count
    if (all === 0) return { avg: Number.NaN, min: Number.NaN, max: Number.NaN }
    return { avg: (sum + this.#sum) / all, min: Math.min(min, this.#min), max: Math.max(max, this.#max) }
  }

  #turn(nowMs: number): void {
    this.#before = { count: this.#count, sum: this.#sum, min: this.#min, max: this.#max }
    this.#count = 0
    this.#sum = 0
    this.#min = nothing.min
    this.#max = nothing.max
    this.#sinceMs = nowMs
  }
}
