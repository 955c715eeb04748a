import { markdownTable } from '../markdown-table.ts'
import { median } from '../median.ts'
import { nameOf, type Run } from './cases.ts'
import type { Measured } from './measure.ts'
import type { KeyOrder, Restored } from './restore.ts'

/** What was measured, a round after the other. */
export interface Sides<Measure> {
  readonly ours: readonly Measure[]
  readonly java: readonly Measure[]
}

export interface Compared extends Sides<Measured> {
  readonly run: Run
}

export interface RestoreCompared extends Sides<Restored> {
  readonly order: KeyOrder
}

export interface Report {
  readonly rows: readonly object[]
  readonly markdown: readonly string[]
}

/** The middle of the rounds, side by side, with what is wanted of each ratio. */
export function reportOn(compared: readonly Compared[], restored: readonly RestoreCompared[]): Report {
  const rows = [
    ...compared.map(({ run, ours, java }) => ({
      title: nameOf(run),
      ours: middle(ours),
      java: middle(java),
      wanted: { perCpuSecond: run.what.target, peakBytes: 0.5, firstOutputMs: 0.5 },
      rounds: { ours, java },
    })),
    ...restored.map(restoreRow),
  ]
  const markdown = markdownTable(
    [
      'thousands of records',
      '/s',
      'Java /s',
      '/CPU-s',
      'Java /CPU-s',
      'ratio',
      'wanted',
      'memory',
      'memory ratio',
      'anonymous',
      'start',
    ],
    rows.map(({ title, ours, java, wanted }) => [
      title,
      ...[ours.perSecond, java.perSecond, ours.perCpuSecond, java.perCpuSecond].map(thousands),
      (ours.perCpuSecond / java.perCpuSecond).toFixed(2),
      `≥ ${wanted.perCpuSecond.toFixed(1)}`,
      `${mebibytes(ours.peakBytes)} / ${mebibytes(java.peakBytes)} MiB`,
      (ours.peakBytes / java.peakBytes).toFixed(2),
      `${mebibytes(ours.peakAnonymousBytes)} / ${mebibytes(java.peakAnonymousBytes)} MiB`,
      ours.firstOutputMs === 0 ? '' : `${seconds(ours.firstOutputMs)} / ${seconds(java.firstOutputMs)} s`,
    ]),
  )
  return { rows, markdown }
}

export const titleOfRestore = (order: KeyOrder): string => `restore, ${order}, plaintext`

function restoreRow({ order, ...restored }: RestoreCompared) {
  const [ours, java] = [restored.ours, restored.java].map((rounds) =>
    rounds.map((round): Measured => ({ ...round, firstOutputMs: 0 })),
  )
  return {
    title: titleOfRestore(order),
    ours: middle(ours ?? []),
    java: middle(java ?? []),
    wanted: { perCpuSecond: 1.5, peakBytes: 0.5, firstOutputMs: 0.5 },
    rounds: restored,
  }
}

function middle(rounds: readonly Measured[]): Measured {
  const of = (key: keyof Measured): number => median(rounds.map((round) => round[key]))
  return {
    perSecond: of('perSecond'),
    perCpuSecond: of('perCpuSecond'),
    peakBytes: of('peakBytes'),
    peakAnonymousBytes: of('peakAnonymousBytes'),
    firstOutputMs: Math.round(of('firstOutputMs')),
  }
}

const thousands = (count: number): string => String(Math.round(count / 1000))
const mebibytes = (bytes: number): string => String(Math.round(bytes / 2 ** 20))
const seconds = (ms: number): string => (ms / 1000).toFixed(1)
