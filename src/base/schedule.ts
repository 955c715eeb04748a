/** Things that happen by the calendar, as a dependency: a test rings the hour itself. */
export interface Schedule {
  isValid(cron: string): boolean
  /** Calls `onTick` at each time the cron expression names, until the signal fires. */
  every(cron: string, onTick: () => void | Promise<void>, signal: AbortSignal): void
}
