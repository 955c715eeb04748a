/** Windows of one size, aligned to the epoch; overlapping where they advance by less than their size. */
export interface TimeWindows {
  readonly kind: 'time'
  readonly sizeMs: number
  readonly advanceMs: number
  readonly graceMs: number
}

export interface SlidingWindows {
  readonly kind: 'sliding'
  readonly differenceMs: number
  readonly graceMs: number
}

export interface SessionWindows {
  readonly kind: 'session'
  readonly gapMs: number
  readonly graceMs: number
}

interface Grace {
  /** How long after its end a window still takes late records. Left out: not at all. */
  readonly graceMs?: number
}

/** Windows side by side: Kafka's `TimeWindows.ofSizeAndGrace`. */
export function tumbling({ sizeMs, graceMs = 0 }: Grace & { readonly sizeMs: number }): TimeWindows {
  return hopping({ sizeMs, advanceMs: sizeMs, graceMs })
}

/** Windows that begin every `advanceMs` and overlap: Kafka's `TimeWindows.advanceBy`. */
export function hopping({
  sizeMs,
  advanceMs,
  graceMs = 0,
}: Grace & { readonly sizeMs: number; readonly advanceMs: number }): TimeWindows {
  positive('sizeMs', sizeMs)
  if (!(advanceMs > 0 && advanceMs <= sizeMs)) {
    throw new RangeError(`advanceMs must be above 0 and no more than sizeMs (${sizeMs}), not ${advanceMs}`)
  }
  notNegative('graceMs', graceMs)
  return { kind: 'time', sizeMs, advanceMs, graceMs }
}

/** Windows of records no further apart than `differenceMs`: Kafka's `SlidingWindows`. */
export function sliding({ differenceMs, graceMs = 0 }: Grace & { readonly differenceMs: number }): SlidingWindows {
  notNegative('differenceMs', differenceMs)
  notNegative('graceMs', graceMs)
  return { kind: 'sliding', differenceMs, graceMs }
}

/** Windows that end after `gapMs` without a record: Kafka's `SessionWindows`. */
export function sessions({ gapMs, graceMs = 0 }: Grace & { readonly gapMs: number }): SessionWindows {
  notNegative('gapMs', gapMs)
  notNegative('graceMs', graceMs)
  return { kind: 'session', gapMs, graceMs }
}

/** Which records of the other stream a record is joined with, by time: Kafka's `JoinWindows`. */
export interface JoinWindows {
  readonly kind: 'join'
  readonly beforeMs: number
  readonly afterMs: number
  readonly graceMs: number
}

/** Partners up to `differenceMs` away, or from `beforeMs` before to `afterMs` after. */
export function within({
  differenceMs = 0,
  beforeMs = differenceMs,
  afterMs = differenceMs,
  graceMs = 0,
}: Grace & { readonly differenceMs?: number; readonly beforeMs?: number; readonly afterMs?: number }): JoinWindows {
  if (!Number.isSafeInteger(beforeMs) || !Number.isSafeInteger(afterMs) || beforeMs + afterMs < 0) {
    throw new RangeError(
      `beforeMs and afterMs must be whole milliseconds and leave a window, not ${beforeMs} and ${afterMs}`,
    )
  }
  notNegative('graceMs', graceMs)
  return { kind: 'join', beforeMs, afterMs, graceMs }
}

function positive(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value <= 0)
    throw new RangeError(`${name} must be whole milliseconds above 0, not ${value}`)
}

function notNegative(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0)
    throw new RangeError(`${name} must be whole milliseconds, 0 or more, not ${value}`)
}
