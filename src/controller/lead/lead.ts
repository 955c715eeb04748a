import type { Clock } from '../../base/clock.ts'
import type { Fence, Hold, ControlRecord } from '../../record/record.ts'

/** One stretch of being the leader. */
export interface Term {
  /** Goes with every write to the record: a write of an earlier leader is refused there. */
  readonly fence: Fence
  /** When it began, by our clock: every earlier leader had lost the lease by then. */
  readonly sinceMs: number
  /** Fires when the lease is lost, or surely will be, or when this process is to stop. */
  readonly signal: AbortSignal
  /** Whether the lease certainly still holds: asked before each call to the outside. */
  isHeld(): boolean
}

export interface LeaseTerms {
  readonly lease: string
  /** Names this process: `clock.1/<pid>`. Two processes must not share it. */
  readonly holder: string
  /** How long the lease outlives its last renewal: how long a crash goes unnoticed. */
  readonly forMs: number
  readonly renewEveryMs: number
  /** How often somebody who waits asks: how long a clean stop goes unnoticed. */
  readonly askEveryMs: number
}

export interface LeadSurroundings {
  readonly record: Pick<ControlRecord, 'hold' | 'release'>
  readonly clock: Clock
  readonly say: (what: 'leading' | 'following' | 'lost' | 'record-unreachable', fields: object) => void
}

/**
 * Leads whenever the lease can be had, until told to stop. `work` runs during
 * a term and must end soon after its signal; it may run again in a later term.
 *
 * Invariants
 *   L1  At most one process is in a term whose `isHeld` says yes: a holder stops believing
 *       before the record lets the lease go, since it counts from before it asked.
 *   L2  A term ends when a renewal is refused, or when none went through in time.
 *   L3  Stopping ends the work, and then lets the lease go at once.
 */
export async function lead(
  terms: LeaseTerms,
  around: LeadSurroundings,
  work: (term: Term) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  let isFollowing = false
  while (!signal.aborted) {
    const askedMs = around.clock.now()
    const hold = await ask(terms, around)
    if (hold?.kind === 'held') {
      isFollowing = false
      await serve(terms, around, { work, epoch: hold.epoch, untilMs: askedMs + terms.forMs, signal })
    } else {
      if (hold !== undefined && !isFollowing) around.say('following', { leader: hold.holder })
      isFollowing = hold !== undefined
      await around.clock.sleep(terms.askEveryMs, signal)
    }
  }
}

interface Service {
  readonly work: (term: Term) => Promise<void>
  readonly epoch: number
  readonly untilMs: number
  readonly signal: AbortSignal
}

async function serve(
  terms: LeaseTerms,
  around: LeadSurroundings,
  { work, epoch, untilMs, signal }: Service,
): Promise<void> {
  const ended = new AbortController()
  const validity = { untilMs }
  const term: Term = {
    fence: { lease: terms.lease, epoch },
    sinceMs: around.clock.now(),
    signal: AbortSignal.any([signal, ended.signal]),
    isHeld: () => !ended.signal.aborted && around.clock.now() < validity.untilMs,
  }
  around.say('leading', { epoch })
  const renewing = renew(terms, around, { term, validity }).then(() => ended.abort())
  try {
    await work(term)
  } finally {
    ended.abort()
    await renewing
    if (around.clock.now() < validity.untilMs) await letGo(terms, around, epoch)
    else around.say('lost', { epoch })
  }
}

/** Renews until the term ends, or until the lease is no longer ours. */
async function renew(
  terms: LeaseTerms,
  around: LeadSurroundings,
  { term, validity }: { term: Term; validity: { untilMs: number } },
): Promise<void> {
  for (;;) {
    await around.clock.sleep(terms.renewEveryMs, term.signal)
    if (term.signal.aborted) return
    const askedMs = around.clock.now()
    const hold = await withinTerm(ask(terms, around), around, validity)
    if (hold?.kind === 'held' && hold.epoch === term.fence.epoch) validity.untilMs = askedMs + terms.forMs
    else if (hold !== undefined) validity.untilMs = 0
    if (around.clock.now() >= validity.untilMs) return
  }
}

/** An answer that comes after the lease ran out is no answer. */
async function withinTerm(
  asked: Promise<Hold | undefined>,
  { clock }: LeadSurroundings,
  validity: { readonly untilMs: number },
): Promise<Hold | undefined> {
  const answered = new AbortController()
  const timeUp = clock.sleep(Math.max(0, validity.untilMs - clock.now()), answered.signal).then(() => undefined)
  const hold = await Promise.race([asked, timeUp])
  answered.abort(null) // a reason of its own spares an exception with its stack, every three seconds
  return hold
}

/** Undefined where the record cannot be reached: then nobody knows, and nobody acts on it. */
async function ask({ lease, holder, forMs }: LeaseTerms, { record, say }: LeadSurroundings): Promise<Hold | undefined> {
  try {
    return await record.hold(lease, holder, forMs)
  } catch (cause) {
    say('record-unreachable', { error: cause })
    return undefined
  }
}

async function letGo({ lease, holder }: LeaseTerms, { record, say }: LeadSurroundings, epoch: number): Promise<void> {
  try {
    await record.release(lease, holder, epoch)
  } catch (cause) {
    say('record-unreachable', { error: cause }) // it runs out by itself
  }
}
