import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { brotliDecompressSync } from 'node:zlib'
import type { Program } from '../support/program.ts'
import type { Step } from '../support/program-parts.ts'

/** Which steps of the programs call an operator; a step counts where it has what is asked of it. */
const proofs: Readonly<Record<string, Readonly<Record<string, (step: Step) => boolean>>>> = {
  KStream: {
    ...steps('filter', 'filterNot', 'map', 'mapValues', 'flatMap', 'flatMapValues', 'selectKey', 'peek', 'foreach'),
    ...steps('print', 'merge', 'split', 'process', 'processValues', 'repartition', 'toTable', 'to'),
    groupByKey: ({ op }) => op.startsWith('key'),
    groupBy: ({ op }) => op.startsWith('by'),
    join: ({ op }) => op === 'joinTable' || op === 'joinStream' || op === 'joinGlobal',
    leftJoin: ({ op, join }) => op === 'leftJoinTable' || (op === 'joinStream' && join === 'left'),
    outerJoin: ({ op, join }) => op === 'joinStream' && join === 'outer',
  },
  BranchedKStream: {
    branch: ({ op }) => op === 'split',
    defaultBranch: ({ op, rest }) => op === 'split' && rest === true,
    noDefaultBranch: ({ op, rest }) => op === 'split' && rest !== true,
  },
  TimeWindowedKStream: windowed('time', 'sliding'),
  SessionWindowedKStream: windowed('session'),
  KGroupedStream: {
    cogroup: ({ op }) => op === 'cogroup',
    windowedBy: ({ window }) => window !== undefined,
    count: unwindowed('Count'),
    reduce: unwindowed('Reduce'),
    aggregate: unwindowed('Aggregate'),
  },
  CogroupedKStream: {
    cogroup: ({ op }) => op === 'cogroup',
    windowedBy: ({ op }) => op === 'windowedCogroup',
    aggregate: ({ op }) => op === 'cogroup',
  },
  TimeWindowedCogroupedKStream: {
    aggregate: ({ op, window }) => op === 'windowedCogroup' && (window?.kind === 'time' || window?.kind === 'sliding'),
  },
  SessionWindowedCogroupedKStream: {
    aggregate: ({ op, window }) => op === 'windowedCogroup' && window?.kind === 'session',
  },
  KTable: {
    filter: ({ op }) => op === 'tableFilter',
    filterNot: ({ op }) => op === 'tableFilterNot',
    mapValues: ({ op }) => op === 'tableMapValues',
    ...steps('transformValues', 'toStream'),
    suppress: ({ suppress }) => suppress !== undefined,
    groupBy: ({ op }) => /^table(Count|Reduce|Aggregate)$/.test(op),
    join: ({ op }) => op === 'tableJoin',
    leftJoin: ({ op }) => op === 'tableLeftJoin',
    outerJoin: ({ op }) => op === 'tableOuterJoin',
  },
  KGroupedTable: {
    count: ({ op }) => op === 'tableCount',
    reduce: ({ op }) => op === 'tableReduce',
    aggregate: ({ op }) => op === 'tableAggregate',
  },
}

/** Operators that Java does not have. */
const ourOwn: readonly string[] = ['mapValuesAsync', 'foreachAsync', 'processAsync']

describe('every operator of the DSL', () => {
  const model = readFileSync(new URL('../../src/runtime/dsl/model.ts', import.meta.url), 'utf8')
  const all = everyStep()

  for (const [kind, operators] of operatorsOf(model)) {
    it(`of ${kind} is in programs that Java has run`, () => {
      for (const operator of operators.filter((name) => !ourOwn.includes(name))) {
        const proves = proofs[kind]?.[operator]
        assert.ok(
          proves !== undefined,
          `${kind}.${operator} is in no program: give it a step in test/support and fixtures`,
        )
        assert.ok(all.some(proves), `no program that Java has run calls ${kind}.${operator}`)
      }
    })
  }

  it('meets late records, nulls, tombstones and equal timestamps', () => {
    const inputs = everyProgram().flatMap(({ script = [] }) => script.filter((step) => 'topic' in step))
    assert.ok(inputs.some(({ key }) => key === null) && inputs.some(({ value }) => value === null))
    const paces = inputs.slice(1).map(({ at }, index) => at - (inputs[index]?.at ?? 0))
    assert.ok(paces.some((by) => by === 0) && paces.some((by) => by < 0))
  })
})

function steps(...ops: readonly string[]): Record<string, (step: Step) => boolean> {
  return Object.fromEntries(ops.map((name) => [name, ({ op }: Step) => op === name]))
}

function windowed(...kinds: readonly string[]): Record<string, (step: Step) => boolean> {
  const isOf = ({ window }: Step) => window !== undefined && kinds.includes(window.kind)
  return {
    emit: (step) => isOf(step) && step.window?.onClose === true,
    count: (step) => isOf(step) && step.op.endsWith('Count'),
    reduce: (step) => isOf(step) && step.op.endsWith('Reduce'),
    aggregate: (step) => isOf(step) && step.op.endsWith('Aggregate'),
  }
}

function unwindowed(ending: string): (step: Step) => boolean {
  return ({ op, window }) => window === undefined && /^(key|by)/.test(op) && op.endsWith(ending)
}

/** The methods of each public interface of the DSL, as its source has them. */
function operatorsOf(source: string): readonly (readonly [kind: string, operators: readonly string[]])[] {
  return [...source.matchAll(/^export interface (\w+)<[^{]*\{\n(.*?)^\}/gms)].flatMap(([, kind = '', body = '']) => {
    const names = [...body.matchAll(/^ {2}(\w+)(?:<[^()]*>)?\(/gm)].map(([, name = '']) => name)
    return names.length === 0 ? [] : [[kind, [...new Set(names)]] as const]
  })
}

function everyProgram(): readonly Program[] {
  const folder = new URL('../fixtures/differential/', import.meta.url)
  return readdirSync(folder)
    .filter((file) => !file.startsWith('described'))
    .flatMap((file) => {
      const lines = brotliDecompressSync(readFileSync(new URL(file, folder)))
        .toString('utf8')
        .split('\n')
      return lines.map((line): { program: Program; java: { error?: string } } => JSON.parse(line))
    })
    .flatMap(({ program, java }) => (java.error === undefined ? [program] : []))
}

function everyStep(): readonly Step[] {
  return everyProgram().flatMap((program) => program.steps)
}
