import type { Backoff } from '../../base/backoff.ts'

/**
 * Which order an awaiting operator keeps.
 *
 * - `key`: of one key, a call begins when the result of the one before has gone on. Keys do not wait for each other,
 *   and records without a key for nobody.
 * - `partition`: results go on in the order of the records, while calls run side by side. With a concurrency of 1 the
 *   calls themselves follow one another.
 * - `none`: results go on as they come.
 */
export type AwaitOrder = 'key' | 'partition' | 'none'

/** How often a failed call is made again, and after which pauses (they double, and are spread). */
export interface AwaitRetry extends Partial<Backoff> {
  /** Calls after the first. */
  readonly times: number
  /** Left out: every error is worth another call. */
  readonly isWorthIt?: (error: unknown) => boolean
}

/** How an operator awaits. Bounds are those of one task, which is one partition. */
export interface AwaitOptions<K, V> {
  /** The processor's name instead of a generated one. */
  readonly name?: string
  /** Calls in flight at a time. Left out: 16. */
  readonly concurrency?: number
  /** Left out: `key`. */
  readonly order?: AwaitOrder
  /** What counts as the key for `order: 'key'`. Left out: the record's own. */
  readonly keyBy?: (key: K, value: V) => string | number | bigint | null
  /** How long one call may take, in ms; then its signal fires and it has failed. Left out: 5000. */
  readonly timeoutMs?: number
  /** Left out: a call is made once. */
  readonly retry?: AwaitRetry
  /** Records that wait for their call, or behind another's result, before the task takes no more. Left out: as many as `concurrency`. */
  readonly maxWaiting?: number
}

/** What the operator runs with. */
export interface AwaitPlan {
  readonly concurrency: number
  readonly order: AwaitOrder
  readonly maxWaiting: number
  readonly timeoutMs: number
  readonly retries: number
  readonly backoff: Backoff
  readonly isWorthIt: (error: unknown) => boolean
}

export function resolveAwaitOptions<K, V>(options: AwaitOptions<K, V>, where: string): AwaitPlan {
  const { concurrency = 16, order = 'key', timeoutMs = 5_000, retry = { times: 0 } } = options
  const { maxWaiting = concurrency } = options
  const { times, firstMs = 100, ceilingMs = 2_000, isWorthIt = () => true } = retry
  return {
    concurrency: atLeast(1, concurrency, `concurrency of ${where}`),
    order,
    maxWaiting: atLeast(0, maxWaiting, `maxWaiting of ${where}`),
    timeoutMs: atLeast(1, timeoutMs, `timeoutMs of ${where}`),
    retries: atLeast(0, times, `retry.times of ${where}`),
    backoff: { firstMs, ceilingMs },
    isWorthIt,
  }
}

/** The longest a record's call may take, with all that is tried again. */
export function mostMsOf({ timeoutMs, retries, backoff }: AwaitPlan): number {
  const pauses = Array.from({ length: retries }, (_, at) => Math.min(backoff.ceilingMs, backoff.firstMs * 2 ** at))
  return pauses.reduce((sum, pauseMs) => sum + pauseMs, timeoutMs * (retries + 1))
}

function atLeast(least: number, value: number, what: string): number {
  if (Number.isInteger(value) && value >= least) return value
  throw new RangeError(`${what} is ${value}: give it a whole number, ${least} or more`)
}
