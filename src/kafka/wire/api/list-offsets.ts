import type { Api } from './api.ts'

interface ListOffsetsRequest {
  readonly readCommitted: boolean
  readonly topics: readonly {
    readonly name: string
    readonly partitions: readonly {
      readonly partition: number
      readonly leaderEpoch: number
      readonly timestamp: number
    }[]
  }[]
}

interface ListOffsetsResponse {
  readonly throttleMs: number
  readonly topics: readonly { readonly name: string; readonly partitions: readonly ListedOffset[] }[]
}

interface ListedOffset {
  readonly partition: number
  readonly errorCode: number
  /** -1 when no record is that young. */
  readonly offset: number
}

/** What to ask for instead of a time. */
export const latestTimestamp = -1
export const earliestTimestamp = -2

export const listOffsets: Api<ListOffsetsRequest, ListOffsetsResponse> = {
  key: 2,
  name: 'ListOffsets',
  minVersion: 6,
  maxVersion: 7,
  encode(writer, request) {
    writer.int32(-1) // replica: an ordinary reader
    writer.int8(request.readCommitted ? 1 : 0)
    writer.compactArray(request.topics, ({ name, partitions }) => {
      writer.compactString(name)
      writer.compactArray(partitions, ({ partition, leaderEpoch, timestamp }) => {
        writer.int32(partition)
        writer.int32(leaderEpoch)
        writer.int64(timestamp)
        writer.noTaggedFields()
      })
      writer.noTaggedFields()
    })
    writer.noTaggedFields()
  },
  decode(reader) {
    const throttleMs = reader.int32()
    const topics = reader.compactArray(() => {
      const name = reader.compactString()
      const partitions = reader.compactArray(() => {
        const listed = { partition: reader.int32(), errorCode: reader.int16() }
        reader.int64() // timestamp
        const offset = reader.int64()
        reader.int32() // leader epoch
        reader.taggedFields()
        return { ...listed, offset }
      })
      reader.taggedFields()
      return { name, partitions }
    })
    reader.taggedFields()
    return { throttleMs, topics }
  },
}
