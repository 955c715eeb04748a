import type { Clock } from '../../base/clock.ts'
import type { ControlRecord } from '../../record/record.ts'

type LeaseRecord = Pick<ControlRecord, 'hold' | 'release'>

/** Whether this process leads, as the record last answered. `unknown`: it has not answered for longer than a lease lasts. */
export type Stand = 'leading' | 'following' | 'unknown'

/** A lease is asked for, or renewed, every 3 s at most: without an answer for this long nobody knows. */
const silentMs = 12_000

/** Knows how this process stands from the answers that go by. */
export class Standing {
  readonly #clock: Pick<Clock, 'now'>
  #last: { readonly stand: 'leading' | 'following'; readonly atMs: number } | undefined

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock
  }

  get now(): Stand {
    const last = this.#last
    return last === undefined || this.#clock.now() - last.atMs > silentMs ? 'unknown' : last.stand
  }

  /** The same record, listened to. */
  watch(record: LeaseRecord): LeaseRecord {
    return {
      hold: async (...terms) => {
        const hold = await record.hold(...terms)
        this.#last = { stand: hold.kind === 'held' ? 'leading' : 'following', atMs: this.#clock.now() }
        return hold
      },
      release: (...terms) => record.release(...terms),
    }
  }
}
