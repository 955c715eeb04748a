import type { MetricValue } from './metric.ts'

/**
 * Metrics as Prometheus reads them (text exposition format 0.0.4), named as the JMX exporter names Kafka's own by
 * default: `kafka_streams_stream_thread_metrics_process_rate{thread_id="…"}`. A text is a label of a constant 1.
 */
export function renderPrometheus(values: readonly MetricValue[]): string {
  const byName = Map.groupBy(values, prometheusName)
  return [...byName]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(
      ([name, samples]) => `# TYPE ${name} ${typeOf(samples)}\n${samples.map((each) => sample(name, each)).join('')}`,
    )
    .join('')
}

function prometheusName({ group, name }: MetricValue): string {
  return underscored(`kafka_streams_${group}_${name}`)
}

function typeOf([first]: readonly MetricValue[]): 'counter' | 'gauge' {
  const isCounter = first !== undefined && first.name.endsWith('-total') && !first.name.startsWith('restore-remaining')
  return isCounter ? 'counter' : 'gauge'
}

function sample(name: string, { tags, value, name: metric }: MetricValue): string {
  const isText = typeof value === 'string'
  const labels = Object.entries(isText ? { ...tags, [metric]: value } : tags)
  const text = labels.map(([label, content]) => `${underscored(label)}="${escaped(content)}"`).join(',')
  return `${name}{${text}} ${isText ? 1 : value}\n`
}

function underscored(text: string): string {
  return text.replaceAll(/\W/g, '_')
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
