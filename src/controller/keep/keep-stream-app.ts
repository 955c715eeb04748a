import { isDeepStrictEqual } from 'node:util'
import type { Clock } from '../../base/clock.ts'
import { asJson } from '../../record/as-json.ts'
import { withoutFinalizer, withStatus, type KeptObject } from '../../record/object-life.ts'
import { ownWrite } from '../../record/own-write.ts'
import type { ControlRecord, Event, JsonObject, ObjectKey, Write } from '../../record/record.ts'
import type { StreamApp } from '../../resource/stream-app.ts'
import type { Term } from '../lead/lead.ts'
import type { Change } from '../plan/change.ts'
import { changeLine } from '../plan/describe-change.ts'
import type { Refusal } from '../plan/plan.ts'
import { failureConditions } from '../status/failure-status.ts'
import { stampConditions } from '../status/stamp-conditions.ts'
import type { Condition } from '../status/status.ts'
import { clusterNews } from './cluster-claim.ts'
import { consentOf } from './consent.ts'
import type { Finding } from './finding.ts'
import type { FullLooks } from './full-looks.ts'
import { hearApp, heardAnnotation, heardFromAnnotation, hookUrl, type Hearing } from './hear-app.ts'
import { wayFor, type HerokuWay, type HerokuWays } from './heroku-way.ts'
import { keepLevel, stuck, type Orders } from './keep-level.ts'
import { letGo } from './let-go.ts'
import { readKept, type KeptStreamApp } from './kept-stream-app.ts'
import { rememberDeeds } from './restrain.ts'
import { rememberRevision } from './revisions.ts'
import { lookWhenOver, resumedWhenOver } from './suspension.ts'
import type { Verdict } from './work.ts'
import { announcementOf, arrivingUntilMs, waitForArrivals } from './writing.ts'

export interface StreamAppSurroundings {
  readonly record: ControlRecord
  readonly heroku: HerokuWays<HerokuWay>
  readonly fullLooks: FullLooks
  readonly clock: Clock
  /** Told of each change that was carried out. */
  readonly changed?: (kind: Change['kind']) => void
  /** One line per decision. */
  readonly say: (object: string, decision: string, fields: object) => void
}

/** Holds a StreamApp in the record until what it made was tidied up. */
export const tidyFinalizer = 'streams.weirkeeper.dev/tidy'

/** One pass over one object: read it, keep it level or let it go, write down what was found. */
export async function keepStreamApp(
  key: ObjectKey,
  around: StreamAppSurroundings,
  term: Term,
  signal: AbortSignal,
): Promise<Verdict> {
  const kept = await readKept(around.record, key)
  if (kept === undefined) return { kind: 'gone' }

  const nowMs = around.clock.now()
  const untilMs = arrivingUntilMs(kept, term, nowMs)
  if (untilMs !== undefined) return report(kept, waitForArrivals(kept, term, { untilMs, nowMs }), around, term)

  const { namespace } = key
  const way = await wayFor({ namespace, app: kept.app?.spec.app }, around.heroku, around.record)
  if (!way.ok) return report(kept, withoutWay(kept, way.error), around, term)
  const { announce, hold, latest } = announcementOf(kept, around, term)
  const finding = await find(kept, { ...around, ...way.value }, { mayWrite: announce, hold, signal })
  return report(latest(), finding, around, term)
}

/** Nothing may be done at Heroku, and so nothing is taken away there: what made nothing goes all the same. */
function withoutWay({ object: { metadata, status }, writing }: KeptStreamApp, refusal: Refusal): Finding {
  if (metadata.deletionTimestamp === undefined) return stuck(refusal)
  const inventory = status?.['inventory']
  const madeNothing = writing === undefined && (!Array.isArray(inventory) || inventory.length === 0)
  if (madeNothing) return { status: { conditions: [] }, done: [], verdict: { kind: 'gone' } }
  const message = `${refusal.message}. Until then what it made stays, and so does the StreamApp; without the finalizer ${tidyFinalizer} it goes, and leaves everything as it is`
  return stuck({ ...refusal, message })
}

type BoundSurroundings = StreamAppSurroundings & HerokuWay

