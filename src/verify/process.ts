import type { Clock } from '../base/clock.ts'
import type { Schedule } from '../base/schedule.ts'
import type { VirtualClock } from './virtual-clock.ts'

/**
 * One operating system process of the simulation. All that drives its code are
 * answers and alarms, so whoever holds those back has stopped it, and whoever
 * drops them has killed it.
 */
export class Process {
  readonly name: string
  readonly stop = new AbortController()
  /** It dies when next it would save something. */
  isDoomed = false
  readonly #time: VirtualClock
  readonly #held: (() => void)[] = []
  #state: 'running' | 'stalled' | 'dead' = 'running'

  constructor(name: string, time: VirtualClock) {
    this.name = name
    this.#time = time
  }

  get isDead(): boolean {
    return this.#state === 'dead'
  }

  get clock(): Clock {
    return {
      now: () => this.#time.now(),
      sleep: (ms, signal) => this.through(this.#time.sleepAs(this, ms, signal)),
    }
  }

  /** Every so many minutes; the simulation knows no other cron expressions. */
  get schedule(): Schedule {
    return {
      isValid: (cron) => minutesOf(cron) !== undefined,
      every: (cron, onTick, signal) => void this.#tick((minutesOf(cron) ?? 10) * 60_000, onTick, signal),
    }
  }

  /** What comes from outside reaches a running process at once, a stopped one when it goes on, a dead one never. */
  through<T>(answer: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      answer.then(
        (value) => this.deliver(() => resolve(value)),
        (cause: unknown) => this.deliver(() => reject(cause)),
      )
    })
  }

  deliver(item: () => void): void {
    if (this.#state === 'running') item()
    else if (this.#state === 'stalled') this.#held.push(item)
  }

  kill(): void {
    this.#state = 'dead'
    this.#held.length = 0
    this.#time.forget(this)
  }

  /** SIGSTOP now, SIGCONT after `ms`. */
  async stall(ms: number, signal: AbortSignal): Promise<void> {
    if (this.#state !== 'running') return
    this.#state = 'stalled'
    await this.#time.sleep(ms, signal)
    if (!this.isDead) this.#goOn()
  }

  #goOn(): void {
    this.#state = 'running'
    for (const item of this.#held.splice(0)) item()
  }

  async #tick(everyMs: number, onTick: () => void | Promise<void>, signal: AbortSignal): Promise<void> {
    for (;;) {
      await this.clock.sleep(everyMs - (this.#time.now() % everyMs), signal)
      if (signal.aborted) return
      await onTick()
    }
  }
}

function minutesOf(cron: string): number | undefined {
  const minutes = /^\*\/(\d+) \* \* \* \*$/.exec(cron)?.[1]
  return minutes === undefined ? undefined : Number(minutes)
}
