import type { Clock } from '../../base/clock.ts'
import { unreachable } from '../../base/unreachable.ts'
import type { Change } from '../plan/change.ts'
import type { Plan } from '../plan/plan.ts'
import { applyChange, type Hands } from './apply-change.ts'
import type { Outcome } from './outcome.ts'
import { readBack, type Patience } from './read-back.ts'

/** What a person may watch while an apply is under way. */
export type Progress =
  | { readonly kind: 'applying'; readonly change: Change }
  | { readonly kind: 'waiting'; readonly waitingFor: readonly string[] }

export interface ApplySurroundings extends Hands {
  readonly clock: Clock
  readonly patience: Patience
  readonly report: (progress: Progress) => void
}

/**
 * Carries a plan out, one write after the other.
 *
 * Invariants
 *   A1  The app is told (config vars, dynos) only after every topic and group was seen to be there.
 *   A2  Config vars go out in one write, the formation in one, and neither when it would change nothing.
 *   A3  It may stop at any line: what is done is done, and the next plan holds the rest.
 */
export async function applyPlan(plan: Plan, around: ApplySurroundings, signal: AbortSignal): Promise<Outcome> {
  const cluster = await applyAll(plan.changes.filter(isAboutCluster), around, signal)
  if (cluster.kind !== 'done') return cluster

  const waited = await awaitAll(plan, cluster.done, around, signal)
  if (waited.kind !== 'done') return waited

  const app = await applyAll(
    plan.changes.filter((change) => !isAboutCluster(change)),
    around,
    signal,
  )
  return { ...app, done: [...cluster.done, ...app.done] }
}

function isAboutCluster({ kind }: Change): boolean {
  return kind !== 'set-config-vars' && kind !== 'scale'
}

/** Stops at the first write that fails: what follows may stand on it. */
export async function applyAll(
  changes: readonly Change[],
  around: ApplySurroundings,
  signal: AbortSignal,
): Promise<Extract<Outcome, { readonly kind: 'done' | 'failed' }>> {
  const done: Change[] = []
  for (const change of changes) {
    around.report({ kind: 'applying', change })
    const answer = await applyChange(change, around, signal)
    if (!answer.ok) return { kind: 'failed', done, failure: answer.error }
    done.push(change)
  }
  return { kind: 'done', done }
}

async function awaitAll(
  { awaited }: Plan,
  done: readonly Change[],
  around: ApplySurroundings,
  signal: AbortSignal,
): Promise<Outcome> {
  if (awaited.topics.length + awaited.groups.length === 0) return { kind: 'done', done }
  const report = (waitingFor: readonly string[]): void => around.report({ kind: 'waiting', waitingFor })
  const seen = await readBack(awaited, { ...around, report }, signal)
  switch (seen.kind) {
    case 'there':
      return { kind: 'done', done }
    case 'missing':
      return { kind: 'timed-out', done, waitingFor: seen.waitingFor, waitedMs: around.patience.withinMs }
    case 'contradicted':
    case 'failed':
      return { ...seen, done }
    default:
      return unreachable(seen)
  }
}
