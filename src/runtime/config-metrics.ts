import type { Env } from './config-kafka.ts'
import { readOtlpVars, type OtlpVars } from './config-otlp.ts'

export interface MetricsVars {
  readonly metricsPort: number | undefined
  readonly metricsHost: string
  readonly metricsLogSeconds: number
  /** Undefined: nothing is pushed. */
  readonly otlp: OtlpVars | undefined
  /** Somebody hears what threads report; else they report nothing. */
  readonly isWatched: boolean
}

/** Where metrics go. They are our own config vars, and OpenTelemetry's: Kafka Streams leaves all this to JMX. */
export function readMetricsVars(env: Env, mistakes: string[]): MetricsVars {
  const port = readWhole(env, 'WEIR_METRICS_PORT', { most: 65_535, mistakes })
  const seconds = readWhole(env, 'WEIR_METRICS_LOG_SECONDS', { most: 86_400, mistakes }) ?? 0
  const host = env['WEIR_METRICS_HOST'] ?? ''
  const otlp = readOtlpVars(env, mistakes)
  return {
    metricsPort: port,
    metricsHost: host === '' ? '127.0.0.1' : host,
    metricsLogSeconds: seconds,
    otlp,
    isWatched: port !== undefined || seconds > 0 || otlp !== undefined,
  }
}

function readWhole(
  env: Env,
  name: string,
  { most, mistakes }: { readonly most: number; readonly mistakes: string[] },
): number | undefined {
  const text = env[name]?.trim() ?? ''
  if (text === '') return undefined
  const value = Number(text)
  if (/^\d+$/.test(text) && value <= most) return value
  mistakes.push(`${name} is ${text}: set it to a whole number from 0 to ${most}`)
  return undefined
}
