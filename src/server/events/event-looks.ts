import type { Listable } from '../objects/list-objects.ts'

/** The events of one moment, by their ids. */
export type EventLook = ReadonlyMap<string, Listable>

interface LookedAt {
  /** Of the kind: both kinds of events are the same in other words. */
  readonly group: string
  /** Undefined: in all. */
  readonly namespace: string | undefined
  readonly version: number
}

/** As many looks as are kept: on a busy record some two minutes of them. */
const mostLooks = 128

/**
 * What there was when this process looked at the events, by the version of the record under which it told so. Events take
 * no version of their own, so several looks may share one: the first is kept. Who watches from a version hears all that
 * came after it, some of it twice, and loses nothing.
 */
export class EventLooks {
  readonly #looks = new Map<string, EventLook>()
  #latest: EventLook = new Map()

  remember({ group, namespace, version }: LookedAt, events: readonly Listable[]): void {
    const id = idOfLook({ group, namespace, version })
    if (this.#looks.has(id)) return
    // What is as it was is kept once.
    const look = new Map(events.map((event) => [idOf(event), this.#known(event) ?? event]))
    this.#latest = look
    this.#looks.set(id, look)
    const [oldest] = this.#looks.keys()
    if (this.#looks.size > mostLooks && oldest !== undefined) this.#looks.delete(oldest)
  }

  /** Undefined: it is not known any more, or another process looked. */
  at(looked: LookedAt): EventLook | undefined {
    return this.#looks.get(idOfLook(looked))
  }

  #known(event: Listable): Listable | undefined {
    const known = this.#latest.get(idOf(event))
    return known !== undefined && seenOf(known) === seenOf(event) ? known : undefined
  }
}

function idOfLook({ group, namespace, version }: LookedAt): string {
  return `${group}/${namespace ?? ''}/${version}`
}

/** The same for an event that is counted again. */
export function idOf({ object }: Listable): string {
  return object.metadata.uid ?? object.metadata.name
}

/** What changes when an event is seen again. */
export function seenOf({ object }: Listable): string {
  const { count, deprecatedCount, series, lastTimestamp, deprecatedLastTimestamp } = object
  return JSON.stringify([count, deprecatedCount, series, lastTimestamp, deprecatedLastTimestamp])
}
