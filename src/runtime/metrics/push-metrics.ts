import { readFile } from 'node:fs/promises'
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { gzipSync } from 'node:zlib'
import type { Clock } from '../../base/clock.ts'
import type { OtlpVars } from '../config-otlp.ts'
import type { ThreadLog } from '../thread/thread-world.ts'
import type { MetricValue } from './metric.ts'
import { OtlpBody, type Resource } from './otlp.ts'

/** How long the last push may take: a dyno that is told to stop has 30 s for everything. */
const lastPushMs = 2_000

export interface Pushing {
  /** Pushes once more, and ends. */
  close(): Promise<void>
}

export interface PushedFrom {
  readonly values: () => readonly MetricValue[]
  readonly resource: Resource
  readonly version: string
  readonly clock: Clock
  readonly log: ThreadLog
}

/**
 * Pushes metrics over OTLP/HTTP now and then, in JSON. A push that fails is not repeated, since the next one says more; that it
 * fails is told once, and that it works again. It needs no package: OpenTelemetry's own keeps some 37 MB of a dyno
 * (resident, measured with Node 24), and would go on showing tasks that went elsewhere.
 */
export function startPushing(vars: OtlpVars, { values, resource, version, clock, log }: PushedFrom): Pushing {
  const body = new OtlpBody(resource, version, clock.now())
  const stopping = new AbortController()
  let isFailing = false
  const authorities = readAuthorities(vars.trusted)
  const push = async (timeoutMs: number): Promise<void> => {
    const refusal = await post(vars, await authorities, {
      json: JSON.stringify(body.of(values(), clock.now())),
      timeoutMs,
    })
    const to = vars.url.host
    if (refusal !== undefined && !isFailing) log.warn({ to, reason: refusal }, 'metrics could not be pushed')
    if (refusal === undefined && isFailing) log.info({ to }, 'metrics are pushed again')
    isFailing = refusal !== undefined
  }
  const pushing = (async () => {
    for (;;) {
      await clock.sleep(vars.everyMs, stopping.signal)
      if (stopping.signal.aborted) return push(Math.min(lastPushMs, vars.timeoutMs))
      await push(vars.timeoutMs)
    }
  })()
  return {
    close: () => {
      stopping.abort()
      return pushing
    },
  }
}

interface Authorities {
  /** PEM; undefined: those that Node knows. */
  readonly ca: string | undefined
  /** Why there are none, though some were named. */
  readonly missing?: string
}

/** OpenTelemetry names a file; a dyno has config vars instead, so the text itself will do. */
async function readAuthorities(trusted: string | undefined): Promise<Authorities> {
  if (trusted === undefined || trusted.startsWith('-----BEGIN')) return { ca: trusted }
  try {
    return { ca: await readFile(trusted, 'utf8') }
  } catch {
    return { ca: undefined, missing: `OTEL_EXPORTER_OTLP_CERTIFICATE names ${trusted}, which cannot be read` }
  }
}

interface Push {
  readonly json: string
  readonly timeoutMs: number
}

/** Why it did not arrive; undefined: it did. */
function post(vars: OtlpVars, { ca, missing }: Authorities, { json, timeoutMs }: Push): Promise<string | undefined> {
  if (missing !== undefined) return Promise.resolve(missing)
  const { url, headers, isCompressed } = vars
  const bytes = isCompressed ? gzipSync(json) : Buffer.from(json)
  const { promise, resolve } = Promise.withResolvers<string | undefined>()
  const options = {
    method: 'POST',
    signal: AbortSignal.timeout(timeoutMs),
    headers: {
      ...Object.fromEntries([...headers].map(([name, value]) => [name, value.reveal()])),
      'content-type': 'application/json',
      'content-length': bytes.length,
      ...(isCompressed && { 'content-encoding': 'gzip' }),
    },
  }
  const request =
    url.protocol === 'https:'
      ? requestHttps(url, ca === undefined ? options : { ...options, ca })
      : requestHttp(url, options)
  request.on('error', (error) => resolve(whyNot(error, timeoutMs)))
  request.on('response', (response) => {
    const { statusCode = 0 } = response
    response.on('error', (error) => resolve(error.message))
    response.on('end', () => resolve(statusCode >= 200 && statusCode < 300 ? undefined : `it answered ${statusCode}`))
    response.resume()
  })
  request.end(bytes)
  return promise
}

/** OpenSSL's words for a chain that ends at nobody we know (X509_V_ERR_…, as Node writes them). */
const untrusted: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])

function whyNot(error: Error, timeoutMs: number): string {
  if (error.name === 'AbortError') return `no answer within ${timeoutMs} ms`
  const code = 'code' in error ? String(error.code) : ''
  if (untrusted.has(code))
    return `nobody we trust has signed its certificate (${code}): set OTEL_EXPORTER_OTLP_CERTIFICATE to the certificate of who did, as a file or as text`
  return error.message
}
