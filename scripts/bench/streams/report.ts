import { markdownTable } from '../markdown-table.ts'
import { median } from '../median.ts'
import { nameOf, type Run } from './cases.ts'
import type { Measured } from './measure.ts'

export interface Compared {
  readonly run: Run
  readonly ours: readonly Measured[]
  readonly java: readonly Measured[]
}

export interface Report {
  readonly rows: readonly object[]
  readonly markdown: readonly string[]
}

/** The middle of the rounds, side by side, with what is wanted of each ratio. */
export function reportOn(compared: readonly Compared[]): Report {
  const rows = compared.map(({ run, ours, java }) => ({
    case: run.what.name,
    guarantee: run.guarantee,
    way: run.way,
    ours: middle(ours),
    java: middle(java),
    wanted: { perCpuSecond: run.what.target, peakBytes: 0.5, firstOutputMs: 0.5 },
    rounds: { ours, java },
  }))
  const markdown = markdownTable(
    ['thousands of records', '/s', 'Java /s', '/CPU-s', 'Java /CPU-s', 'ratio', 'wanted', 'memory', 'start'],
    rows.map(({ ours, java, wanted }, index) => [
      compared[index] === undefined ? '' : nameOf(compared[index].run),
      ...[ours.perSecond, java.perSecond, ours.perCpuSecond, java.perCpuSecond].map(thousands),
      (ours.perCpuSecond / java.perCpuSecond).toFixed(2),
      `≥ ${wanted.perCpuSecond.toFixed(1)}`,
      `${mebibytes(ours.peakBytes)} / ${mebibytes(java.peakBytes)} MiB`,
      `${seconds(ours.firstOutputMs)} / ${seconds(java.firstOutputMs)} s`,
    ]),
  )
  return { rows, markdown }
}

function middle(rounds: readonly Measured[]): Measured {
  const of = (key: keyof Measured): number => median(rounds.map((round) => round[key]))
  return {
    perSecond: of('perSecond'),
    perCpuSecond: of('perCpuSecond'),
    peakBytes: of('peakBytes'),
    firstOutputMs: Math.round(of('firstOutputMs')),
  }
}

const thousands = (count: number): string => String(Math.round(count / 1000))
const mebibytes = (bytes: number): string => String(Math.round(bytes / 2 ** 20))
const seconds = (ms: number): string => (ms / 1000).toFixed(1)
