import type { Reason } from './reasons.ts'
import type { Condition } from './status.ts'

/** A condition as it is kept: since when it has this status, and which generation it speaks of. Kubernetes' `metav1.Condition`. */
export type StampedCondition<Why extends string = Reason> = Condition<Why> & {
  readonly observedGeneration: number
  readonly lastTransitionTime: string
}

/** The time of a condition is when its status last changed; another reason or message does not move it. */
export function stampConditions<Why extends string>(
  conditions: readonly Condition<Why>[],
  previous: readonly StampedCondition<string>[],
  { generation, at }: { readonly generation: number; readonly at: Date },
): readonly StampedCondition<Why>[] {
  const now = `${at.toISOString().slice(0, 19)}Z`
  return conditions.map((condition) => {
    const before = previous.find(({ type }) => type === condition.type)
    const lastTransitionTime = before?.status === condition.status ? before.lastTransitionTime : now
    return { ...condition, observedGeneration: generation, lastTransitionTime }
  })
}
