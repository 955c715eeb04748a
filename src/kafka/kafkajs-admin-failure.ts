import type { KafkaFailure } from './admin.ts'

/** What was asked, for the message: `the group yukon-12345.word-count`. */
export interface Asked {
  readonly brokers: readonly string[]
  readonly about: string
}

/**
 * What an error of kafkajs means for the operator, or undefined for one that
 * is none of the cluster's: a bug of ours, to be thrown.
 */
export function readAdminFailure(error: unknown, asked: Asked): KafkaFailure | undefined {
  const chain = [...causes(error)]
  if (chain.some(isRefusedRight)) return unauthorised(asked)
  if (chain.some(isCertificateTrouble)) return certificateRefused(asked, reasonOf(chain))
  return chain.some(isKafkajsError) ? noAnswer(asked, reasonOf(chain)) : undefined
}

export const noAnswer = ({ brokers, about }: Asked, reason: string): KafkaFailure => ({
  kind: 'unreachable',
  message:
    `Kafka at ${brokers.join(', ')} did not answer about ${about}: ${reason}. ` +
    'Check that the cluster is up (heroku kafka:info) and that this machine can reach it',
})

const unauthorised = ({ about }: Asked): KafkaFailure => ({
  kind: 'unauthorised',
  message:
    `Kafka refuses ${about} to these credentials. On a basic plan names must carry KAFKA_PREFIX, and a consumer group ` +
    'must have been created first: weir apply does both, or heroku kafka:consumer-groups:create',
})

export const certificateRefused = ({ brokers }: Asked, reason: string): KafkaFailure => ({
  kind: 'certificate',
  message:
    `TLS with Kafka at ${brokers.join(', ')} was refused: ${reason}. KAFKA_TRUSTED_CERT, KAFKA_CLIENT_CERT and ` +
    'KAFKA_CLIENT_CERT_KEY must be those of this cluster, unbroken; after heroku kafka:credentials --reset take the new ones',
})

function* causes(error: unknown): Iterable<Error> {
  for (let link = error; link instanceof Error; link = link.cause) yield link
}

/** Error names of the protocol, as kafkajs spells them. */
const isRefusedRight = (error: Error): boolean =>
  ('type' in error && String(error.type).endsWith('_AUTHORIZATION_FAILED')) ||
  // kafkajs drops the broker's GROUP_AUTHORIZATION_FAILED here; where the coordinator is only late, it retries first.
  error.name === 'KafkaJSGroupCoordinatorNotFound'

/** Codes of Node's TLS (`tls.TLSSocket#authorizationError`) and of OpenSSL: a chain that is not trusted, or an alert. */
const certificateCode = /^ERR_(?:SSL|TLS|OSSL)_|CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ISSUER/

const isCertificateTrouble = (error: Error): boolean =>
  ('code' in error && certificateCode.test(String(error.code))) ||
  /alert (?:number \d+|bad certificate|unknown ca|certificate)|self-signed certificate/i.test(error.message)

const isKafkajsError = (error: Error): boolean => error.name.startsWith('KafkaJS') || 'syscall' in error

/** The innermost says what happened; the outer ones that it was tried several times. OpenSSL adds where in its source. */
const reasonOf = (chain: readonly Error[]): string =>
  (chain.at(-1)?.message ?? 'no reason given').replace(
    /[0-9A-F]+:error:[0-9A-F]+:[^:]*:[^:]*:(?<alert>[^:]*):[^]*$/,
    '$<alert>',
  )
