import type { Env } from './config-kafka.ts'

export interface MetricsVars {
  readonly metricsPort: number | undefined
  readonly metricsHost: string
  readonly metricsLogSeconds: number
}

/** Where metrics go. They are our own config vars: Kafka Streams leaves all this to JMX. */
export function readMetricsVars(env: Env, mistakes: string[]): MetricsVars {
  const port = readWhole(env, 'WEIR_METRICS_PORT', { most: 65_535, mistakes })
  const seconds = readWhole(env, 'WEIR_METRICS_LOG_SECONDS', { most: 86_400, mistakes })
  const host = env['WEIR_METRICS_HOST'] ?? ''
  return { metricsPort: port, metricsHost: host === '' ? '127.0.0.1' : host, metricsLogSeconds: seconds ?? 0 }
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
