import type { Clock } from '../base/clock.ts'
import { decideWrite, printKey, type Standing } from './decide-write.ts'
import type {
  AuditEntry,
  Change,
  Changes,
  Event,
  EventFeed,
  Hold,
  ObjectKey,
  ControlRecord,
  RecordedEvent,
  Retention,
  StoredObject,
  VersionRange,
  Write,
  WriteListener,
  WriteResult,
} from './record.ts'

interface Lease {
  readonly holder: string
  readonly epoch: number
  readonly untilMs: number
}

/** The twin of the Postgres record: the same rules in memory, for tests and for trying things out. It survives nothing. */
export class MemoryRecord implements ControlRecord, EventFeed {
  readonly #clock: Clock
  readonly #objects = new Map<string, StoredObject>()
  readonly #leases = new Map<string, Lease>()
  readonly #claims = new Map<string, ObjectKey>()
  readonly #events = new Map<string, RecordedEvent>()
  readonly #listeners = new Set<WriteListener>()
  #audit: AuditEntry[] = []
  #changes: Change[] = []
  #compacted = 0
  #version = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  write(writes: readonly Write[]): Promise<readonly WriteResult[]> {
    const before = this.#version
    const results = writes.map((write) => {
      const result = decideWrite(write, this.#standing())
      if (result.kind === 'written') this.#carryOut(write)
      return result
    })
    if (this.#version > before) for (const listener of this.#listeners) listener(this.#version)
    return Promise.resolve(results)
  }

  get(key: ObjectKey): Promise<StoredObject | undefined> {
    return Promise.resolve(this.#objects.get(printKey(key)))
  }

  list(kind: string, namespace?: string): Promise<{ objects: readonly StoredObject[]; version: number }> {
    const objects = [...this.#objects.values()]
      .filter(({ key }) => key.kind === kind && (namespace === undefined || key.namespace === namespace))
      .toSorted((a, b) => compare(a.key.namespace, b.key.namespace) || compare(a.key.name, b.key.name))
    return Promise.resolve({ objects, version: this.#version })
  }

  changesSince(version: number, limit: number): Promise<Changes> {
    if (version < this.#compacted) return Promise.resolve({ kind: 'gone', oldest: this.#compacted })
    const changes = this.#changes.filter(({ object }) => object.version > version).slice(0, limit)
    return Promise.resolve({ kind: 'changes', changes, version: changes.at(-1)?.object.version ?? this.#version })
  }

  forget({ changesMs, eventsMs, auditMs }: Retention): Promise<boolean> {
    const isOlder = (at: Date, ms: number): boolean => at.getTime() <= this.#clock.now() - ms
    this.#compacted = this.#audit.findLast(({ at }) => isOlder(at, changesMs))?.version ?? this.#compacted
    this.#changes = this.#changes.filter(({ object }) => object.version > this.#compacted)
    for (const [id, { lastAt }] of this.#events) if (isOlder(lastAt, eventsMs)) this.#events.delete(id)
    this.#audit = this.#audit.filter(({ at }) => !isOlder(at, auditMs))
    return Promise.resolve(false)
  }

  onWrite(listener: WriteListener, signal: AbortSignal): void {
    if (signal.aborted) return
    this.#listeners.add(listener)
    signal.addEventListener('abort', () => this.#listeners.delete(listener), { once: true })
  }

  hold(name: string, holder: string, forMs: number): Promise<Hold> {
    const now = this.#clock.now()
    const lease = this.#leases.get(name)
    const isLive = lease !== undefined && lease.untilMs > now
    if (isLive && lease.holder !== holder) {
      return Promise.resolve({ kind: 'taken', holder: lease.holder, epoch: lease.epoch, forMs: lease.untilMs - now })
    }
    const epoch = isLive ? lease.epoch : (lease?.epoch ?? 0) + 1
    this.#leases.set(name, { holder, epoch, untilMs: now + forMs })
    return Promise.resolve({ kind: 'held', epoch, forMs })
  }

  release(name: string, holder: string, epoch: number): Promise<void> {
    const lease = this.#leases.get(name)
    if (lease?.holder === holder && lease.epoch === epoch) this.#leases.set(name, { ...lease, untilMs: 0 })
    return Promise.resolve()
  }

  tell(events: readonly Event[]): Promise<void> {
    const at = new Date(this.#clock.now())
    for (const event of events) {
      const id = `${printKey(event.key)}\0${event.type}\0${event.reason}\0${event.message}`
      const before = this.#events.get(id)
      this.#events.set(id, {
        ...event,
        count: (before?.count ?? 0) + 1,
        firstAt: before?.firstAt ?? at,
        lastAt: at,
        version: (this.#version += 1),
        firstVersion: before?.firstVersion ?? this.#version,
      })
    }
    if (events.length > 0) for (const listener of this.#listeners) listener(this.#version)
    return Promise.resolve()
  }

  events(key: ObjectKey): Promise<readonly RecordedEvent[]> {
    const about = [...this.#events.values()].filter((event) => printKey(event.key) === printKey(key))
    return Promise.resolve(about.toSorted((a, b) => b.version - a.version))
  }

  latestEvents(namespace: string | undefined, limit: number): ReturnType<EventFeed['latestEvents']> {
    const events = this.#eventsOf(namespace).toReversed().slice(0, limit)
    return Promise.resolve({ events, version: this.#version })
  }

  eventsSince(namespace: string | undefined, { since, upTo, limit }: VersionRange): Promise<readonly RecordedEvent[]> {
    const told = this.#eventsOf(namespace).filter(({ version }) => version > since && version <= upTo)
    return Promise.resolve(told.slice(0, limit))
  }

  audit(key: ObjectKey, limit: number): Promise<readonly AuditEntry[]> {
    const about = this.#audit.filter((entry) => printKey(entry.key) === printKey(key))
    return Promise.resolve(about.toReversed().slice(0, limit))
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  #eventsOf(namespace: string | undefined): readonly RecordedEvent[] {
    return [...this.#events.values()]
      .filter(({ key }) => namespace === undefined || key.namespace === namespace)
      .toSorted((a, b) => a.version - b.version)
  }

  #standing(): Standing {
    return {
      version: this.#version,
      object: (key) => this.#objects.get(printKey(key)),
      epoch: (lease) => this.#leases.get(lease)?.epoch ?? 0,
      claimant: (claim) => this.#claims.get(claim),
    }
  }

  #carryOut(write: Write): void {
    const { key, actor } = write
    const id = printKey(key)
    const current = this.#objects.get(id)
    this.#version += 1
    const version = this.#version
    const at = new Date(this.#clock.now())
    if (write.kind === 'remove') {
      this.#changes.push({ kind: 'removed', object: { key, body: current?.body ?? {}, version } })
      this.#audit.push({ at, actor, verb: 'remove', key, version })
      this.#objects.delete(id)
      return this.#claim(key, [])
    }
    const object = { key, body: write.body, version }
    this.#changes.push({ kind: current === undefined ? 'added' : 'modified', object })
    this.#audit.push({ at, actor, verb: current === undefined ? 'create' : 'update', key, version })
    this.#objects.set(id, object)
    if (write.claims !== undefined) this.#claim(key, write.claims)
  }

  #claim(key: ObjectKey, claims: readonly string[]): void {
    for (const [claim, by] of this.#claims) if (printKey(by) === printKey(key)) this.#claims.delete(claim)
    for (const claim of claims) this.#claims.set(claim, key)
  }
}

/** As Postgres compares under the C collation, for ASCII names. */
function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
