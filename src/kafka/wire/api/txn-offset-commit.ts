import type { Api } from './api.ts'
import { readCommitResponse, writeCommitTopics } from './commit-topics.ts'
import type { CommitResponse, CommitTopic } from './commit-topics.ts'

interface TxnOffsetCommitRequest {
  readonly transactionalId: string
  readonly group: string
  readonly producerId: number
  readonly producerEpoch: number
  /** Generation and member fence a member that the group has moved on without (KIP-447). */
  readonly generation: number
  readonly memberId: string
  readonly instanceId: string | null
  readonly topics: readonly CommitTopic[]
}

export const txnOffsetCommit: Api<TxnOffsetCommitRequest, CommitResponse> = {
  key: 28,
  name: 'TxnOffsetCommit',
  minVersion: 3,
  maxVersion: 4,
  encode(writer, request) {
    writer.compactString(request.transactionalId)
    writer.compactString(request.group)
    writer.int64(request.producerId)
    writer.int16(request.producerEpoch)
    writer.int32(request.generation)
    writer.compactString(request.memberId)
    writer.compactString(request.instanceId)
    writeCommitTopics(writer, request.topics)
    writer.noTaggedFields()
  },
  decode: readCommitResponse,
}
