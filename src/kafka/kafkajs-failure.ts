import { fail, ok, type Result } from '../base/result.ts'
import type { StreamFailure } from './stream-failure.ts'

/** Runs one call of kafkajs and tells its error by consequence. Errors of our own code are thrown on. */
export async function attempt<T>(call: () => Promise<T>): Promise<Result<T, StreamFailure>> {
  try {
    return ok(await call())
  } catch (error) {
    return fail(readFailure(error))
  }
}

/** What kafkajs puts on its errors; none of its types says so. */
interface KafkajsError {
  readonly name: string
  readonly message: string
  readonly type: string | undefined
  readonly code: string | undefined
  readonly topic: string | undefined
  readonly partition: number | undefined
  readonly retriable: boolean | undefined
  readonly cause: unknown
}

/** A bug of our own has none of kafkajs's marks: it is thrown again. */
function readFailure(error: unknown): StreamFailure {
  const seen = readError(error)
  if (seen === undefined) throw error
  const kind = seen.type === undefined ? undefined : kinds[seen.type]
  const reason = seen.type === undefined ? seen.message : `${seen.type}: ${seen.message}`
  if (seen.type === 'OFFSET_OUT_OF_RANGE') return outOfRange(seen, reason)
  if (kind !== undefined) return { kind, reason }
  return unknownFailure(seen, reason)
}

/** Kafka's error names (as kafkajs spells them) whose consequence is one of three; the rest is retriable or fatal. */
const kinds: Readonly<Record<string, 'rebalance' | 'fenced' | 'retry' | undefined>> = {
  REBALANCE_IN_PROGRESS: 'rebalance',
  UNKNOWN_MEMBER_ID: 'fenced',
  ILLEGAL_GENERATION: 'fenced',
  FENCED_INSTANCE_ID: 'fenced',
  INVALID_PRODUCER_EPOCH: 'fenced',
  PRODUCER_FENCED: 'fenced',
  OUT_OF_ORDER_SEQUENCE_NUMBER: 'fenced',
  UNKNOWN_PRODUCER_ID: 'fenced',
  NOT_COORDINATOR_FOR_GROUP: 'retry',
  GROUP_COORDINATOR_NOT_AVAILABLE: 'retry',
  GROUP_LOAD_IN_PROGRESS: 'retry',
  UNKNOWN_TOPIC_OR_PARTITION: 'retry',
}

function outOfRange({ topic, partition }: KafkajsError, reason: string): StreamFailure {
  const partitions = topic === undefined || partition === undefined ? [] : [{ topic, partition }]
  return { kind: 'out-of-range', reason, partitions }
}

function unknownFailure(seen: KafkajsError, reason: string): StreamFailure {
  const whatToDo = advice(seen)
  if (whatToDo !== undefined) return { kind: 'fatal', reason, whatToDo }
  return seen.retriable === false && seen.code === undefined
    ? { kind: 'fatal', reason, whatToDo: 'see the reason; the broker refused the request itself' }
    : { kind: 'retry', reason }
}

function advice({ type, code, name, message }: KafkajsError): string | undefined {
  if (type === 'TOPIC_AUTHORIZATION_FAILED')
    return 'the credentials may not use a topic: check that its name carries KAFKA_PREFIX, then run `weir apply`'
  if (type === 'GROUP_AUTHORIZATION_FAILED' || name === 'KafkaJSGroupCoordinatorNotFound')
    return 'the consumer group is not open to these credentials: run `weir apply`, which creates it, and check STREAMS_APPLICATION_ID'
  if (type === 'MESSAGE_TOO_LARGE' || type === 'RECORD_LIST_TOO_LARGE')
    return 'a record is larger than its topic takes: raise max.message.bytes of the topic or write smaller records'
  if (code?.startsWith('ERR_SSL') === true || /certificate|alert/i.test(message))
    return 'TLS was refused: check KAFKA_TRUSTED_CERT, KAFKA_CLIENT_CERT and KAFKA_CLIENT_CERT_KEY'
  return undefined
}

/** The first error in the chain of causes that says a Kafka error name, else the outermost of kafkajs. */
function readError(error: unknown): KafkajsError | undefined {
  const chain = [...causes(error)].flatMap((link) => (isKafkajsError(link) ? [link] : []))
  return chain.find((link) => link.type !== undefined) ?? chain[0]
}

function* causes(error: unknown): Iterable<unknown> {
  for (let link = error; link instanceof Error; link = link.cause) yield link
}

function isKafkajsError(error: unknown): error is KafkajsError {
  return error instanceof Error && (error.name.startsWith('KafkaJS') || 'code' in error)
}
