import type { Clock } from '../../base/clock.ts'
import { asJson } from '../../record/as-json.ts'
import { withStatus, type KeptObject } from '../../record/object-life.ts'
import { ownWrite } from '../../record/own-write.ts'
import type { ControlRecord } from '../../record/record.ts'
import type { FoundAddon, HeldCluster } from '../../resource/claims.ts'
import type { Term } from '../lead/lead.ts'
import { changeLine } from '../plan/describe-change.ts'
import type { Plan } from '../plan/plan.ts'
import { stampConditions, type StampedCondition } from '../status/stamp-conditions.ts'
import type { Condition, Writing } from '../status/status.ts'
import { clusterNews, type Taken } from './cluster-claim.ts'
import { agreedBy } from './consent.ts'
import type { Finding } from './finding.ts'
import type { KeptStreamApp } from './kept-stream-app.ts'

/**
 * How long a request may be on its way: twice what our client waits for an answer, and what Heroku's router gives one
 * (30 s; Dev Center, "Request Timeout"). Chubby calls it the lock-delay.
 */
export const longestOnItsWayMs = 60_000

/**
 * Until when something may still arrive that this object was not seen to be answered: nothing is written before, and
 * nothing is let go. Of a former leader that is counted from when the next one began that looked here, since it could
 * send until then; the leaders after that need not wait all over again.
 */
export function arrivingUntilMs({ writing, object }: KeptStreamApp, term: Term, nowMs: number): number | undefined {
  if (writing === undefined) return undefined
  const isOurs = writing.epoch === term.fence.epoch
  // Our own next look puts right what comes late, while there is one.
  if (isOurs && object.metadata.deletionTimestamp === undefined) return undefined
  const untilMs = (isOurs ? Date.parse(writing.since) : overByMs(writing, term)) + longestOnItsWayMs
  return untilMs > nowMs ? untilMs : undefined
}

function overByMs({ overBy }: Writing, { sinceMs }: Term): number {
  return overBy === undefined ? sinceMs : Math.min(sinceMs, Date.parse(overBy))
}

/** The object is left alone until nothing can arrive any more that a former leader, or a call without an answer, had sent. */
export function waitForArrivals(
  { writing }: KeptStreamApp,
  term: Term,
  { untilMs, nowMs }: { readonly untilMs: number; readonly nowMs: number },
): Finding {
  const until = new Date(untilMs).toISOString()
  const message = `what was written last was not answered, and may take effect until ${until}: nothing is written before`
  return {
    status: {
      conditions: [
        { type: 'Ready', status: 'Unknown', reason: 'WriteUnanswered', message },
        { type: 'Reconciling', status: 'True', reason: 'WriteUnanswered', message },
      ],
    },
    done: [],
    verdict: { kind: 'settled', againAfterMs: untilMs - nowMs },
    writing: writing && seenOver(writing, term),
  }
}

/** Written down by the first of the later leaders. */
function seenOver(writing: Writing, term: Term): Writing {
  if (writing.epoch === term.fence.epoch || writing.overBy !== undefined) return writing
  return { ...writing, overBy: new Date(term.sinceMs).toISOString() }
}

export interface Announcement {
  /**
   * Writes down that a plan is about to be carried out. False where somebody changed the object since the plan was
   * made, or where another leads: then nothing may be written.
   */
  readonly announce: (plan: Plan) => Promise<boolean>
  /**
   * Takes the application id on the cluster that was found, unless this object has it. Undefined where it has it now, or
   * where somebody wrote meanwhile: then nothing can be announced either.
   */
  readonly hold: (addon: FoundAddon) => Promise<Taken | undefined>
  /** What the record holds of the object since. */
  readonly latest: () => KeptStreamApp
}

/** The announcement is a write under our fence to the very version that the plan was made from. */
export function announcementOf(
  kept: KeptStreamApp,
  { record, clock }: { readonly record: Pick<ControlRecord, 'write'>; readonly clock: Clock },
  { fence }: Term,
): Announcement {
  let latest = kept
  const put = { kind: 'put', key: kept.key, fence, actor: 'controller' } as const
  const hold = async (addon: FoundAddon): Promise<Taken | undefined> => {
    const news = clusterNews(kept, addon)
    if (news === undefined) return undefined
    const { cluster, claims } = news
    const object = holding(kept, cluster, new Date(clock.now()))
    const names = claims.map(({ name }) => name)
    const [result] = await record.write([{ ...put, expected: kept.version, claims: names, body: asJson(object) }])
    if (result?.kind === 'written') latest = { ...kept, version: result.version, object }
    if (result?.kind !== 'claimed') return undefined
    const claim = claims.find(({ name }) => name === result.claim)
    return claim === undefined ? undefined : { claim, by: result.by }
  }
  const announce = async (plan: Plan): Promise<boolean> => {
    const writing: Writing = { epoch: fence.epoch, since: new Date(clock.now()).toISOString() }
    const object = announced(latest, plan, writing)
    const [result] = await record.write([{ ...put, expected: latest.version, body: asJson(object) }])
    if (result?.kind !== 'written') return false
    latest = { ...latest, version: result.version, object, writing }
    return true
  }
  return { announce, hold, latest: () => latest }
}

/** What was said of an earlier declaration is not said of this one by writing it again. */
function holding({ object, conditions }: KeptStreamApp, cluster: HeldCluster, at: Date): KeptObject {
  const { generation } = object.metadata
  const said = conditions.filter(
    ({ type, observedGeneration }) => !overall.has(type) || observedGeneration === generation,
  )
  const after = withStatus(object, asJson({ ...object.status, conditions: said, cluster }))
  return ownWrite({ before: object, after, writer: 'weirkeeper-controller', subresource: 'status', at })
}

function announced({ object, conditions }: KeptStreamApp, plan: Plan, writing: Writing): KeptObject {
  const { generation, deletionTimestamp } = object.metadata
  const reason = deletionTimestamp === undefined ? 'ChangesPending' : 'Deleting'
  const message = plan.changes.map(changeLine).join('; ')
  const news: readonly Condition[] = [
    { type: 'Ready', status: 'False', reason, message },
    { type: 'Reconciling', status: 'True', reason, message },
  ]
  const at = new Date(Date.parse(writing.since))
  const stamped = stampConditions(news, conditions, { generation, at })
  const others = conditions.filter(({ type }) => !overall.has(type))
  const all: readonly StampedCondition[] = [...stamped, ...others]
  const { agreed: _before, ...known } = object.status ?? {}
  const agreed = agreedBy(object, plan)
  const told = { ...known, ...(agreed !== undefined && { agreed }), conditions: all, writing }
  const status = asJson({ ...told, observedGeneration: generation })
  const after = withStatus(object, status)
  return ownWrite({ before: object, after, writer: 'weirkeeper-controller', subresource: 'status', at })
}

const overall: ReadonlySet<string> = new Set(['Ready', 'Reconciling', 'Stalled'])
