import { hopping, sessions, sliding, StreamsBuilder, type Topology, within } from '../../src/index.ts'
import { TestDriver } from '../../src/testing/index.ts'
import { operatorSteps } from './operator-steps.ts'
import {
  add,
  both,
  combine,
  counts,
  end,
  first,
  foreignKey,
  foreignOfBoth,
  globalTable,
  grace,
  grouped,
  groupedTable,
  join,
  type Made,
  mark,
  mat,
  named,
  other,
  otherTable,
  passes,
  print,
  type Step,
  stream,
  swap,
  table,
  take,
  type Text,
  texts,
  twice,
  type WindowSpec,
} from './program-parts.ts'

/**
 * A topology and an input as data, so that Java's Kafka Streams and this runtime
 * can be given the same: test/java/differential builds and runs it with the real
 * library, `runProgram` here with ours. Keys and values are text throughout, either
 * may be null. Streams and tables are named by the order in which steps made them.
 */
export interface Program {
  readonly steps: readonly Step[]
  readonly script?: readonly ScriptStep[]
  readonly cacheBytes?: number
  readonly optimize?: 'all'
}

export type ScriptStep =
  | { readonly topic: string; readonly key: string | null; readonly value: string | null; readonly at: number }
  | { readonly advance: number }

/** What a run shows: by topic, each record's key and value in base64 and its timestamp. */
export interface Outcome {
  readonly describe?: string
  readonly topics?: Readonly<Record<string, readonly (readonly [string | null, string | null, number | null])[]>>
  readonly error?: string
}

export function buildProgram({ steps, optimize }: Program): Topology {
  const made: Made = { builder: new StreamsBuilder(), streams: [], tables: [], globals: [] }
  for (const step of steps) {
    const own = step.window === undefined || step.op === 'joinStream' ? builders[step.op] : windowed
    const build = operatorSteps[step.op] ?? own
    if (build === undefined) throw new RangeError(`no such step: ${step.op}`)
    build(made, step)
  }
  return made.builder.build({ optimization: optimize ?? 'none' })
}

export function runProgram(program: Program): Outcome {
  const topology = buildProgram(program)
  const describe = topology.describe()
  if (program.script === undefined || program.script.length === 0) return { describe }
  using driver = new TestDriver(topology, { cacheBytes: program.cacheBytes ?? 0 })
  for (const step of program.script) {
    if ('advance' in step) driver.advance(step.advance)
    else driver.input(step.topic, texts).send(step.key, step.value, { timestamp: step.at })
  }
  const topics: Record<string, [string | null, string | null, number][]> = {}
  for (const { topic, key, value, timestamp } of driver.produced) {
    const records = (topics[topic] ??= [])
    records.push([base64(key), base64(value), timestamp])
  }
  return { describe, topics }
}

/**
 * Ours with no time where Java's has none: that of a suppression buffer's
 * changelog is left to the producer, and Java's driver has none that would set it.
 */
export function withTimesOf(java: Outcome, ours: Outcome): Outcome['topics'] {
  return Object.fromEntries(
    Object.entries(ours.topics ?? {}).map(([topic, records]) => {
      const hasNone = java.topics?.[topic]?.[0]?.[2] === null
      return [topic, hasNone ? records.map(([key, value]) => [key, value, null] as const) : records]
    }),
  )
}

const base64 = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes).toString('base64'))

