import type { FaultPlan } from './fault-plan.ts'

/** The shortest plan found that still fails: what can be left out is left out, one thing at a time. */
export async function shrink(plan: FaultPlan, fails: (plan: FaultPlan) => Promise<boolean>): Promise<FaultPlan> {
  for (const shorter of shorterThan(plan)) if (await fails(shorter)) return shrink(shorter, fails)
  return plan
}

function shorterThan(plan: FaultPlan): readonly FaultPlan[] {
  const { troubles, edits = [] } = plan
  const halves = [edits.slice(0, edits.length / 2), edits.slice(edits.length / 2)].filter(
    ({ length }) => length > 0 && length < edits.length,
  )
  return [
    ...halves.map((half) => ({ ...plan, edits: half })),
    ...(edits.length > 1 ? edits.map((_, index) => ({ ...plan, edits: edits.toSpliced(index, 1) })) : []),
    ...troubles.map((_, index) => ({ ...plan, troubles: troubles.toSpliced(index, 1) })),
  ]
}