async function find(
  kept: KeptStreamApp,
  around: BoundSurroundings,
  { mayWrite, hold, signal }: Pick<Orders, 'mayWrite' | 'hold'> & { readonly signal: AbortSignal },
): Promise<Finding> {
  const nowMs = around.clock.now()
  const allowance = around.budget.ask(isNews(kept) ? 'person' : 'resync', nowMs)
  if (allowance.kind === 'wait') return waitForBudget(allowance.untilMs, nowMs)

  const { app, object, mistakes } = kept
  const orders = {
    nowMs,
    confirmed: consentOf(object),
    lookOnly: warnsOnly(kept),
    generation: object.metadata.generation,
    deeds: kept.deeds,
    ran: kept.ran,
    mayWrite,
    hold,
    heard: object.metadata.annotations?.[heardAnnotation] ?? null,
    traces: tracesOf(kept),
    seen: mayGlance(kept, around.fullLooks, nowMs) ? kept.seen : undefined,
  }
  if (object.metadata.deletionTimestamp !== undefined) return letGo(app, around.engine, orders, signal)
  if (app !== undefined) return keepUnlessSuspended(app, kept, around, { orders, signal })
  return stuck({ reason: 'ManifestInvalid', message: `what is kept is not a valid StreamApp: ${mistakes.join('; ')}` })
}

/** Of whoever else writes: before a declaration is carried out everything differs, and nobody's doing is looked for. */
function tracesOf(kept: KeptStreamApp): Orders['traces'] {
  if (!wasCarriedOut(kept)) return undefined
  return { heardFrom: kept.object.metadata.annotations?.[heardFromAnnotation], lastRelease: kept.seen?.release }
}

/** A glance can only tell that nothing changed: since a look that found this very declaration carried out. */
function mayGlance(kept: KeptStreamApp, fullLooks: FullLooks, nowMs: number): boolean {
  const { key, object, seen, app } = kept
  const hasHeard = seen?.heard !== (object.metadata.annotations?.[heardAnnotation] ?? null)
  const id = `${key.namespace}/${key.name}`
  const isSettled = wasReady(kept) && isHeld(kept) && app?.spec.suspend === false
  if (isSettled && !hasHeard && !fullLooks.isDue(id, nowMs)) return true
  fullLooks.looked(id, nowMs)
  return false
}

function wasReady({ object, conditions }: KeptStreamApp): boolean {
  const { generation } = object.metadata
  return conditions.some(
    ({ type, status, observedGeneration }) =>
      type === 'Ready' && status === 'True' && observedGeneration === generation,
  )
}

/** Not so of what was Ready before there was anything to hold. */
function isHeld(kept: KeptStreamApp): boolean {
  return kept.seen !== undefined && clusterNews(kept, kept.seen.attachment.addon) === undefined
}

async function keepUnlessSuspended(
  declared: StreamApp,
  { object }: KeptStreamApp,
  { engine, hearing }: BoundSurroundings,
  { orders, signal }: { readonly orders: Orders; readonly signal: AbortSignal },
): Promise<Finding> {
  const { annotations } = object.metadata
  const app = resumedWhenOver(declared, annotations, orders.nowMs)
  const finding = await keepLevel(app, engine, orders, signal)
  const heard = hearing === undefined ? {} : await startHearing(app, { finding, object }, hearing, signal)
  return {
    ...finding,
    status: { ...finding.status, ...heard },
    verdict: lookWhenOver(finding.verdict, app, annotations, orders.nowMs),
  }
}

/** Once for each app, when there is nothing else to do: what cannot be registered now is tried at the next look. */
async function startHearing(
  { spec }: StreamApp,
  { finding, object }: { readonly finding: Finding; readonly object: KeptObject },
  hearing: Hearing,
  signal: AbortSignal,
): Promise<{ readonly hears?: string }> {
  const url = hookUrl(hearing.publicUrl, spec.app)
  const isBusy = finding.verdict.kind !== 'settled' || finding.done.length > 0
  if (isBusy || object.status?.['hears'] === url) return {}
  const failed = await hearApp(spec.app, hearing, signal)
  return failed === undefined ? { hears: url } : {}
}

/**
 * A person waits for the answer: what they declared, or told to go, was not carried out yet. A look that failed, or
 * waited for the budget, changes nothing about that; what was refused waits for them, and not they for it.
 */
function isNews({ object: { metadata, status }, conditions }: KeptStreamApp): boolean {
  const { generation, deletionTimestamp } = metadata
  const isRefused = conditions.some((condition) => condition.type === 'Stalled' && condition.status === 'True')
  const isUnseen = status?.['observedGeneration'] !== generation
  return deletionTimestamp !== undefined || isUnseen || (status['levelGeneration'] !== generation && !isRefused)
}

/**
 * `drift: Warn` lets a declaration be carried out, and from then on only tells what differs. That it was carried out
 * must outlast a look that fails: conditions tell of the last look only.
 */
export function warnsOnly(kept: KeptStreamApp): boolean {
  return kept.app?.spec.drift === 'Warn' && wasCarriedOut(kept)
}