const builders: Readonly<Record<string, (made: Made, step: Step) => void>> = {
  stream: ({ builder, streams }, { topic = '', ...step }) =>
    streams.push(builder.stream(topic, { ...texts, ...named(step) })),
  table: ({ builder, tables }, { topic = '', ...step }) =>
    tables.push(builder.table(topic, { ...texts, ...named(step) }, mat(step) ?? {})),
  global: ({ builder, globals }, { topic = '', ...step }) =>
    globals.push(builder.globalTable(topic, { ...texts, ...named(step) }, mat(step) ?? {})),
  joinGlobal: (made, step) =>
    made.streams.push(stream(made, step).join(globalTable(made, step), first, join, named(step))),
  leftJoinGlobal: (made, step) =>
    made.streams.push(stream(made, step).leftJoin(globalTable(made, step), first, join, named(step))),
  to: (made, { topic = '', ...step }) => stream(made, step).to(topic, { ...texts, ...named(step) }),

  filter: (made, step) => made.streams.push(stream(made, step).filter(passes, named(step))),
  filterNot: (made, step) => made.streams.push(stream(made, step).filterNot(passes, named(step))),
  map: (made, step) => made.streams.push(stream(made, step).map(swap, named(step))),
  mapValues: (made, step) => made.streams.push(stream(made, step).mapValues(mark, named(step))),
  flatMap: (made, step) => made.streams.push(stream(made, step).flatMap(both, named(step))),
  flatMapValues: (made, step) => made.streams.push(stream(made, step).flatMapValues(twice, named(step))),
  selectKey: (made, step) => made.streams.push(stream(made, step).selectKey(first, named(step))),
  peek: (made, step) => made.streams.push(stream(made, step).peek(() => {}, named(step))),
  foreach: (made, step) => stream(made, step).foreach(() => {}, named(step)),
  merge: (made, step) => made.streams.push(stream(made, step).merge(other(made, step), named(step))),
  repartition: (made, step) => made.streams.push(stream(made, step).repartition({ ...texts, ...named(step) })),
  split: (made, step) => {
    const split = stream(made, step)
      .split(named(step))
      .branch(passes)
      .branch((_key, value) => value === null, { name: 'b' })
    const branches = step.rest === true ? split.defaultBranch() : split.noDefaultBranch()
    for (const name of [...branches.keys()].toSorted()) {
      const branch = branches.get(name)
      if (branch !== undefined) made.streams.push(branch)
    }
  },

  cogroup: (made, step) => {
    const key = stream(made, step).groupByKey(texts)
    const by = other(made, step).groupBy(first, { ...texts, ...(step.group === undefined ? {} : { name: step.group }) })
    made.tables.push(
      key
        .cogroup<Text>(add)
        .cogroup(by, add)
        .aggregate(() => '0', mat(step) ?? texts),
    )
  },
  keyCount: (made, step) => made.tables.push(grouped(made, step).count(counts(step)).mapValues(print)),
  byCount: (made, step) => made.tables.push(grouped(made, step).count(counts(step)).mapValues(print)),
  keyReduce: (made, step) => made.tables.push(grouped(made, step).reduce(combine, mat(step))),
  byReduce: (made, step) => made.tables.push(grouped(made, step).reduce(combine, mat(step))),
  keyAggregate: (made, step) => made.tables.push(grouped(made, step).aggregate(() => '0', add, mat(step) ?? texts)),
  byAggregate: (made, step) => made.tables.push(grouped(made, step).aggregate(() => '0', add, mat(step) ?? texts)),
  tableCount: (made, step) => made.tables.push(groupedTable(made, step).count(counts(step)).mapValues(print)),
  tableReduce: (made, step) => made.tables.push(groupedTable(made, step).reduce(combine, take, mat(step))),
  tableAggregate: (made, step) =>
    made.tables.push(
      groupedTable(made, step).aggregate(
        { initialize: () => '0', add, subtract: (_key, value, aggregate) => take(aggregate, value) },
        mat(step) ?? texts,
      ),
    ),

  joinStream: (made, step) => {
    const { size: differenceMs = 0, before, after, grace: graceMs = 0 } = step.window ?? {}
    const bounds = {
      ...(before === undefined ? {} : { beforeMs: before }),
      ...(after === undefined ? {} : { afterMs: after }),
    }
    const windows = within({ differenceMs, graceMs, ...bounds })
    const { storeName } = step
    const joined = {
      ...texts,
      otherValueSerde: texts.valueSerde,
      ...named(step),
      ...(storeName === undefined ? {} : { storeName }),
    }
    const [left, right] = [stream(made, step), other(made, step)]
    if (step.join === 'left') made.streams.push(left.leftJoin(right, join, windows, joined))
    else if (step.join === 'outer') made.streams.push(left.outerJoin(right, join, windows, joined))
    else made.streams.push(left.join(right, join, windows, joined))
  },
  joinTable: (made, step) =>
    made.streams.push(stream(made, step).join(table(made, step), join, { ...texts, ...named(step), ...grace(step) })),
  leftJoinTable: (made, step) =>
    made.streams.push(
      stream(made, step).leftJoin(table(made, step), join, { ...texts, ...named(step), ...grace(step) }),
    ),
  tableJoin: (made, step) => made.tables.push(table(made, step).join(otherTable(made, step), join, mat(step))),
  tableLeftJoin: (made, step) => made.tables.push(table(made, step).leftJoin(otherTable(made, step), join, mat(step))),
  tableOuterJoin: (made, step) =>
    made.tables.push(table(made, step).outerJoin(otherTable(made, step), join, mat(step))),

  foreignJoin: (made, step) => {
    const [left, right] = [table(made, step), otherTable(made, step)]
    const key = step.by === 'both' ? foreignOfBoth : foreignKey
    const joined = { ...named(step), ...texts, otherKeySerde: texts.keySerde, otherValueSerde: texts.valueSerde }
    if (step.join === 'left') made.tables.push(left.leftJoin(right, key, join, mat(step) ?? texts, joined))
    else made.tables.push(left.join(right, key, join, mat(step) ?? texts, joined))
  },

  toTable: (made, step) => made.tables.push(stream(made, step).toTable(mat(step) ?? texts, named(step))),
  toStream: (made, step) => made.streams.push(table(made, step).toStream(named(step))),
  tableFilter: (made, step) => made.tables.push(table(made, step).filter(passes, mat(step))),
  tableFilterNot: (made, step) => made.tables.push(table(made, step).filterNot(passes, mat(step))),
  tableMapValues: (made, step) => made.tables.push(table(made, step).mapValues(mark, mat(step))),
}

