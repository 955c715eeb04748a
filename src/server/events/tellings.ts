import type { EventFeed, RecordedEvent, VersionRange } from '../../record/record.ts'

/** Namespaces, and watchers who are not as far as the others. */
const mostKept = 100

/** What was told between two versions, asked of the record once however many watch events: each of a thousand would ask by itself. */
export class Tellings {
  readonly #record: Pick<EventFeed, 'eventsSince'>
  readonly #asked = new Map<string, Promise<readonly RecordedEvent[]>>()

  constructor(record: Pick<EventFeed, 'eventsSince'>) {
    this.#record = record
  }

  between(namespace: string | undefined, range: VersionRange): Promise<readonly RecordedEvent[]> {
    const id = JSON.stringify([namespace, range.since, range.upTo, range.limit])
    const asked = this.#asked.get(id) ?? this.#ask(id, namespace, range)
    return asked
  }

  #ask(id: string, namespace: string | undefined, range: VersionRange): Promise<readonly RecordedEvent[]> {
    const asked = this.#record.eventsSince(namespace, range)
    this.#asked.set(id, asked)
    // What failed is asked anew.
    asked.catch(() => this.#asked.delete(id))
    const [oldest] = this.#asked.keys()
    if (this.#asked.size > mostKept && oldest !== undefined) this.#asked.delete(oldest)
    return asked
  }
}
