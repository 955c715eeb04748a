import { planHash } from '../apply/confirmation.ts'
import { classOf, type Change } from './change.ts'
import { shownValue } from './describe-change.ts'
import type { Plan } from './plan.ts'

/** A plan as data for whoever is outside: `weir plan -o json`, and the API. No value in it is a credential's. */
export function planJson({
  changes,
  awaited,
  refusals,
  warnings,
  ...rest
}: Plan & { readonly tasks?: object }): object {
  const plan = { changes, awaited, refusals, warnings }
  return {
    hash: planHash(plan),
    ...rest,
    changes: changes.map((change) => ({ ...withoutSecrets(change), class: classOf(change) })),
    refusals,
    warnings,
  }
}

function withoutSecrets(change: Change): Change {
  if (change.kind !== 'set-config-vars') return change
  const vars = change.vars.map(({ name, before, after }) => ({
    name,
    before: shownValue(name, before),
    after: shownValue(name, after),
  }))
  return { ...change, vars }
}
