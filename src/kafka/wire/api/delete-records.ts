import type { Api } from './api.ts'

interface DeleteRecordsRequest {
  readonly timeoutMs: number
  readonly topics: readonly {
    readonly name: string
    /** Everything before `offset` goes. */
    readonly partitions: readonly { readonly partition: number; readonly offset: number }[]
  }[]
}

interface DeleteRecordsResponse {
  readonly throttleMs: number
  readonly topics: readonly {
    readonly name: string
    readonly partitions: readonly {
      readonly partition: number
      readonly errorCode: number
      readonly lowWatermark: number
    }[]
  }[]
}

export const deleteRecords: Api<DeleteRecordsRequest, DeleteRecordsResponse> = {
  key: 21,
  name: 'DeleteRecords',
  minVersion: 2,
  maxVersion: 2,
  encode(writer, request) {
    writer.compactArray(request.topics, ({ name, partitions }) => {
      writer.compactString(name)
      writer.compactArray(partitions, ({ partition, offset }) => {
        writer.int32(partition)
        writer.int64(offset)
        writer.noTaggedFields()
      })
      writer.noTaggedFields()
    })
    writer.int32(request.timeoutMs)
    writer.noTaggedFields()
  },
  decode(reader) {
    const throttleMs = reader.int32()
    const topics = reader.compactArray(() => {
      const name = reader.compactString()
      const partitions = reader.compactArray(() => {
        const partition = reader.int32()
        const lowWatermark = reader.int64()
        const code = reader.int16()
        reader.taggedFields()
        return { partition, errorCode: code, lowWatermark }
      })
      reader.taggedFields()
      return { name, partitions }
    })
    reader.taggedFields()
    return { throttleMs, topics }
  },
}
