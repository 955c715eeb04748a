import { unreachable } from '../../base/unreachable.ts'
import type { HerokuFailure } from '../../heroku/failure.ts'
import type { StreamApp } from '../../resource/stream-app.ts'
import type { Outcome } from '../apply/outcome.ts'
import { carryOut, examineDeletion, type Surroundings } from '../reconcile.ts'
import { failureConditions } from '../status/failure-status.ts'
import { leavingToTheFirst } from './cluster-claim.ts'
import type { Finding } from './finding.ts'
import { isUnanswered, type Orders } from './keep-level.ts'
import { lookAgain, soonMs } from './look-again.ts'

const later = { kind: 'settled', againAfterMs: 60_000 } as const

/**
 * One pass over a StreamApp that is to go: takes away what its deletion policy
 * names, and lets go when nothing of it is left. Where the app or the add-on is
 * gone, so is what was in it, and the object is let go at once: a finalizer
 * that waits for something that cannot come back would never come off.
 */
export async function letGo(
  app: StreamApp | undefined,
  around: Surroundings,
  orders: Pick<Orders, 'confirmed' | 'nowMs' | 'ran' | 'mayWrite' | 'hold'>,
  signal: AbortSignal,
): Promise<Finding> {
  if (app === undefined) return gone([])
  const examined = await examineOwn(app, around, orders, signal)
  if (!examined.ok) {
    if (examined.error.kind === 'refusal') return gone([])
    return failed(examined.error.failure, [], orders.nowMs)
  }
  const { plan } = examined.value
  if (plan.changes.length === 0 && plan.refusals.length === 0) return gone([])
  const { confirmed, mayWrite } = orders
  const outcome = await carryOut(examined.value, around, { signal, confirmed, mayWrite, deletion: true })
  return after(outcome, orders.nowMs)
}

/** What another StreamApp works with is not taken away from it. */
async function examineOwn(
  app: StreamApp,
  around: Surroundings,
  { ran, hold }: Pick<Orders, 'ran' | 'hold'>,
  signal: AbortSignal,
): ReturnType<typeof examineDeletion> {
  const examined = await examineDeletion(app, around, signal, ran)
  if (!examined.ok) return examined
  const taken = await hold(examined.value.observed.attachment.addon)
  return taken === undefined ? examined : examineDeletion(leavingToTheFirst(app, taken), around, signal, ran)
}

function gone(done: Finding['done']): Finding {
  return { status: { conditions: [] }, done, verdict: { kind: 'gone' } }
}

function after(outcome: Outcome, nowMs: number): Finding {
  const { done } = outcome
  switch (outcome.kind) {
    case 'done':
      return waiting('what is left is looked at next', { done, verdict: { kind: 'settled', againAfterMs: soonMs } })
    case 'timed-out':
      return waiting(`waiting for ${outcome.waitingFor.join(', ')}`, { done, verdict: lookAgain(done, nowMs) })
    case 'superseded':
      return waiting('it was changed meanwhile', { done, verdict: { kind: 'settled', againAfterMs: 0 } })
    case 'refused':
      return waiting(outcome.refusals.map(({ message }) => message).join('; '), { done, verdict: later })
    case 'contradicted':
      return waiting(outcome.message, { done, verdict: later })
    case 'failed':
      return failed(outcome.failure, done, nowMs)
    default:
      return unreachable(outcome)
  }
}

function failed(failure: HerokuFailure, done: Finding['done'], nowMs: number): Finding {
  const notBeforeMs = nowMs + (failure.kind === 'rate-limited' ? failure.retryAfterMs : 0)
  return {
    status: { conditions: failureConditions(failure) },
    done,
    verdict: { kind: 'retry', notBeforeMs },
    isUnanswered: isUnanswered(failure),
  }
}

function waiting(message: string, { done, verdict }: Pick<Finding, 'done' | 'verdict'>): Finding {
  return {
    status: {
      conditions: [
        { type: 'Ready', status: 'False', reason: 'Deleting', message },
        { type: 'Reconciling', status: 'True', reason: 'Deleting', message },
      ],
    },
    done,
    verdict,
  }
}
