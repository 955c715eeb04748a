import { Secret } from '../base/secret.ts'
import type { Env } from './config-kafka.ts'

/** Where metrics are pushed to, and how: OpenTelemetry's own config vars ("OTLP Exporter Configuration", "SDK Configuration"). */
export interface OtlpVars {
  readonly url: URL
  readonly headers: ReadonlyMap<string, Secret>
  readonly everyMs: number
  /** Of one push. */
  readonly timeoutMs: number
  readonly isCompressed: boolean
  /** Whom to trust in place of the authorities that Node knows: PEM text, or the path of a file with it. */
  readonly trusted: string | undefined
  readonly serviceName: string | undefined
  readonly resource: ReadonlyMap<string, string>
}

/** Undefined where no endpoint is named: nothing is pushed. */
export function readOtlpVars(env: Env, mistakes: string[]): OtlpVars | undefined {
  const url = readEndpoint(env, mistakes)
  if (url === undefined) return undefined
  refuseProtocol(env, mistakes)
  return {
    url: withoutCredentials(url),
    headers: readHeaders(env, url, mistakes),
    everyMs: readMs(env, ['OTEL_METRIC_EXPORT_INTERVAL'], 60_000, mistakes),
    timeoutMs: readMs(env, ['OTEL_EXPORTER_OTLP_METRICS_TIMEOUT', 'OTEL_EXPORTER_OTLP_TIMEOUT'], 10_000, mistakes),
    isCompressed:
      first(env, ['OTEL_EXPORTER_OTLP_METRICS_COMPRESSION', 'OTEL_EXPORTER_OTLP_COMPRESSION'])[1] === 'gzip',
    trusted: first(env, ['OTEL_EXPORTER_OTLP_METRICS_CERTIFICATE', 'OTEL_EXPORTER_OTLP_CERTIFICATE'])[1] || undefined,
    serviceName: env['OTEL_SERVICE_NAME']?.trim() || undefined,
    resource: readPairs(env, 'OTEL_RESOURCE_ATTRIBUTES', mistakes),
  }
}

/** The endpoint of metrics is taken as it is; that of all signals has `/v1/metrics` added. */
function readEndpoint(env: Env, mistakes: string[]): URL | undefined {
  const [name, text] = first(env, ['OTEL_EXPORTER_OTLP_METRICS_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'])
  if (text === '') return undefined
  const whole = name === 'OTEL_EXPORTER_OTLP_ENDPOINT' ? `${text.replace(/\/+$/, '')}/v1/metrics` : text
  const url = URL.parse(whole)
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url
  mistakes.push(`${name} is no address: set it to one that begins with http:// or https://`)
  return undefined
}

function withoutCredentials(url: URL): URL {
  const bare = new URL(url)
  bare.username = ''
  bare.password = ''
  return bare
}

/** Keys of somebody's account, as a rule. Those for metrics win over those for all signals, and both over a name in the address. */
function readHeaders(env: Env, { username, password }: URL, mistakes: string[]): ReadonlyMap<string, Secret> {
  const basic = Buffer.from(`${decoded(username) ?? ''}:${decoded(password) ?? ''}`).toString('base64')
  const all = [
    ...(username === '' ? [] : [['authorization', `Basic ${basic}`] as const]),
    ...readPairs(env, 'OTEL_EXPORTER_OTLP_HEADERS', mistakes),
    ...readPairs(env, 'OTEL_EXPORTER_OTLP_METRICS_HEADERS', mistakes),
  ]
  return new Map(all.map(([name, value]) => [name.toLowerCase(), new Secret(value)]))
}

function refuseProtocol(env: Env, mistakes: string[]): void {
  const [name, text] = first(env, ['OTEL_EXPORTER_OTLP_METRICS_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL'])
  if (text === 'grpc')
    mistakes.push(
      `${name} is grpc: only OTLP over HTTP is built: set it to http/json, and the endpoint to the port for HTTP`,
    )
}

/** The first that is set, and its name. */
function first(env: Env, names: readonly [string, ...string[]]): readonly [name: string, text: string] {
  const name = names.find((each) => (env[each]?.trim() ?? '') !== '') ?? names[0]
  return [name, env[name]?.trim() ?? '']
}

function readMs(env: Env, names: readonly [string, ...string[]], fallback: number, mistakes: string[]): number {
  const [name, text] = first(env, names)
  if (text === '') return fallback
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= 1 && value < 2 ** 31) return value
  mistakes.push(`${name} is ${text}: set it to a whole number of milliseconds, 1 or more`)
  return fallback
}

/** `key=value,key=value`, percent-encoded, as W3C Baggage writes it. Values may be secrets: a mistake does not repeat them. */
function readPairs(env: Env, name: string, mistakes: string[]): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>()
  for (const part of (env[name] ?? '').split(',')) {
    if (part.trim() === '') continue
    const at = part.indexOf('=')
    const key = decoded(part.slice(0, Math.max(at, 0)).trim())
    const value = decoded(part.slice(at + 1).trim())
    if (key === undefined || key === '' || value === undefined)
      mistakes.push(
        `${name} has a part that is not key=value: write key=value,key=value, with %-codes for what is not plain`,
      )
    else pairs.set(key, value)
  }
  return pairs
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined // told by the caller, by the name of the var
  }
}
