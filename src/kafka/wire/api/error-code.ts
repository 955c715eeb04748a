/** Kafka's error codes that something here decides on, or that a person may come to read (org.apache.kafka.common.protocol.Errors). */
export const errorCode = {
  unknownServerError: -1,
  none: 0,
  offsetOutOfRange: 1,
  corruptMessage: 2,
  unknownTopicOrPartition: 3,
  leaderNotAvailable: 5,
  notLeaderOrFollower: 6,
  requestTimedOut: 7,
  messageTooLarge: 10,
  offsetMetadataTooLarge: 12,
  networkException: 13,
  coordinatorLoadInProgress: 14,
  coordinatorNotAvailable: 15,
  notCoordinator: 16,
  invalidTopicException: 17,
  recordListTooLarge: 18,
  notEnoughReplicas: 19,
  notEnoughReplicasAfterAppend: 20,
  illegalGeneration: 22,
  inconsistentGroupProtocol: 23,
  invalidGroupId: 24,
  unknownMemberId: 25,
  invalidSessionTimeout: 26,
  rebalanceInProgress: 27,
  topicAuthorizationFailed: 29,
  groupAuthorizationFailed: 30,
  clusterAuthorizationFailed: 31,
  invalidTimestamp: 32,
  unsupportedVersion: 35,
  policyViolation: 44,
  outOfOrderSequenceNumber: 45,
  duplicateSequenceNumber: 46,
  invalidProducerEpoch: 47,
  invalidTxnState: 48,
  invalidProducerIdMapping: 49,
  invalidTransactionTimeout: 50,
  concurrentTransactions: 51,
  transactionalIdAuthorizationFailed: 53,
  kafkaStorageError: 56,
  unknownProducerId: 59,
  fencedLeaderEpoch: 74,
  unknownLeaderEpoch: 75,
  memberIdRequired: 79,
  groupMaxSizeReached: 81,
  fencedInstanceId: 82,
  invalidRecord: 87,
  unstableOffsetCommit: 88,
  producerFenced: 90,
  transactionAbortable: 120,
} as const

const names: Readonly<Record<number, string>> = Object.fromEntries(
  Object.entries(errorCode).map(([name, code]) => [
    code,
    name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase(),
  ]),
)

/** The name as Kafka's own clients print it, or the number. */
export function errorName(code: number): string {
  return names[code] ?? `error ${code}`
}

const passing: ReadonlySet<number> = new Set<number>([
  errorCode.corruptMessage,
  errorCode.unknownTopicOrPartition,
  errorCode.leaderNotAvailable,
  errorCode.notLeaderOrFollower,
  errorCode.requestTimedOut,
  errorCode.networkException,
  errorCode.coordinatorLoadInProgress,
  errorCode.coordinatorNotAvailable,
  errorCode.notCoordinator,
  errorCode.notEnoughReplicas,
  errorCode.notEnoughReplicasAfterAppend,
  errorCode.kafkaStorageError,
  errorCode.fencedLeaderEpoch,
  errorCode.unknownLeaderEpoch,
  errorCode.concurrentTransactions,
  errorCode.unstableOffsetCommit,
])

/** The same call may succeed later, perhaps at another broker. */
export const isPassing = (code: number): boolean => passing.has(code)

const refused: ReadonlySet<number> = new Set<number>([
  errorCode.topicAuthorizationFailed,
  errorCode.groupAuthorizationFailed,
  errorCode.clusterAuthorizationFailed,
  errorCode.transactionalIdAuthorizationFailed,
])

/** The broker's ACLs do not allow it; asking again does not help. */
export const isUnauthorised = (code: number): boolean => refused.has(code)
