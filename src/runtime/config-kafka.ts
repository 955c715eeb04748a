import { Secret } from '../base/secret.ts'
import type { ClusterAddress } from '../kafka/cluster-address.ts'

export type Env = Readonly<Record<string, string | undefined>>

export interface KafkaVars {
  readonly address: ClusterAddress
  /** What the cluster puts before every topic and group of this tenant; '' on a dedicated plan. */
  readonly prefix: string
}

/** Which attachment: WEIR_KAFKA names it where an app has several. */
const chooser = 'WEIR_KAFKA'

/**
 * Reads the config vars of the app's Kafka: KAFKA_URL and its certificates, or
 * those of an attachment with another name. Mistakes are sentences that say what to set.
 */
export function readKafkaVars(env: Env, mistakes: string[]): KafkaVars | undefined {
  const name = attachmentName(env, mistakes)
  if (name === undefined) return undefined
  const url = env[`${name}_URL`] ?? ''
  const brokers = url.split(',').flatMap((part) => readBroker(part.trim(), `${name}_URL`, mistakes))
  const tls = url.startsWith('kafka+ssl:') ? readCertificates(env, name, mistakes) : undefined
  return {
    address: { brokers, ...(tls !== undefined && { tls }) },
    prefix: env[`${name}_PREFIX`] ?? '',
  }
}

function attachmentName(env: Env, mistakes: string[]): string | undefined {
  const chosen = env[chooser]
  if (chosen !== undefined && chosen !== '') {
    if (isKafkaUrl(env[`${chosen}_URL`])) return chosen
    mistakes.push(`${chooser} is ${chosen}, but ${chosen}_URL is not a Kafka address: set it to the attachment's name`)
    return undefined
  }
  if (isKafkaUrl(env['KAFKA_URL'])) return 'KAFKA'
  const found = Object.keys(env).filter((key) => key.endsWith('_URL') && isKafkaUrl(env[key]))
  const [only] = found
  if (found.length === 1 && only !== undefined) return only.slice(0, -'_URL'.length)
  mistakes.push(
    found.length === 0
      ? 'KAFKA_URL is not set: attach Apache Kafka with `heroku addons:create heroku-kafka` or `heroku addons:attach`'
      : `several Kafka clusters are attached (${found.toSorted().join(', ')}): set ${chooser} to the name of one, without _URL`,
  )
  return undefined
}

function isKafkaUrl(text: string | undefined): boolean {
  return text !== undefined && /^kafka(\+ssl)?:\/\//.test(text)
}

function readBroker(text: string, name: string, mistakes: string[]): readonly string[] {
  const found = /^kafka(?:\+ssl)?:\/\/([^/?#@\s]+:\d+)\/?$/.exec(text)
  if (found?.[1] !== undefined) return [found[1]]
  mistakes.push(`${name} must be addresses like kafka+ssl://host:9096, with commas between them`)
  return []
}

function readCertificates(env: Env, name: string, mistakes: string[]): ClusterAddress['tls'] {
  const read = (part: string): string => {
    const text = env[`${name}_${part}`] ?? ''
    if (!text.includes('-----BEGIN'))
      mistakes.push(`${name}_${part} must be a PEM text, since ${name}_URL asks for TLS`)
    return text
  }
  return {
    trusted: read('TRUSTED_CERT'),
    certificate: read('CLIENT_CERT'),
    key: new Secret(read('CLIENT_CERT_KEY')),
  }
}
