import type { OutgoingRecord } from '../../kafka/record.ts'
import type { RefusalAnswer, RefusedRecord } from '../../kafka/record-sink.ts'
import { failedRecord, judge, noteSkipped } from './error-handling.ts'
import type { FailedProduction } from './error-plan.ts'
import type { TaskContext } from './task-context.ts'

/** What a sink sends along with a record, for the case that the broker refuses it: the one it was made from. */
class SentFrom {
  readonly context: TaskContext
  readonly failed: FailedProduction

  constructor(context: TaskContext, failed: FailedProduction) {
    this.context = context
    this.failed = failed
  }
}

/** The record with its cause, where a handler wants to be asked; else nothing is kept of it. */
export function withCause<R extends OutgoingRecord>(context: TaskContext, node: string, record: R): R {
  if (context.facts.errors.production === undefined) return record
  const failed = { ...failedRecord(context, node), target: record.topic, origin: 'broker' } as const
  return { ...record, cause: new SentFrom(context, failed) }
}

const itEnds: RefusalAnswer = { isDropped: false, instead: [] }

/**
 * Asks the production handler about a record that the broker refused: Kafka's `RecordCollectorImpl#recordSendError`. What
 * no sink of the topology sent is never dropped: changelogs, for a store would come back without it, and dead letters.
 */
export function answerRefused({ cause, reason }: RefusedRecord): RefusalAnswer {
  if (!(cause instanceof SentFrom)) return itEnds
  const { context, failed } = cause
  const { log } = context.facts
  const error = new Error(reason)
  try {
    const { decision, deadLetters } = judge(context, failed, error, (handlers) => handlers.production?.(failed, error))
    if (decision === 'fail') return itEnds
    noteSkipped(context, failed, error)
    return { isDropped: true, instead: deadLetters.map((letter) => ({ ...letter, partition: null })) }
  } catch (failure) {
    log('error', 'the error handler failed', { node: failed.node, error: String(failure) })
    return itEnds
  }
}