function windowed(made: Made, step: Step): void {
  if (step.window?.kind === 'session') sessionWindowed(made, step, step.window)
  else if (step.window !== undefined) timeWindowed(made, step, step.window)
}

function sessionWindowed(made: Made, step: Step, { gap: gapMs = 0, grace: graceMs, onClose }: WindowSpec): void {
  const group = grouped(made, step).windowedBy(sessions({ gapMs, graceMs })).emit(emitOf(onClose))
  const merge = (_key: Text, one: Text, two: Text) => join(one, two)
  if (step.op.endsWith('Count')) end(made, step, group.count(counts(step)))
  else if (step.op.endsWith('Reduce')) end(made, step, group.reduce(combine, mat(step)))
  else end(made, step, group.aggregate({ initialize: () => '0', add, merge }, mat(step) ?? texts))
}

function timeWindowed(made: Made, step: Step, window: WindowSpec): void {
  const { kind, size: sizeMs = 0, grace: graceMs, advance: advanceMs = sizeMs } = window
  const windows =
    kind === 'sliding' ? sliding({ differenceMs: sizeMs, graceMs }) : hopping({ sizeMs, advanceMs, graceMs })
  const group = grouped(made, step).windowedBy(windows).emit(emitOf(window.onClose))
  if (step.op.endsWith('Count')) end(made, step, group.count(counts(step)))
  else if (step.op.endsWith('Reduce')) end(made, step, group.reduce(combine, mat(step)))
  else
    end(
      made,
      step,
      group.aggregate(() => '0', add, mat(step) ?? texts),
    )
}

const emitOf = (onClose: boolean | undefined) => (onClose === true ? 'on-close' : 'on-update')
