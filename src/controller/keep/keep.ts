import { Bell } from '../../base/bell.ts'
import type { Clock } from '../../base/clock.ts'
import { fieldsOf } from '../../base/fields-of.ts'
import type { Schedule } from '../../base/schedule.ts'
import type { Change, ControlRecord, ObjectKey, StoredObject } from '../../record/record.ts'
import type { Term } from '../lead/lead.ts'
import type { Measures } from '../measure/measures.ts'
import { WorkQueue, type Priority, type QueuePace } from '../queue/work-queue.ts'
import { watchObjects } from './watch-objects.ts'
import { work, type Verdict } from './work.ts'

export interface KeepPace {
  readonly queue: QueuePace
  readonly workers: number
  /** When everything is looked at again, whether or not anything was announced: a cron expression, UTC. */
  readonly resync: string
  /** How widely the looks of one resync are spread, before the budget stretches it. */
  readonly resyncSpreadMs: number
  /** A resync of many takes longer, each having its time: Heroku's bucket is refilled by the minute. */
  readonly resyncMsPerObject: number
}

export interface KeepSurroundings {
  readonly record: ControlRecord
  readonly clock: Clock
  readonly schedule: Schedule
  /** A number in [0, 1). */
  readonly chance: () => number
  /** 1 while the account has calls left; more when the resync should take longer. */
  readonly stretch: () => number
  /** The kinds that are kept, and what one pass over an object of each is. */
  readonly passes: Readonly<Record<string, Pass>>
  readonly measures?: Pick<Measures, 'passed' | 'queued' | 'watchQueue'>
  readonly say: (what: 'pass-failed' | 'record-unreachable', fields: object) => void
}

export type Pass = (key: ObjectKey, term: Term, signal: AbortSignal) => Promise<Verdict>

/** What reaches the queue from outside: a webhook, a person. */
export interface Keeper {
  readonly look: (key: ObjectKey, priority: Priority) => void
}

/**
 * Keeps every object of the kinds that have a pass for one term of leadership:
 * what is declared, changed or announced is looked at soon, and everything is
 * looked at again by the calendar. Ends when the term does.
 */
export async function keep(
  pace: KeepPace,
  around: KeepSurroundings,
  term: Term,
  onReady: (keeper: Keeper) => void = () => {},
): Promise<void> {
  const { record, clock, schedule, chance, measures } = around
  const queue = new WorkQueue(pace.queue)
  const bell = new Bell()
  const known = new Map<string, Known>()

  const look = (key: ObjectKey, priority: Priority, delayMs = 0): void => {
    const id = idOf(key)
    known.set(id, known.get(id) ?? { key, wishes: undefined })
    queue.add(id, priority, clock.now(), delayMs)
    measures?.queued(priority)
    bell.ring()
  }
  const drop = (key: ObjectKey): void => {
    known.delete(idOf(key))
    queue.forget(idOf(key))
  }
  let roundEndsMs = 0
  const resync = (): void => {
    if (clock.now() < roundEndsMs) return
    const roundMs = roundOf(known.size, pace) * around.stretch()
    roundEndsMs = clock.now() + roundMs
    // Each has the same place in each round, give or take a little: so it waits a round, and not two.
    for (const [place, { key }] of [...known.values()].entries())
      look(key, 'resync', ((place + chance()) / known.size) * roundMs)
  }

  schedule.every(pace.resync, resync, term.signal)
  onReady({ look: (key, priority) => look(key, priority) })
  const watch = (kind: string): Promise<void> =>
    watchObjects(
      kind,
      {
        record,
        clock,
        onList: (objects) => relist(kind, objects, known, { look, drop }),
        onChange: (change) => hear(change, known, { look, drop }),
        onUnreachable: (error) => around.say('record-unreachable', { error }),
      },
      term.signal,
    )
  await Promise.all([...Object.keys(around.passes).map(watch), workOn({ queue, bell, known }, pace, around, term)])
}

/** Takes from the queue, and counts what comes of it. */
async function workOn(
  {
    queue,
    bell,
    known,
  }: { readonly queue: WorkQueue; readonly bell: Bell; readonly known: ReadonlyMap<string, Known> },
  { workers }: KeepPace,
  around: KeepSurroundings,
  term: Term,
): Promise<void> {
  const { clock, chance, measures, say } = around
  const endWatch = measures?.watchQueue({
    depth: () => queue.depth,
    size: () => queue.size,
    underWay: () => queue.underWay,
    workers,
  })
  const surroundings = {
    queue,
    bell,
    clock,
    chance,
    pass: (id: string, signal: AbortSignal) => passOver(known.get(id)?.key, around, term, signal),
    onThrown: (id: string, error: unknown) => say('pass-failed', { object: id, error }),
    onPassed: (id: string, outcome: Verdict | 'thrown', tookMs: number) =>
      measures?.passed(kindOf(id), outcome, tookMs),
  }
  try {
    await work(workers, surroundings, term.signal)
  } finally {
    endWatch?.()
  }
}

function roundOf(objects: number, { resyncSpreadMs, resyncMsPerObject }: KeepPace): number {
  return Math.max(resyncSpreadMs, objects * resyncMsPerObject)
}

interface Known {
  readonly key: ObjectKey
  /** The annotations it was last seen with: what people ask of an object beside its spec. */
  wishes: string | undefined
}

interface Listeners {
  readonly look: (key: ObjectKey, priority: Priority) => void
  readonly drop: (key: ObjectKey) => void
}

function relist(
  kind: string,
  objects: readonly StoredObject[],
  known: ReadonlyMap<string, Known>,
  { look, drop }: Listeners,
): void {
  const listed = new Set(objects.map(({ key }) => idOf(key)))
  for (const { key } of known.values()) if (key.kind === kind && !listed.has(idOf(key))) drop(key)
  for (const object of objects) {
    look(object.key, 'resync')
    remember(object, known)
  }
}

function hear({ kind, object }: Change, known: ReadonlyMap<string, Known>, { look, drop }: Listeners): void {
  if (kind === 'removed') {
    drop(object.key)
    return
  }
  if (asksForAttention(object, known.get(idOf(object.key)))) look(object.key, 'person')
  remember(object, known)
}

/** Our own report on an object is no reason to look at it again: only what its owner changed is. */
function asksForAttention(object: StoredObject, before: Known | undefined): boolean {
  const { metadata, status }: { metadata?: unknown; status?: unknown } = object.body
  const { generation, deletionTimestamp } = fieldsOf(metadata)
  if (deletionTimestamp !== undefined || generation !== fieldsOf(status)['observedGeneration']) return true
  return before === undefined || before.wishes !== wishesOf(object)
}

function remember(object: StoredObject, known: ReadonlyMap<string, Known>): void {
  const entry = known.get(idOf(object.key))
  if (entry !== undefined) entry.wishes = wishesOf(object)
}

function wishesOf({ body }: StoredObject): string {
  return JSON.stringify(fieldsOf(body['metadata'])['annotations'] ?? {})
}

async function passOver(
  key: ObjectKey | undefined,
  { passes }: KeepSurroundings,
  term: Term,
  signal: AbortSignal,
): Promise<Verdict> {
  const pass = key === undefined ? undefined : passes[key.kind]
  return key === undefined || pass === undefined ? { kind: 'gone' } : pass(key, term, signal)
}

function idOf({ kind, namespace, name }: ObjectKey): string {
  return `${kind} ${namespace}/${name}`
}

function kindOf(id: string): string {
  return id.slice(0, id.indexOf(' '))
}
