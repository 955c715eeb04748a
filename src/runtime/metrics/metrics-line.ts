import type { MetricValue } from './metric.ts'

type Line = Readonly<Record<string, readonly Readonly<Record<string, string | number>>[]>>

/**
 * Metrics as the fields of one log line: by group, one object for each set of tags. What has no value yet is left out,
 * and so is the description of the topology, which is long and never changes.
 */
export function metricsLine(values: readonly MetricValue[]): Line {
  const told = values.filter(({ name, value }) => name !== 'topology-description' && !Number.isNaN(value))
  const byGroup = Map.groupBy(told, ({ group }) => group)
  return Object.fromEntries([...byGroup].map(([group, all]) => [group, byTags(all)]))
}

function byTags(values: readonly MetricValue[]): Line[string] {
  const alike = Map.groupBy(values, ({ tags }) => JSON.stringify(tags))
  return [...alike.values()].map((all) =>
    Object.assign({}, all[0]?.tags, ...all.map(({ name, value }) => ({ [name]: rounded(value) }))),
  )
}

function rounded(value: number | string): number | string {
  return typeof value === 'string' ? value : Math.round(value * 1000) / 1000
}
