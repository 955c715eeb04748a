/** As many dynos as there is work for: one more would run threads without a task. */
export function dynoCap(tasks: number, threadsPerDyno: number): number {
  return Math.ceil(tasks / threadsPerDyno)
}

/**
 * The dyno counts worth having: those where the busiest thread gets fewer tasks
 * than with one dyno less. 7 tasks on 1 thread: 1, 2, 3, 4, 7; 5 and 6 cost more and change nothing.
 */
export function usefulSizes(tasks: number, threadsPerDyno: number): readonly number[] {
  const busiest = (dynos: number) => Math.ceil(tasks / (dynos * threadsPerDyno))
  const counts = Array.from({ length: dynoCap(tasks, threadsPerDyno) }, (_, index) => index + 1)
  // Before the first dyno the load is infinite.
  return counts.filter((dynos) => busiest(dynos) < busiest(dynos - 1))
}

/** The largest useful count that is not above `dynos`; what to round down to. */
export function usefulSizeAtMost(dynos: number, tasks: number, threadsPerDyno: number): number {
  return usefulSizes(tasks, threadsPerDyno).findLast((size) => size <= dynos) ?? 0
}
