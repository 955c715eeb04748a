import type { GroupAssignment, GroupMember, GroupSubscription } from '../../group.ts'
import type { JoinedMember } from '../api/join-group.ts'
import { byTopic } from '../by-topic.ts'
import { ByteReader, MalformedBytes } from '../bytes/byte-reader.ts'
import { ByteWriter } from '../bytes/byte-writer.ts'

/**
 * What members of a `consumer` group say to each other: bytes that the broker
 * carries without looking into them (`ConsumerProtocolSubscription.json`,
 * `ConsumerProtocolAssignment.json`). Version 0 has all we say; newer versions
 * append fields, which a reader of version 0 leaves alone.
 */
const spokenVersion = 0

export function encodeSubscription({ topics, userData }: GroupSubscription): Buffer {
  const writer = new ByteWriter()
  writer.int16(spokenVersion)
  writer.int32(topics.length)
  for (const topic of topics) writer.string(topic)
  writer.int32(userData.length)
  writer.bytes(userData)
  return Buffer.concat(writer.pieces())
}

export function decodeMember({ memberId, metadata }: JoinedMember): GroupMember {
  const reader = new ByteReader(Buffer.from(metadata))
  reader.int16() // version
  const topics = readArray(reader, () => reader.text(reader.int16()))
  return { memberId, topics, userData: readBytes(reader) }
}

export function encodeAssignment({ partitions, userData }: GroupAssignment): Buffer {
  const topics = byTopic(partitions)
  const writer = new ByteWriter()
  writer.int16(spokenVersion)
  writer.int32(topics.length)
  for (const { name, partitions: ofTopic } of topics) {
    writer.string(name)
    writer.int32(ofTopic.length)
    for (const { partition } of ofTopic) writer.int32(partition)
  }
  writer.int32(userData.length)
  writer.bytes(userData)
  return Buffer.concat(writer.pieces())
}

/** A member that was left out gets no bytes at all. */
export function decodeAssignment(bytes: Uint8Array): GroupAssignment {
  if (bytes.length === 0) return { partitions: [], userData: new Uint8Array() }
  const reader = new ByteReader(Buffer.from(bytes))
  reader.int16() // version
  const partitions = readArray(reader, () => {
    const topic = reader.text(reader.int16())
    return readArray(reader, () => ({ topic, partition: reader.int32() }))
  })
  return { partitions: partitions.flat(), userData: readBytes(reader) }
}

function readBytes(reader: ByteReader): Uint8Array {
  const length = reader.int32()
  return length < 0 ? new Uint8Array() : reader.bytes(length)
}

function readArray<Item>(reader: ByteReader, readItem: () => Item): Item[] {
  const count = reader.int32()
  if (count > reader.remaining) throw new MalformedBytes(`an array of ${count} items in ${reader.remaining} bytes`)
  return Array.from({ length: Math.max(0, count) }, readItem)
}
