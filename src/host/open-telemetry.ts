import type { Meter } from '@opentelemetry/api'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources'
import { MeterProvider, PeriodicExportingMetricReader, type IMetricReader } from '@opentelemetry/sdk-metrics'

export interface Telemetry {
  readonly meter: Meter
  /** Everything as it is now, in Prometheus' text format 0.0.4. */
  readonly prometheus: () => Promise<string>
  readonly close: () => Promise<void>
}

/**
 * One set of instruments, read in two ways: as Prometheus' text, and pushed over OTLP where
 * `OTEL_EXPORTER_OTLP_ENDPOINT` says whereto, as a dyno without an inbound port needs it. The exporter reads that and its
 * other settings (`OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_METRIC_EXPORT_INTERVAL`) by itself: OpenTelemetry, "OTLP Exporter
 * Configuration".
 */
export function openTelemetry(service: string, env: Readonly<Record<string, string | undefined>>): Telemetry {
  const pull = new PrometheusExporter({ preventServerStart: true })
  const resource = defaultResource().merge(
    resourceFromAttributes({ 'service.name': env['OTEL_SERVICE_NAME'] ?? service }),
  )
  const provider = new MeterProvider({ resource, readers: [pull, ...pushing(env)] })
  const serializer = new PrometheusSerializer('', false, undefined, true, true)
  return {
    meter: provider.getMeter(service),
    prometheus: async () => {
      const { resourceMetrics } = await pull.collect()
      return serializer.serialize(resourceMetrics)
    },
    close: () => provider.shutdown(),
  }
}

function pushing(env: Readonly<Record<string, string | undefined>>): IMetricReader[] {
  const [all, metrics] = [env['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? '', env['OTEL_EXPORTER_OTLP_METRICS_ENDPOINT'] ?? '']
  if (all === '' && metrics === '') return []
  const everyMs = Number(env['OTEL_METRIC_EXPORT_INTERVAL'] ?? '60000')
  const timeout = Math.min(everyMs, 30_000)
  return [
    new PeriodicExportingMetricReader({
      exporter: new OTLPMetricExporter({ timeoutMillis: timeout }),
      exportIntervalMillis: everyMs,
      exportTimeoutMillis: timeout,
    }),
  ]
}
