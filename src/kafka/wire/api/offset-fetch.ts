import type { ByteReader } from '../bytes/byte-reader.ts'
import type { ByteWriter } from '../bytes/byte-writer.ts'
import { MalformedBytes } from '../bytes/byte-reader.ts'
import type { Api } from './api.ts'

interface OffsetFetchRequest {
  readonly group: string
  readonly topics: readonly { readonly name: string; readonly partitions: readonly number[] }[]
}

interface OffsetFetchResponse {
  readonly throttleMs: number
  readonly errorCode: number
  readonly topics: readonly { readonly name: string; readonly partitions: readonly FetchedOffset[] }[]
}

interface FetchedOffset {
  readonly partition: number
  readonly errorCode: number
  /** -1: nothing committed. */
  readonly offset: number
  readonly metadata: string
}

/** Always asks for stable offsets: one that a pending transaction may still change is refused with UNSTABLE_OFFSET_COMMIT (KIP-447). */
export const offsetFetch: Api<OffsetFetchRequest, OffsetFetchResponse> = {
  key: 9,
  name: 'OffsetFetch',
  minVersion: 7,
  maxVersion: 8,
  encode(writer, request, version) {
    if (version <= 7) {
      writer.compactString(request.group)
      writeTopics(writer, request)
    } else {
      writer.compactArray([request], (group) => {
        writer.compactString(group.group)
        writeTopics(writer, group)
        writer.noTaggedFields()
      })
    }
    writer.boolean(true) // require stable
    writer.noTaggedFields()
  },
  decode(reader, version) {
    const throttleMs = reader.int32()
    const found = version <= 7 ? readGroup(reader) : readFirst(reader)
    reader.taggedFields()
    return { throttleMs, ...found }
  },
}

type Found = Omit<OffsetFetchResponse, 'throttleMs'>

function writeTopics(writer: ByteWriter, { topics }: OffsetFetchRequest): void {
  writer.compactArray(topics, ({ name, partitions }) => {
    writer.compactString(name)
    writer.compactArray(partitions, (partition) => writer.int32(partition))
    writer.noTaggedFields()
  })
}

function readFirst(reader: ByteReader): Found {
  const [first] = reader.compactArray(() => {
    reader.compactString() // group
    const found = readGroup(reader)
    reader.taggedFields()
    return found
  })
  if (first === undefined) throw new MalformedBytes('OffsetFetch answered for no group')
  return first
}

function readGroup(reader: ByteReader): Found {
  const topics = reader.compactArray(() => {
    const topic = { name: reader.compactString(), partitions: reader.compactArray(() => readPartition(reader)) }
    reader.taggedFields()
    return topic
  })
  return { topics, errorCode: reader.int16() }
}

function readPartition(reader: ByteReader): FetchedOffset {
  const partition = reader.int32()
  const offset = reader.int64()
  reader.int32() // leader epoch
  const metadata = reader.compactString()
  const code = reader.int16()
  reader.taggedFields()
  return { partition, errorCode: code, offset, metadata }
}
