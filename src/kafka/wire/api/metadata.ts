import type { ByteReader } from '../bytes/byte-reader.ts'
import type { Api } from './api.ts'

interface MetadataRequest {
  /** Null asks for all topics that the caller may see. */
  readonly topics: readonly string[] | null
}

export interface MetadataResponse {
  readonly throttleMs: number
  readonly brokers: readonly MetadataBroker[]
  readonly controllerId: number
  readonly topics: readonly MetadataTopic[]
}

interface MetadataBroker {
  readonly nodeId: number
  readonly host: string
  readonly port: number
}

interface MetadataTopic {
  readonly errorCode: number
  readonly name: string
  /** The brokers keep it for themselves, as `__consumer_offsets`. */
  readonly isInternal: boolean
  readonly partitions: readonly MetadataPartition[]
}

export interface MetadataPartition {
  readonly errorCode: number
  readonly partition: number
  readonly leaderId: number
  readonly leaderEpoch: number
}

/** Who leads what. Topics are never created by asking: the operator makes them. */
export const metadata: Api<MetadataRequest, MetadataResponse> = {
  key: 3,
  name: 'Metadata',
  minVersion: 9,
  maxVersion: 12,
  encode(writer, request, version) {
    if (request.topics === null) writer.nullArray()
    else
      writer.compactArray(request.topics, (name) => {
        if (version >= 10) writer.bytes(noTopicId)
        writer.compactString(name)
        writer.noTaggedFields()
      })
    writer.boolean(false) // allow auto topic creation
    if (version <= 10) writer.boolean(false) // cluster's authorized operations
    writer.boolean(false) // topic's authorized operations
    writer.noTaggedFields()
  },
  decode(reader, version) {
    const throttleMs = reader.int32()
    const brokers = reader.compactArray(() => readBroker(reader))
    reader.compactNullableString() // cluster id
    const controllerId = reader.int32()
    const topics = reader.compactArray(() => readTopic(reader, version))
    if (version <= 10) reader.int32() // cluster's authorized operations
    reader.taggedFields()
    return { throttleMs, brokers, controllerId, topics }
  },
}

const noTopicId = new Uint8Array(16)

function readBroker(reader: ByteReader): MetadataBroker {
  const broker = { nodeId: reader.int32(), host: reader.compactString(), port: reader.int32() }
  reader.compactNullableString() // rack
  reader.taggedFields()
  return broker
}

function readTopic(reader: ByteReader, version: number): MetadataTopic {
  const code = reader.int16()
  const name = reader.compactString()
  if (version >= 10) reader.stepOver(noTopicId.length)
  const isInternal = reader.boolean()
  const partitions = reader.compactArray(() => readPartition(reader))
  reader.int32() // authorized operations
  reader.taggedFields()
  return { errorCode: code, name, isInternal, partitions }
}

function readPartition(reader: ByteReader): MetadataPartition {
  const code = reader.int16()
  const partition = reader.int32()
  const leaderId = reader.int32()
  const leaderEpoch = reader.int32()
  reader.compactArray(() => reader.int32()) // replicas
  reader.compactArray(() => reader.int32()) // in sync
  reader.compactArray(() => reader.int32()) // offline
  reader.taggedFields()
  return { errorCode: code, partition, leaderId, leaderEpoch }
}
