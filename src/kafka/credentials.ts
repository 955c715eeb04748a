import { fail, ok, type Result } from '../base/result.ts'
import { Secret } from '../base/secret.ts'
import type { ClusterAddress } from './cluster-address.ts'

/**
 * Reads a cluster's address from config vars, as Heroku names them after the
 * attachment: `KAFKA_URL`, `KAFKA_TRUSTED_CERT`, `KAFKA_CLIENT_CERT` and
 * `KAFKA_CLIENT_CERT_KEY` for `KAFKA`. The URL is a list of `kafka+ssl://host:port`, or `kafka://host:port` for
 * plaintext. Reports everything that is wrong.
 */
export function readClusterAddress(
  vars: Readonly<Record<string, string | undefined>>,
  attachment: string,
): Result<ClusterAddress, readonly string[]> {
  const mistakes: string[] = []
  const url = `${attachment}_URL`
  const parts = (vars[url] ?? '').split(',').filter((part) => part.trim() !== '')
  if (parts.length === 0) mistakes.push(`${url} is not set: attach a Kafka add-on as ${attachment}`)
  const brokers = parts.map(parseBroker)
  if (brokers.includes(undefined)) mistakes.push(`${url} must be a comma-separated list of kafka+ssl://host:port`)
  const schemes = new Set(brokers.map((broker) => broker?.scheme))
  if (schemes.size > 1 && !schemes.has(undefined)) mistakes.push(`${url} mixes kafka:// and kafka+ssl://`)
  const pem = (suffix: string): string => {
    const text = vars[`${attachment}_${suffix}`] ?? ''
    if (schemes.has('kafka+ssl') && !text.includes('-----BEGIN ')) {
      mistakes.push(`${attachment}_${suffix} must hold PEM text, beginning with -----BEGIN`)
    }
    return text
  }
  const tls = { trusted: pem('TRUSTED_CERT'), certificate: pem('CLIENT_CERT'), key: new Secret(pem('CLIENT_CERT_KEY')) }
  if (mistakes.length > 0) return fail(mistakes)
  const addresses = brokers.flatMap((broker) => (broker === undefined ? [] : [broker.address]))
  return ok(schemes.has('kafka+ssl') ? { brokers: addresses, tls } : { brokers: addresses })
}

function parseBroker(text: string): { scheme: string; address: string } | undefined {
  const { scheme, host, port } =
    /^(?<scheme>kafka|kafka\+ssl):\/\/(?<host>[^\s:/,]+):(?<port>\d+)$/.exec(text.trim())?.groups ?? {}
  return scheme === undefined || host === undefined || port === undefined
    ? undefined
    : { scheme, address: `${host}:${port}` }
}
