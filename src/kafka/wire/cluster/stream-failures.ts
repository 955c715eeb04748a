import { unreachable } from '../../../base/unreachable.ts'
import type { StreamFailure } from '../../stream-failure.ts'
import { errorCode, errorName, isPassing, isUnauthorised } from '../api/error-code.ts'
import { describeConnectionFailure } from '../connection/connection-failure.ts'
import type { ConnectionFailure } from '../connection/connection-failure.ts'

export function failureOfConnection(failure: ConnectionFailure): StreamFailure {
  const reason = describeConnectionFailure(failure)
  switch (failure.kind) {
    case 'lost':
      return { kind: 'retry', reason }
    case 'refused': {
      const whatToDo = 'check KAFKA_TRUSTED_CERT, KAFKA_CLIENT_CERT and KAFKA_CLIENT_CERT_KEY'
      return { kind: 'fatal', reason, whatToDo }
    }
    case 'unsupported':
      return { kind: 'fatal', reason, whatToDo: 'use a cluster with Kafka 2.8 or later' }
    default:
      return unreachable(failure)
  }
}

/** What an error code means for the caller. `what` names the call and its object, so that the reason reads as a sentence. */
export function failureOfCode(code: number, what: string, message: string | null = null): StreamFailure {
  const reason = `${what}: ${errorName(code)}${message === null ? '' : ` (${message})`}`
  if (fencing.has(code)) return { kind: 'fenced', reason }
  if (code === errorCode.rebalanceInProgress) return { kind: 'rebalance', reason }
  if (isUnauthorised(code)) {
    const whatToDo =
      "let the cluster's ACLs allow it: on a shared plan, create the topic or consumer group through Heroku first"
    return { kind: 'fatal', reason, whatToDo }
  }
  if (isPassing(code)) return { kind: 'retry', reason }
  return { kind: 'fatal', reason, whatToDo: whatToDoAbout.get(code) ?? 'look the error up in the Kafka documentation' }
}

const fencing: ReadonlySet<number> = new Set<number>([
  errorCode.illegalGeneration,
  errorCode.unknownMemberId,
  errorCode.fencedInstanceId,
  errorCode.invalidProducerEpoch,
  errorCode.producerFenced,
  // the coordinator has no such transaction (any more): it timed out, or another sink ended it
  errorCode.invalidTxnState,
  errorCode.invalidProducerIdMapping,
  errorCode.transactionAbortable,
])

const whatToDoAbout: ReadonlyMap<number, string> = new Map([
  [errorCode.messageTooLarge, 'send smaller records, or raise max.message.bytes of the topic'],
  [errorCode.inconsistentGroupProtocol, 'use a group id that no other program uses'],
  [
    errorCode.invalidSessionTimeout,
    "choose a session timeout within the broker's group.min and group.max.session.timeout.ms",
  ],
  [errorCode.invalidTransactionTimeout, "choose a transaction timeout below the broker's transaction.max.timeout.ms"],
  [errorCode.groupMaxSizeReached, 'run fewer stream threads: the group is full'],
  [errorCode.recordListTooLarge, 'send smaller records, or raise segment.bytes of the topic'],
])
