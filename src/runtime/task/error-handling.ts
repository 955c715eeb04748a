import type { RecordHeader } from '../../kafka/record.ts'
import type { FailedRecord } from './error-plan.ts'
import type { TaskContext } from './task-context.ts'

/** A failure that a handler has seen and let stand. */
class HandledFailure extends Error {
  override readonly name = 'HandledFailure'
}

/** Asks the handler, writes the dead letter, and throws unless the task is to go on. */
export function handleFailure(
  context: TaskContext,
  kind: 'deserialization' | 'processing',
  node: string,
  error: unknown,
): void {
  if (error instanceof HandledFailure) throw error
  const { errors, taskId, collector, log } = context.facts
  const { topic, partition, offset, timestamp, headers, rawKey, rawValue } = context
  const failed = { topic, partition, offset, timestamp, headers, rawKey, rawValue, node, taskId }
  const decision = errors[kind]?.(failed, error) ?? 'fail'
  if (errors.deadLetterTopic !== undefined) {
    collector.send({
      topic: errors.deadLetterTopic,
      partition: null,
      timestamp,
      key: rawKey,
      value: rawValue,
      headers: [...headers, ...reasons(failed, error)],
    })
  }
  if (decision === 'fail') throw new HandledFailure(`${kind} failed in ${node}`, { cause: error })
  log('warn', `Skipping record due to ${kind} error`, { topic, partition, offset, node, error: String(error) })
  context.droppedRecords++
}

/** Kafka's `ExceptionHandlerUtils`, in its order. */
function reasons({ topic, partition, offset }: FailedRecord, error: unknown): RecordHeader[] {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error))
  const header = (key: string, value: string) => ({ key: `__streams.errors.${key}`, value: Buffer.from(value, 'utf8') })
  return [
    header('exception', name),
    header('message', message),
    header('stacktrace', stack ?? ''),
    header('topic', topic),
    header('partition', String(partition)),
    header('offset', String(offset)),
  ]
}
