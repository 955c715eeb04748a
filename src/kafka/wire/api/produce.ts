import type { ByteReader } from '../bytes/byte-reader.ts'
import type { Api } from './api.ts'

interface ProduceRequest {
  readonly transactionalId: string | null
  readonly timeoutMs: number
  readonly topics: readonly ProduceTopic[]
}

interface ProduceTopic {
  readonly name: string
  /** One record batch a partition, as its bytes stand. */
  readonly partitions: readonly { readonly partition: number; readonly records: Buffer }[]
}

export interface ProduceResponse {
  readonly throttleMs: number
  readonly topics: readonly { readonly name: string; readonly partitions: readonly ProducedPartition[] }[]
}

export interface ProducedPartition {
  readonly partition: number
  readonly errorCode: number
  /** Offset of the first record, or -1. */
  readonly baseOffset: number
  readonly message: string | null
  /** Records of the batch that are why none was written, where the broker says so (KIP-467). */
  readonly recordErrors: readonly { readonly index: number; readonly message: string | null }[]
}

const acksAll = -1

/**
 * Versions 12 and up let a broker add partitions to a transaction by itself
 * (KIP-890); we add them ourselves, as every broker from 2.8 on understands.
 */
export const produce: Api<ProduceRequest, ProduceResponse> = {
  key: 0,
  name: 'Produce',
  minVersion: 9,
  maxVersion: 11,
  encode(writer, request) {
    writer.compactString(request.transactionalId)
    writer.int16(acksAll)
    writer.int32(request.timeoutMs)
    writer.compactArray(request.topics, ({ name, partitions }) => {
      writer.compactString(name)
      writer.compactArray(partitions, ({ partition, records }) => {
        writer.int32(partition)
        writer.unsignedVarint(records.length + 1)
        writer.splice(records)
        writer.noTaggedFields()
      })
      writer.noTaggedFields()
    })
    writer.noTaggedFields()
  },
  decode(reader) {
    const topics = reader.compactArray(() => {
      const topic = { name: reader.compactString(), partitions: reader.compactArray(() => readPartition(reader)) }
      reader.taggedFields()
      return topic
    })
    const throttleMs = reader.int32()
    reader.taggedFields()
    return { throttleMs, topics }
  },
}

function readPartition(reader: ByteReader): ProducedPartition {
  const partition = reader.int32()
  const code = reader.int16()
  const baseOffset = reader.int64()
  reader.int64() // log append time
  reader.int64() // log start offset
  const recordErrors = reader.compactArray(() => {
    const error = { index: reader.int32(), message: reader.compactNullableString() }
    reader.taggedFields()
    return error
  })
  const message = reader.compactNullableString()
  reader.taggedFields()
  return { partition, errorCode: code, baseOffset, message, recordErrors }
}
