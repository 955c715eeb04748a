import { isDeepStrictEqual } from 'node:util'
import { asJson } from '../../record/as-json.ts'
import { printKey } from '../../record/decide-write.ts'
import type { Event, ObjectKey, Write } from '../../record/record.ts'
import { keptClaims } from '../../resource/claims.ts'
import type { Verdict } from '../keep/work.ts'
import type { Term } from '../lead/lead.ts'
import type { SourceChange, SourcePlan } from './plan-commit.ts'
import { report, writeStatus } from './report-source.ts'
import { later, lookAgain, nameOf, type Pass, type Spec } from './source-pass.ts'
import { appliedCommit, applyingCommit, short } from './source-status.ts'

/** What is being deleted is looked at again this soon. */
const soonMs = 5_000

/**
 * First the inventory, then the objects, then that it is done: whatever a crash
 * leaves undone, the next pass knows what is ours and finishes it.
 */
export async function carryOut(commit: string, plan: SourcePlan, spec: Spec, pass: Pass): Promise<Verdict> {
  const { kept, around, term } = pass
  const verdict = plan.leaving.length > 0 ? { kind: 'settled' as const, againAfterMs: soonMs } : later(spec, around)
  if (plan.changes.length === 0) return report(pass, appliedCommit(commit, plan), verdict)

  const announced = await announce(commit, plan, pass)
  if (announced === undefined) return lookAgain
  const results = await around.record.write(plan.changes.map((change) => writeOf(change, term)))
  tellChanges(commit, plan.changes, pass)
  if (!results.every(({ kind }) => kind === 'written' || kind === 'unchanged')) return lookAgain
  await around.record.tell([appliedEvent(commit, plan.changes, kept.key)])
  return report(announced, appliedCommit(commit, plan), verdict)
}

/** Writes down what will be ours, where that is news. Undefined where somebody else wrote meanwhile, or leads. */
async function announce(commit: string, { inventory }: SourcePlan, pass: Pass): Promise<Pass | undefined> {
  const { kept } = pass
  const known = new Map(kept.inventory.map((entry) => [printKey(entry), entry]))
  if (inventory.every((entry) => isDeepStrictEqual(known.get(printKey(entry)), entry))) return pass
  for (const entry of inventory) known.delete(printKey(entry))
  const gone = [...known.values()]
  const intent = applyingCommit(commit, [...inventory, ...gone])
  const written = await writeStatus(pass, intent)
  if (written === undefined) return undefined
  return { ...pass, kept: { ...kept, ...written } }
}

function writeOf(change: SourceChange, { fence }: Term): Write {
  const common = { key: change.key, expected: change.expected, fence, actor: 'git' }
  const { object, key } = change
  if (object === undefined) return { ...common, kind: 'remove' }
  const claims = keptClaims(key.name, object).map(({ name }) => name)
  return { ...common, kind: 'put', body: asJson(object), ...(change.kind === 'declare' && { claims }) }
}

function tellChanges(commit: string, changes: readonly SourceChange[], { kept, around }: Pass): void {
  for (const { kind, key } of changes) around.say(nameOf(kept), `git-${kind}`, { commit, name: key.name })
}

function appliedEvent(commit: string, changes: readonly SourceChange[], key: ObjectKey): Event {
  const names = (kind: SourceChange['kind']): string =>
    changes
      .filter((change) => change.kind === kind)
      .map((change) => change.key.name)
      .join(', ') || 'nothing'
  const message = `commit ${short(commit)}: declared ${names('declare')}, removed ${names('prune')}`
  return { key, type: 'Normal', reason: 'Applied', message }
}
