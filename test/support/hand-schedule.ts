import type { Schedule } from '../../src/base/schedule.ts'

/** A calendar that a test turns by hand. */
export class HandSchedule implements Schedule {
  readonly #ticks = new Set<() => void | Promise<void>>()

  isValid(): boolean {
    return true
  }

  every(_cron: string, onTick: () => void | Promise<void>, signal: AbortSignal): void {
    this.#ticks.add(onTick)
    signal.addEventListener('abort', () => this.#ticks.delete(onTick), { once: true })
  }

  async tick(): Promise<void> {
    for (const onTick of this.#ticks) await onTick()
  }
}
