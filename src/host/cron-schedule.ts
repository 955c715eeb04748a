import { schedule, validate } from 'node-cron'
import type { Schedule } from '../base/schedule.ts'

/** Schedules by the wall clock, in UTC. A tick that comes while the last one is still at work is left out. */
export const cronSchedule: Schedule = {
  isValid: (cron) => validate(cron),
  every(cron, onTick, signal) {
    if (signal.aborted) return
    const task = schedule(cron, onTick, { timezone: 'UTC', noOverlap: true })
    signal.addEventListener('abort', () => void task.destroy(), { once: true })
  },
}
