import type { RecordHeader } from '../../kafka/record.ts'
import type { ErrorAnswer, ErrorHandling, FailedProduction, FailedRecord, UnreadRecord } from './error-plan.ts'
import type { TaskContext } from './task-context.ts'

/** A failure that a handler has seen and let stand. */
class HandledFailure extends Error {
  override readonly name = 'HandledFailure'
}

/** A record that cannot be read, before its turn: the context still is another's. Throws unless it is to be skipped. */
export function handleUnreadable(context: TaskContext, record: UnreadRecord, source: string, error: unknown): void {
  const { errors, taskId } = context.facts
  if (errors.deserialization === undefined && errors.deadLetterTopic === undefined) throw error
  const failed = { ...record, node: source, taskId }
  const decision = settle(context, failed, error, () => errors.deserialization?.(failed, error) ?? 'fail')
  if (decision === 'fail') throw new HandledFailure(`deserialization failed in ${source}`, { cause: error })
}

/** Asks the handler, writes dead letters, and throws unless the task is to go on. */
export function handleFailure(
  context: TaskContext,
  kind: 'deserialization' | 'processing',
  node: string,
  error: unknown,
): void {
  if (error instanceof HandledFailure) throw error
  const failed = failedRecord(context, node)
  const handler = context.facts.errors[kind]
  const decision = settle(context, failed, error, () => handler?.(failed, error) ?? 'fail')
  if (decision === 'fail') throw new HandledFailure(`${kind} failed in ${node}`, { cause: error })
}

/** Does what no guard stands before: a timer's call, or what follows an answer. */
export function guarded(context: TaskContext, node: string, work: () => void): void {
  try {
    work()
  } catch (error) {
    const { processing, deadLetterTopic } = context.facts.errors
    if (processing === undefined && deadLetterTopic === undefined) throw error
    handleFailure(context, 'processing', node, error)
  }
}

/**
 * A record that cannot be written. Where the handler lets that stand, the error is one like any other to the
 * processor that made the record: its own handler is asked next, as in Kafka Streams.
 */
export function handleProductionFailure(
  context: TaskContext,
  node: string,
  { target, origin }: Pick<FailedProduction, 'target' | 'origin'>,
  error: unknown,
): void {
  const failed = { ...failedRecord(context, node), target, origin }
  const handler = context.facts.errors.production
  const decision = settle(context, failed, error, () => handler?.(failed, error) ?? 'fail')
  if (decision === 'fail') throw new Error(`${node} could not write to ${target} (${origin})`, { cause: error })
}

export function failedRecord(context: TaskContext, node: string): FailedRecord {
  const { topic, partition, offset, timestamp, headers, raw } = context
  const { taskId } = context.facts
  return {
    topic: offset < 0 ? null : topic,
    partition,
    offset,
    timestamp,
    headers,
    rawKey: raw.key,
    rawValue: raw.value,
    node,
    taskId,
  }
}

function settle(context: TaskContext, failed: FailedRecord, error: unknown, ask: () => ErrorAnswer) {
  const { decision, deadLetters } = judge(context, failed, error, ask)
  for (const letter of deadLetters) context.facts.collector.send({ ...letter, partition: null })
  if (decision === 'continue') noteSkipped(context, failed, error)
  return decision
}

/** The handler's word, with the dead letters that it means; no handler: the failure stands. */
export function judge(
  context: TaskContext,
  failed: FailedRecord,
  error: unknown,
  ask: (errors: ErrorHandling) => ErrorAnswer | undefined,
) {
  const { errors } = context.facts
  return whole(
    askSafely(failed, () => ask(errors) ?? 'fail'),
    errors.deadLetterTopic,
    failed,
    error,
  )
}

export function noteSkipped(
  context: TaskContext,
  { topic, partition, offset, node }: FailedRecord,
  error: unknown,
): void {
  context.facts.log('warn', 'Skipping record due to an error', { topic, partition, offset, node, error: String(error) })
  context.droppedRecords++
}

/** A handler that fails is asked no second time. */
function askSafely(failed: FailedRecord, ask: () => ErrorAnswer): ErrorAnswer {
  try {
    return ask()
  } catch (cause) {
    throw new HandledFailure(`the error handler failed, asked for ${failed.node}`, { cause })
  }
}

function whole(answer: ErrorAnswer, topic: string | undefined, failed: FailedRecord, error: unknown) {
  if (typeof answer === 'object') return answer
  if (topic === undefined) return { decision: answer, deadLetters: [] }
  const { timestamp, rawKey: key, rawValue: value, headers } = failed
  const letter = { topic, timestamp, key, value, headers: [...headers, ...reasons(failed, error)] }
  return { decision: answer, deadLetters: [letter] }
}

/** Kafka's `ExceptionHandlerUtils`, in its order. */
function reasons({ topic, partition, offset }: FailedRecord, error: unknown): RecordHeader[] {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error))
  const header = (key: string, value: string | null) => ({
    key: `__streams.errors.${key}`,
    value: value === null ? null : Buffer.from(value, 'utf8'),
  })
  return [
    header('exception', name),
    header('message', message),
    header('stacktrace', stack ?? ''),
    header('topic', topic),
    header('partition', String(partition)),
    header('offset', String(offset)),
  ]
}
