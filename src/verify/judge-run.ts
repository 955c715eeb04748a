import { isDeepStrictEqual } from 'node:util'
import type { FaultPlan } from './fault-plan.ts'
import type { Played } from './play.ts'
import { misleads } from './trouble.ts'
import type { Request } from './world.ts'

/** A disturbed run must come to the same end as the undisturbed one, and not by doing more. */
export function judgeRun(played: Played, reference: Played, plan: FaultPlan): readonly string[] {
  if (played.violations.length > 0) return played.violations
  const misled = plan.troubles.filter(misleads).length
  return [
    ...differences(played.end, reference.end),
    ...tooMany(played, reference, { isCounted: ({ changed }) => changed, more: misled, words: 'changes by' }),
    ...tooMany(played, reference, { isCounted: () => true, more: plan.troubles.length, words: 'tries of' }),
    ...(played.restarts > reference.restarts + misled
      ? [`the dynos were restarted ${played.restarts} times, and ${reference.restarts} when undisturbed`]
      : []),
  ]
}

function differences(end: Played['end'], wanted: Played['end']): string[] {
  const names = [...new Set([...Object.keys(end), ...Object.keys(wanted)])]
  return names
    .filter((name) => !isDeepStrictEqual(end[name], wanted[name]))
    .map((name) => `${name} ends as ${JSON.stringify(end[name])}, undisturbed as ${JSON.stringify(wanted[name])}`)
}

interface Count {
  readonly isCounted: (request: Request) => boolean
  readonly more: number
  readonly words: string
}

function tooMany(played: Played, reference: Played, { isCounted, more, words }: Count): string[] {
  const counts = tally(played.requests.filter(isCounted))
  const usual = tally(reference.requests.filter(isCounted))
  return [...counts]
    .filter(([what, count]) => count > (usual.get(what) ?? 0) + more)
    .map(([what, count]) => `${count} ${words} ${what}, and ${usual.get(what) ?? 0} when undisturbed`)
}

function tally(requests: readonly Request[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { what, isWrite } of requests) if (isWrite) counts.set(what, (counts.get(what) ?? 0) + 1)
  return counts
}