function wasCarriedOut({ object: { metadata, status } }: KeptStreamApp): boolean {
  return status?.['levelGeneration'] === metadata.generation
}

function waitForBudget(untilMs: number, nowMs: number): Finding {
  const failure = { kind: 'rate-limited', call: 'the next look', retryAfterMs: untilMs - nowMs } as const
  return {
    status: { conditions: failureConditions(failure) },
    done: [],
    verdict: { kind: 'retry', notBeforeMs: untilMs },
  }
}

/** Writes what was found, if it is news. Somebody wrote meanwhile: look again at once, nothing is lost. */
async function report(
  kept: KeptStreamApp,
  finding: Finding,
  { record, clock, say, changed }: StreamAppSurroundings,
  term: Term,
): Promise<Verdict> {
  const { key, object } = kept
  const name = `${key.namespace}/${key.name}`
  for (const change of finding.done) {
    say(name, changeLine(change), {})
    changed?.(change.kind)
  }
  await record.tell(eventsOf(kept, finding))

  const wish =
    finding.verdict.kind === 'gone'
      ? withoutFinalizer(object, tidyFinalizer)
      : withStatus(object, statusOf(kept, finding, { clock, term }))
  if (isDeepStrictEqual(wish, object)) return finding.verdict
  const [result] = await record.write([writeOf(kept, wish, term, new Date(clock.now()))])
  if (result?.kind === 'conflict') return { kind: 'settled', againAfterMs: 0 }
  if (result?.kind === 'fenced') say(name, 'not written: another controller leads', { epoch: result.epoch })
  return finding.verdict
}

function writeOf({ key, version, object }: KeptStreamApp, wish: KeptObject | undefined, term: Term, at: Date): Write {
  const common = { key, expected: version, fence: term.fence, actor: 'controller' }
  if (wish === undefined) return { ...common, kind: 'remove' }
  // Without its finalizer an object has the status that it had.
  const subresource = wish.status === object.status ? '' : 'status'
  const owned = ownWrite({ before: object, after: wish, writer: 'weirkeeper-controller', subresource, at })
  return { ...common, kind: 'put', body: asJson(owned) }
}

function statusOf(
  { object, conditions, ...kept }: KeptStreamApp,
  { status, done, isUnanswered = false, writing }: Finding,
  { clock, term }: { readonly clock: Clock; readonly term: Term },
): JsonObject {
  const { generation } = object.metadata
  const nowMs = clock.now()
  const deeds = rememberDeeds(kept.deeds, done, { generation, nowMs })
  const history = rememberRevision(kept.history, {
    generation,
    nowMs,
    conditions: status.conditions,
    done: done.length,
  })
  const stamped = stampConditions(status.conditions, conditions, { generation, at: new Date(nowMs) })
  const level = status.conditions.some(isLevel) ? { levelGeneration: generation } : {}
  const { writing: _ended, ...before } = object.status ?? {}
  const unsure = { epoch: term.fence.epoch, since: new Date(nowMs).toISOString() }
  const open = isUnanswered ? { writing: unsure } : writing === undefined ? {} : { writing }
  const said = { ...before, ...status, ...level, ...open }
  return asJson({ ...said, observedGeneration: generation, conditions: stamped, deeds, history })
}

/** What was declared has been carried out, whatever became of it since. */
function isLevel({ type, status }: Condition): boolean {
  return (type === 'Ready' || type === 'Drifted') && status === 'True'
}

/** What somebody else changed, what was done, and what newly stands in the way. */
function eventsOf({ key, conditions }: KeptStreamApp, { done, status, drift }: Finding): readonly Event[] {
  const isNewDrift = done.length > 0 || !conditions.some(({ type }) => type === 'Drifted')
  const told: readonly Omit<Event, 'key'>[] = [
    ...(drift !== undefined && isNewDrift ? [{ type: 'Warning', reason: 'DriftFound', message: drift } as const] : []),
    ...done.map((change) => ({ type: 'Normal', reason: 'Applied', message: changeLine(change) }) as const),
    ...turnOf(conditions, status.conditions),
  ]
  return told.map((event) => ({ key, ...event }))
}

/** That Ready is otherwise than before, and why. */
function turnOf(before: readonly Condition[], now: readonly Condition[]): readonly Omit<Event, 'key'>[] {
  const [was, ready] = [before, now].map((conditions) => conditions.find(({ type }) => type === 'Ready'))
  if (ready === undefined || (was?.reason === ready.reason && was.status === ready.status)) return []
  const { status, reason, message } = ready
  const isGood = status === 'True' || reason === 'ChangesPending' || reason === 'Creating'
  return [{ type: isGood ? 'Normal' : 'Warning', reason, message }]
}
