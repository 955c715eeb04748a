import {
  type GlobalKTable,
  type KStream,
  type KTable,
  type Materialized,
  nullable,
  serdes,
  type StreamsBuilder,
  type Suppressed,
  type Windowed,
} from '../../src/index.ts'

export interface Step {
  readonly op: string
  readonly topic?: string
  readonly name?: string
  /** The stream, the other stream, the table, the other table it works on. */
  readonly s?: number
  readonly o?: number
  readonly t?: number
  readonly u?: number
  /** The global table it works on. */
  readonly g?: number
  readonly group?: string
  readonly rest?: boolean
  readonly mat?: Mat
  readonly window?: WindowSpec
  readonly suppress?: {
    readonly close?: boolean
    readonly limit?: number
    readonly records?: number
    readonly name?: string
  }
  /** A topic for the windowed records themselves. */
  readonly to?: string
  readonly join?: 'inner' | 'left' | 'outer'
  /** The foreign key is found in the value alone, or in both. */
  readonly by?: 'value' | 'both'
  readonly storeName?: string
  /** Of a processor or transformer: the name of its store. */
  readonly store?: string
  readonly cachedStore?: boolean
  /** Of a stream-table join. */
  readonly grace?: number
}

export interface WindowSpec {
  readonly kind: 'time' | 'sliding' | 'session' | 'join'
  readonly size?: number
  readonly advance?: number
  readonly gap?: number
  readonly grace: number
  readonly onClose?: boolean
  readonly before?: number
  readonly after?: number
}

export interface Mat {
  readonly name?: string
  readonly memory?: boolean
  readonly uncached?: boolean
  /** A versioned store, with so many ms of history. */
  readonly history?: number
  readonly unlogged?: boolean
}

export const texts = { keySerde: nullable(serdes.string), valueSerde: nullable(serdes.string) }

export type Text = string | null

export interface Made {
  readonly builder: StreamsBuilder
  readonly streams: KStream<Text, Text>[]
  readonly tables: KTable<Text, Text>[]
  readonly globals: GlobalKTable<Text, Text>[]
}

function at<T>(made: readonly T[], index: number | undefined, step: Step): T {
  const found = made[index ?? -1]
  if (found === undefined) throw new RangeError(`${step.op} works on something that no step has made`)
  return found
}

export const stream = (made: Made, step: Step) => at(made.streams, step.s, step)
export const other = (made: Made, step: Step) => at(made.streams, step.o, step)
export const globalTable = (made: Made, step: Step) => at(made.globals, step.g, step)
export const table = (made: Made, step: Step) => at(made.tables, step.t, step)
export const otherTable = (made: Made, step: Step) => at(made.tables, step.u, step)

export function end<V>(made: Made, step: Step, results: KTable<Windowed<Text>, V>): void {
  const changes = (step.suppress === undefined ? results : results.suppress(suppressed(step.suppress))).toStream()
  if (step.to !== undefined) changes.to(step.to)
  made.streams.push(changes.map((key, value): [Text, Text] => [String(key), value === null ? null : String(value)]))
}

function suppressed({ close, limit: timeLimitMs = 0, records, name }: NonNullable<Step['suppress']>): Suppressed {
  const until = close === true ? 'window-close' : { timeLimitMs }
  return { until, ...(close === true ? {} : { maxRecords: records ?? 1000 }), ...(name === undefined ? {} : { name }) }
}

export function grouped(made: Made, step: Step) {
  const group = { ...texts, ...(step.group === undefined ? {} : { name: step.group }) }
  return step.op.startsWith('key') ? stream(made, step).groupByKey(group) : stream(made, step).groupBy(first, group)
}

export function groupedTable(made: Made, step: Step) {
  return table(made, step).groupBy(swap, { ...texts, ...(step.group === undefined ? {} : { name: step.group }) })
}

export const grace = ({ grace: graceMs }: Step) => (graceMs === undefined ? {} : { graceMs })

export const named = ({ name }: { readonly name?: string }) => (name === undefined ? {} : { name })

function store({ name, memory, uncached, unlogged, history }: Mat) {
  return {
    ...(name === undefined ? {} : { name }),
    ...(memory === true ? { store: 'in-memory' as const } : {}),
    ...(uncached === true ? { caching: false } : {}),
    ...(history === undefined ? {} : { historyRetentionMs: history }),
    ...(unlogged === true ? { logging: false as const } : {}),
  }
}

export const mat = (step: Step) => (step.mat === undefined ? undefined : { ...texts, ...store(step.mat) })

export const counts = (step: Step): Materialized<Text, number> | undefined =>
  step.mat === undefined ? undefined : { keySerde: texts.keySerde, valueSerde: serdes.long, ...store(step.mat) }

// What operators do with records: the twin of test/java/differential/Functions.java.

export function passes(_key: Text, value: Text): boolean {
  let sum = 0
  for (const char of value ?? '') sum += char.charCodeAt(0)
  return sum % 3 !== 0
}

export const cut = (text: string) => (text.length <= 9 ? text : text.slice(-9))
export const mark = (value: Text) => (value === null ? null : cut(`${value}m`))
export const first = (_key: Text, value: Text) => (value === null || value === '' ? null : value.slice(0, 1))
export const foreignKey = (value: Text) => first(null, value)
export const foreignOfBoth = (value: Text, key: Text) => (endsInD(value) ? key : first(key, value))
export const swap = (key: Text, value: Text) => [first(key, value), cut(`${key}${value}`)] as const
export const both = (key: Text, value: Text): [Text, Text][] => [
  [key, value],
  [value, key],
]
export const twice = (value: Text) => (value === null ? [value] : [value, cut(`${value}x`)])
export const combine = (aggregate: Text, value: Text) => (endsInD(value) ? null : cut(`${aggregate}${value}`))
export const take = (aggregate: Text, _value: Text) => cut(`${aggregate}-`)
export const add = (_key: Text, value: Text, aggregate: Text) => (endsInD(value) ? null : cut(`${aggregate}+${value}`))
export const join = (left: Text, right: Text): Text => cut(`${left}/${right}`)
export const print = (count: number) => String(count)
const endsInD = (value: Text) => value?.endsWith('d') === true
