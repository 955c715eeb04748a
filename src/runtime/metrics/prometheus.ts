import type { MetricValue } from './metric.ts'

/**
 * Metrics as Prometheus reads them (text exposition format 0.0.4), named as the JMX exporter names Kafka's own by
 * default: `kafka_streams_stream_thread_metrics_process_rate{thread_id="…"}`. A text is a label of a constant 1.
 */
export function renderPrometheus(values: readonly MetricValue[]): string {
  const byName = Map.groupBy(values, prometheusName)
  return [...byName]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, samples]) => {
      const type = isCounter(samples[0]) ? 'counter' : 'gauge'
      return `# TYPE ${name} ${type}\n${samples.map((each) => sample(name, each)).join('')}`
    })
    .join('')
}

export function prometheusName({ group, name }: MetricValue): string {
  return underscored(`kafka_streams_${group}_${name}`)
}

/** It only grows, for as long as what it is of stays open. */
export function isCounter(metric: MetricValue | undefined): boolean {
  return metric !== undefined && metric.name.endsWith('-total') && !metric.name.startsWith('restore-remaining')
}

/** What distinguishes a value from others of its name, and the value; a text is among the former. */
export function labelsOf({ tags, value, name }: MetricValue): {
  readonly labels: Readonly<Record<string, string>>
  readonly number: number
} {
  const isText = typeof value === 'string'
  const labels = Object.entries(isText ? { ...tags, [name]: value } : tags)
  return {
    labels: Object.fromEntries(labels.map(([label, content]) => [underscored(label), content])),
    number: isText ? 1 : value,
  }
}

function sample(name: string, metric: MetricValue): string {
  const { labels, number } = labelsOf(metric)
  const text = Object.entries(labels)
    .map(([label, content]) => `${label}="${escaped(content)}"`)
    .join(',')
  return `${name}{${text}} ${number}\n`
}

function underscored(text: string): string {
  return text.replaceAll(/\W/g, '_')
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
