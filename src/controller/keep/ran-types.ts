import type { Change } from '../plan/change.ts'
import type { Examination } from '../reconcile.ts'

/**
 * The process types that the StreamApp is known to have given dynos, and that may have some yet: when `spec.process.type`
 * changes, those of the earlier type are ours to stop. A type that was only named is none of them: a manifest that said
 * `web` by mistake, and was refused, must not cost the app its web dynos.
 */
export function ranTypes(
  { desired: { formation, formerTypes, suspended }, observed, plan }: Examination,
  before: readonly string[],
  done: readonly Change[],
): readonly string[] {
  const started = done.flatMap((change) => (change.kind === 'scale' && change.after.quantity > 0 ? [change.type] : []))
  const isAsAsked = !suspended && plan.changes.length === 0 && plan.refusals.length === 0 && formation.quantity > 0
  const isRun = isAsAsked || before.includes(formation.type) || started.includes(formation.type)
  const stillRun = observed.formation.filter(({ type, quantity }) => formerTypes.includes(type) && quantity > 0)
  return [...(isRun ? [formation.type] : []), ...stillRun.map(({ type }) => type)]
}
