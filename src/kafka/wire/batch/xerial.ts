import { MalformedBytes } from '../bytes/byte-reader.ts'

/**
 * Kafka's snappy is not bare: snappy-java puts a header in front of length-prefixed
 * blocks (org.xerial.snappy.SnappyOutputStream). Some clients write it bare all the same.
 */
const magic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00])
const versions = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1])
const headerBytes = magic.length + versions.length

export function frameXerial(block: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeInt32BE(block.length)
  return Buffer.concat([magic, versions, length, block])
}

/** The blocks of a framed text; a bare one is its only block. */
export function xerialBlocks(bytes: Buffer): readonly Buffer[] {
  if (!bytes.subarray(0, magic.length).equals(magic)) return [bytes]
  const blocks: Buffer[] = []
  let at = headerBytes
  while (at < bytes.length) {
    const length = at + 4 <= bytes.length ? bytes.readInt32BE(at) : -1
    const end = at + 4 + length
    if (length < 0 || end > bytes.length) throw new MalformedBytes('a snappy block is cut off')
    blocks.push(bytes.subarray(at + 4, end))
    at = end
  }
  return blocks
}
