import { fail, ok, type Result } from '../base/result.ts'
import { isTroubleKind, type Trouble } from './trouble.ts'

/** What is played: a scenario, and what goes wrong in it. Everything else follows from these and the seed. */
export interface FaultPlan {
  readonly scenario: string
  readonly seed: number
  readonly troubles: readonly Trouble[]
  /** Of a chain: which of the seed's edits of the manifest are made, in this order. */
  readonly edits?: readonly number[]
}

/** `declare#1: crash-after@12 503@20`, or `chain#7: edit@3 edit@9` */
export function printPlan({ scenario, seed, troubles, edits = [] }: FaultPlan): string {
  const words = [...edits.map((at) => `edit@${at}`), ...troubles.map(({ kind, at }) => `${kind}@${at}`)]
  return `${scenario}#${seed}: ${words.join(' ')}`.trimEnd()
}

const shape = 'It reads like declare#1: crash-after@12 503@20'

export function parsePlan(text: string): Result<FaultPlan, string> {
  const [, scenario, seed = '1', rest = ''] = /^([a-z-]+)(?:#(\d+))?:?\s*(.*)$/.exec(text.trim()) ?? []
  if (scenario === undefined) return fail(`${text} is no plan. ${shape}`)
  const words = rest.split(/\s+/).filter((word) => word !== '')
  const read = words.map(readWord)
  const unknown = words.filter((_, index) => read[index] === undefined)
  if (unknown.length > 0) return fail(`${unknown.join(' ')}: no such trouble is known. ${shape}`)
  const edits = read.flatMap((word) => (word?.kind === 'edit' ? [word.at] : []))
  const troubles = read.flatMap((word) => (word === undefined || word.kind === 'edit' ? [] : [word]))
  return ok({ scenario, seed: Number(seed), troubles, ...(edits.length === 0 ? {} : { edits }) })
}

function readWord(word: string): Trouble | { readonly kind: 'edit'; readonly at: number } | undefined {
  const [, kind = '', at = ''] = /^([a-z0-9-]+)@(\d+)$/.exec(word) ?? []
  if (kind !== 'edit' && !isTroubleKind(kind)) return undefined
  return kind === 'edit' ? { kind, at: Number(at) } : { kind, at: Number(at) }
}
