import type { ByteReader } from '../bytes/byte-reader.ts'
import type { Api } from './api.ts'

export interface FetchRequest {
  readonly maxWaitMs: number
  readonly minBytes: number
  readonly maxBytes: number
  readonly readCommitted: boolean
  readonly topics: readonly { readonly name: string; readonly partitions: readonly FetchPartition[] }[]
}

interface FetchPartition {
  readonly partition: number
  readonly offset: number
  readonly leaderEpoch: number
  readonly maxBytes: number
}

export interface FetchResponse {
  readonly throttleMs: number
  readonly errorCode: number
  readonly topics: readonly { readonly name: string; readonly partitions: readonly FetchedPartition[] }[]
}

export interface FetchedPartition {
  readonly partition: number
  readonly errorCode: number
  readonly highWatermark: number
  /** First offset that a reader of committed records does not see yet. */
  readonly lastStableOffset: number
  readonly logStartOffset: number
  readonly aborted: readonly AbortedTransaction[]
  /** Record batches one behind the other; the last may be cut off. */
  readonly records: Buffer | null
}

/** Records of this producer from `firstOffset` to its next abort marker were taken back. */
export interface AbortedTransaction {
  readonly producerId: number
  readonly firstOffset: number
}

/** Version 12 is the last that names topics; from 13 on they are ids. Without a fetch session. */
export const fetch: Api<FetchRequest, FetchResponse> = {
  key: 1,
  name: 'Fetch',
  minVersion: 12,
  maxVersion: 12,
  encode(writer, request) {
    writer.int32(-1) // replica: an ordinary reader
    writer.int32(request.maxWaitMs)
    writer.int32(request.minBytes)
    writer.int32(request.maxBytes)
    writer.int8(request.readCommitted ? 1 : 0)
    writer.int32(0) // session id
    writer.int32(-1) // session epoch: none
    writer.compactArray(request.topics, ({ name, partitions }) => {
      writer.compactString(name)
      writer.compactArray(partitions, (partition) => {
        writer.int32(partition.partition)
        writer.int32(partition.leaderEpoch)
        writer.int64(partition.offset)
        writer.int32(-1) // last fetched epoch
        writer.int64(-1) // log start offset: followers only
        writer.int32(partition.maxBytes)
        writer.noTaggedFields()
      })
      writer.noTaggedFields()
    })
    writer.compactArray([], () => {}) // forgotten topics: sessions only
    writer.compactString('') // rack
    writer.noTaggedFields()
  },
  decode(reader) {
    const throttleMs = reader.int32()
    const code = reader.int16()
    reader.int32() // session id
    const topics = reader.compactArray(() => {
      const topic = { name: reader.compactString(), partitions: reader.compactArray(() => readPartition(reader)) }
      reader.taggedFields()
      return topic
    })
    reader.taggedFields()
    return { throttleMs, errorCode: code, topics }
  },
}

function readPartition(reader: ByteReader): FetchedPartition {
  const partition = reader.int32()
  const code = reader.int16()
  const highWatermark = reader.int64()
  const lastStableOffset = reader.int64()
  const logStartOffset = reader.int64()
  const aborted = reader.compactArray(() => {
    const transaction = { producerId: reader.int64(), firstOffset: reader.int64() }
    reader.taggedFields()
    return transaction
  })
  reader.int32() // preferred read replica
  const records = reader.compactBytes()
  reader.taggedFields()
  return { partition, errorCode: code, highWatermark, lastStableOffset, logStartOffset, aborted, records }
}
