import type { MetricValue } from './metric.ts'
import { isCounter, labelsOf, prometheusName } from './prometheus.ts'

/** Who sends: OpenTelemetry's resource attributes, `service.name` among them. */
export type Resource = Readonly<Record<string, string>>

interface Series {
  readonly startMs: number
  readonly last: number
}

/** `AGGREGATION_TEMPORALITY_CUMULATIVE` */
const cumulative = 2

/**
 * Metrics as the body of an OTLP push, in JSON (OpenTelemetry Protocol 1.x, `ExportMetricsServiceRequest`). Names are those
 * that Prometheus is told, so that a dashboard serves both ways. Left out: what has no value yet, and the description of the
 * topology, which is long and never changes.
 *
 * What is counted says since when. A task that comes back counts from zero, and its series begins anew.
 */
export class OtlpBody {
  readonly #resource: Resource
  readonly #version: string
  #counted: ReadonlyMap<string, Series> = new Map()
  /** When the body before was made: what is new has begun since. */
  #beforeMs: number

  constructor(resource: Resource, version: string, nowMs: number) {
    this.#resource = resource
    this.#version = version
    this.#beforeMs = nowMs
  }

  of(values: readonly MetricValue[], nowMs: number): object {
    const told = values.filter(({ name, value }) => name !== 'topology-description' && !Number.isNaN(value))
    const before = this.#counted
    const counted = new Map<string, Series>()
    const startOf = (each: MetricValue): number => {
      const key = JSON.stringify([each.group, each.name, each.tags])
      const value = Number(each.value)
      const known = before.get(key)
      const startMs = known !== undefined && value >= known.last ? known.startMs : this.#beforeMs
      counted.set(key, { startMs, last: value })
      return startMs
    }
    const byName = Map.groupBy(told, prometheusName)
    const metrics = [...byName].map(([name, all]) =>
      isCounter(all[0])
        ? {
            name,
            sum: {
              aggregationTemporality: cumulative,
              isMonotonic: true,
              dataPoints: all.map((each) => point(each, nowMs, startOf(each))),
            },
          }
        : { name, gauge: { dataPoints: all.map((each) => point(each, nowMs)) } },
    )
    this.#counted = counted
    this.#beforeMs = nowMs
    const scope = { name: 'weirkeeper', version: this.#version }
    return {
      resourceMetrics: [{ resource: { attributes: attributes(this.#resource) }, scopeMetrics: [{ scope, metrics }] }],
    }
  }
}

function point(each: MetricValue, nowMs: number, startMs?: number) {
  const { labels, number } = labelsOf(each)
  return {
    attributes: attributes(labels),
    ...(startMs !== undefined && { startTimeUnixNano: nanos(startMs) }),
    timeUnixNano: nanos(nowMs),
    asDouble: number,
  }
}

function attributes(of: Readonly<Record<string, string>>) {
  return Object.entries(of).map(([key, stringValue]) => ({ key, value: { stringValue } }))
}

/** A 64-bit number is text in protobuf's JSON. */
function nanos(ms: number): string {
  return `${Math.round(ms)}000000`
}
