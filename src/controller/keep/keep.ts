import { Bell } from '../../base/bell.ts'
import type { Clock } from '../../base/clock.ts'
import type { Schedule } from '../../base/schedule.ts'
import type { Change, ObjectKey, ControlRecord } from '../../record/record.ts'
import type { Term } from '../lead/lead.ts'
import { WorkQueue, type Priority, type QueuePace } from '../queue/work-queue.ts'
import { watchObjects, type WatchedName } from './watch-objects.ts'
import { work, type Verdict } from './work.ts'

export interface KeepPace {
  readonly queue: QueuePace
  readonly workers: number
  /** When everything is looked at again, whether or not anything was announced: a cron expression, UTC. */
  readonly resync: string
  /** How widely the looks of one resync are spread, before the budget stretches it. */
  readonly resyncSpreadMs: number
}

export interface KeepSurroundings {
  readonly record: ControlRecord
  readonly clock: Clock
  readonly schedule: Schedule
  /** A number in [0, 1). */
  readonly chance: () => number
  /** 1 while the account has calls left; more when the resync should take longer. */
  readonly stretch: () => number
  readonly pass: (key: ObjectKey, term: Term, signal: AbortSignal) => Promise<Verdict>
  readonly say: (what: 'pass-failed' | 'record-unreachable', fields: object) => void
}

/** What reaches the queue from outside: a webhook, a person. */
export interface Keeper {
  readonly look: (key: ObjectKey, priority: Priority) => void
}

/**
 * Keeps every StreamApp level for one term of leadership: what is declared,
 * changed or announced is looked at soon, and everything is looked at again by
 * the calendar. Ends when the term does.
 */
export async function keep(
  pace: KeepPace,
  around: KeepSurroundings,
  term: Term,
  onReady: (keeper: Keeper) => void = () => {},
): Promise<void> {
  const { record, clock, schedule, chance } = around
  const queue = new WorkQueue(pace.queue)
  const bell = new Bell()
  const known = new Map<string, ObjectKey>()

  const look = (key: ObjectKey, priority: Priority, delayMs = 0): void => {
    known.set(idOf(key), key)
    queue.add(idOf(key), priority, clock.now(), delayMs)
    bell.ring()
  }
  const drop = (key: ObjectKey): void => {
    known.delete(idOf(key))
    queue.forget(idOf(key))
  }
  const resync = (): void => {
    for (const key of known.values()) look(key, 'resync', chance() * pace.resyncSpreadMs * around.stretch())
  }

  schedule.every(pace.resync, resync, term.signal)
  onReady({ look: (key, priority) => look(key, priority) })
  await Promise.all([
    watchObjects(
      kind,
      {
        record,
        clock,
        onList: (names) => relist(names, known, { look, drop }),
        onChange: (change) => hear(change, { look, drop }),
        onUnreachable: (error) => around.say('record-unreachable', { error }),
      },
      term.signal,
    ),
    work(
      pace.workers,
      {
        queue,
        bell,
        clock,
        chance,
        pass: (id, signal) => passOver(known.get(id), around, term, signal),
        onThrown: (id, error) => around.say('pass-failed', { object: id, error }),
      },
      term.signal,
    ),
  ])
}

const kind = 'StreamApp'

interface Listeners {
  readonly look: (key: ObjectKey, priority: Priority) => void
  readonly drop: (key: ObjectKey) => void
}

function relist(names: readonly WatchedName[], known: ReadonlyMap<string, ObjectKey>, { look, drop }: Listeners): void {
  const keys = names.map(({ namespace, name }) => ({ kind, namespace, name }))
  const listed = new Set(keys.map(idOf))
  for (const key of known.values()) if (!listed.has(idOf(key))) drop(key)
  for (const key of keys) look(key, 'resync')
}

function hear(change: Change, { look, drop }: Listeners): void {
  if (change.kind === 'removed') drop(change.object.key)
  else if (asksForAttention(change)) look(change.object.key, 'person')
}

/** Our own report on an object is no reason to look at it again: only what its owner changed is. */
function asksForAttention({ object: { body } }: Change): boolean {
  const { metadata, status }: { metadata?: unknown; status?: unknown } = body
  const { generation, deletionTimestamp } = fields(metadata)
  return deletionTimestamp !== undefined || generation !== fields(status)['observedGeneration']
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

async function passOver(
  key: ObjectKey | undefined,
  { pass }: KeepSurroundings,
  term: Term,
  signal: AbortSignal,
): Promise<Verdict> {
  return key === undefined ? { kind: 'gone' } : pass(key, term, signal)
}

function idOf({ namespace, name }: ObjectKey): string {
  return `${namespace}/${name}`
}
