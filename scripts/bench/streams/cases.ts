/** A topology that both sides have, and what is wanted of ours: records per CPU-second, as a multiple of Java's. */
interface Case {
  readonly name: string
  readonly target: number
  readonly hasStore: boolean
  /** Records that are worked on before the measuring begins: enough for a compiler to have seen it all. */
  readonly warmUp: number
  /** Whether the short form measures it, and how. */
  readonly short: Guarantee | undefined
}

export type Guarantee = 'at_least_once' | 'exactly_once_v2'
export type Way = 'plaintext' | 'mTLS'

const stateless = { hasStore: false, warmUp: 1_000_000 }
const stateful = { hasStore: true, warmUp: 300_000 }

const cases: readonly Case[] = [
  { name: 'passthrough', target: 2, ...stateless, short: 'at_least_once' },
  { name: 'mapValues', target: 2, ...stateless, short: 'exactly_once_v2' },
  { name: 'json', target: 1, ...stateless, short: 'at_least_once' },
  { name: 'count', target: 1, ...stateful, short: 'exactly_once_v2' },
  { name: 'windowed count', target: 1, ...stateful, short: 'at_least_once' },
  { name: 'join', target: 1, ...stateful, short: undefined },
]

export interface Run {
  readonly what: Case
  readonly guarantee: Guarantee
  readonly way: Way
}

export interface Selection {
  readonly short: boolean
  /** Part of `nameOf`; '' takes all. */
  readonly only: string
}

/** In the order in which they are run. */
export function runsOf({ short, only }: Selection): readonly Run[] {
  const ways: readonly Way[] = short ? ['plaintext'] : ['plaintext', 'mTLS']
  const guarantees: readonly Guarantee[] = ['at_least_once', 'exactly_once_v2']
  const all = cases.flatMap((what) =>
    ways.flatMap((way) => guarantees.map((guarantee): Run => ({ what, guarantee, way }))),
  )
  const taken = short && only === '' ? all.filter(({ what, guarantee }) => what.short === guarantee) : all
  return taken.filter((run) => nameOf(run).includes(only))
}

export const nameOf = ({ what, guarantee, way }: Run): string =>
  `${what.name}, ${guarantee === 'at_least_once' ? 'at least once' : 'exactly once'}, ${way}`
