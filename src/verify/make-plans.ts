import { chanceFrom } from './chance.ts'
import type { FaultPlan } from './fault-plan.ts'
import type { Busy } from './play.ts'
import { callTroubles, isCallTrouble, noticeTroubles, recordTroubles, type Trouble } from './trouble.ts'

/** Everything that can go wrong once in a life that was so busy, each alone: the crashes first. */
export function singleTroubles({ requests, recordUses, notices }: Busy): readonly Trouble[] {
  const at = (count: number, kinds: readonly Trouble['kind'][]): Trouble[] =>
    kinds.flatMap((kind) => Array.from({ length: count }, (_, index) => ({ kind, at: index })))
  const all = [
    ...at(requests, Object.keys(callTroubles).filter(isCallTrouble)),
    ...at(Math.min(recordUses, mostRecordUses), recordTroubles),
    ...at(notices, noticeTroubles),
  ]
  return [...all.filter(isCrash), ...all.filter((trouble) => !isCrash(trouble))]
}

/** A wait of minutes asks for the lease hundreds of times; one is like another. */
const mostRecordUses = 120

function isCrash({ kind }: Trouble): boolean {
  return kind.includes('crash')
}

/** `count` plans with two or three troubles each, drawn by the seed. */
export function severalTroubles(scenario: string, busy: Busy, count: number, seed: number): readonly FaultPlan[] {
  const chance = chanceFrom(seed)
  const all = singleTroubles(busy)
  return Array.from({ length: count }, (_, index) => {
    const drawn = Array.from({ length: 2 + (index % 2) }, () => all[Math.floor(chance() * all.length)])
    const troubles = drawn.filter((trouble) => trouble !== undefined)
    return { scenario, seed: seed + index, troubles }
  })
}

/** `count` of them, evenly taken. */
export function thinned<T>(all: readonly T[], count: number): readonly T[] {
  if (all.length <= count) return all
  return Array.from({ length: count }, (_, index) => all[Math.floor((index * all.length) / count)]).filter(
    (one) => one !== undefined,
  )
}
