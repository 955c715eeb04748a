import { markdownTable } from '../markdown-table.ts'

export interface Row {
  readonly what: string
  readonly unit: '/s' | 'ms' | 'KiB'
  /** Of ours in terms of the genuine server's. */
  readonly wanted: string
  readonly ours: Side | undefined
  readonly genuine: Side | undefined
}

export interface Side {
  /** The median of the rounds. */
  readonly value: number
  readonly rounds: readonly number[]
  readonly cpuMs?: number
  readonly p99Ms?: number
}

export function tableOf(rows: readonly Row[]): readonly string[] {
  return markdownTable(
    ['what', 'ours', 'genuine', 'ratio', 'wanted', 'CPU-ms each, ours', 'genuine', 'p99 ms, ours', 'genuine'],
    rows.map(({ what, unit, wanted, ours, genuine }) => [
      `${what}, ${unit}`,
      shown(ours?.value),
      shown(genuine?.value),
      ours === undefined || genuine === undefined ? '' : (ours.value / genuine.value).toFixed(2),
      wanted,
      ...[ours?.cpuMs, genuine?.cpuMs, ours?.p99Ms, genuine?.p99Ms].map(shown),
    ]),
  )
}

function shown(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return ''
  return value >= 100 ? value.toFixed(0) : value.toFixed(1)
}
