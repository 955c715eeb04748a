import type { ByteReader } from '../bytes/byte-reader.ts'
import type { ByteWriter } from '../bytes/byte-writer.ts'

/** Offsets to commit, by topic: the same fields inside and outside a transaction. */
export interface CommitTopic {
  readonly name: string
  readonly partitions: readonly { readonly partition: number; readonly offset: number; readonly metadata: string }[]
}

export interface CommitResponse {
  readonly throttleMs: number
  readonly topics: readonly {
    readonly name: string
    readonly partitions: readonly { readonly partition: number; readonly errorCode: number }[]
  }[]
}

export function writeCommitTopics(writer: ByteWriter, topics: readonly CommitTopic[]): void {
  writer.compactArray(topics, ({ name, partitions }) => {
    writer.compactString(name)
    writer.compactArray(partitions, ({ partition, offset, metadata }) => {
      writer.int32(partition)
      writer.int64(offset)
      writer.int32(-1) // leader epoch of the committed offset: unknown
      writer.compactString(metadata)
      writer.noTaggedFields()
    })
    writer.noTaggedFields()
  })
}

export function readCommitResponse(reader: ByteReader): CommitResponse {
  const throttleMs = reader.int32()
  const topics = reader.compactArray(() => {
    const name = reader.compactString()
    const partitions = reader.compactArray(() => {
      const committed = { partition: reader.int32(), errorCode: reader.int16() }
      reader.taggedFields()
      return committed
    })
    reader.taggedFields()
    return { name, partitions }
  })
  reader.taggedFields()
  return { throttleMs, topics }
}
