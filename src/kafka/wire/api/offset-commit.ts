import type { Api } from './api.ts'
import { readCommitResponse, writeCommitTopics } from './commit-topics.ts'
import type { CommitResponse, CommitTopic } from './commit-topics.ts'

interface OffsetCommitRequest {
  readonly group: string
  /** -1 with an empty member id commits from outside the group. */
  readonly generation: number
  readonly memberId: string
  readonly instanceId: string | null
  readonly topics: readonly CommitTopic[]
}

export const offsetCommit: Api<OffsetCommitRequest, CommitResponse> = {
  key: 8,
  name: 'OffsetCommit',
  minVersion: 8,
  maxVersion: 8,
  encode(writer, request) {
    writer.compactString(request.group)
    writer.int32(request.generation)
    writer.compactString(request.memberId)
    writer.compactString(request.instanceId)
    writeCommitTopics(writer, request.topics)
    writer.noTaggedFields()
  },
  decode: readCommitResponse,
}
