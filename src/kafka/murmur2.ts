/**
 * Kafka's default partition of a record with a key: murmur2 of the key bytes with
 * the sign bit cleared, modulo the partition count (`BuiltInPartitioner.partitionForKey`).
 */
export function partitionForKey(key: Uint8Array, partitions: number): number {
  return (murmur2(key) & 0x7fffffff) % partitions
}

const seed = 0x9747b28c
const mix = 0x5bd1e995

/** The 32-bit hash of `org.apache.kafka.common.utils.Utils.murmur2`, as a signed number. */
export function murmur2(data: Uint8Array): number {
  let hash = seed ^ data.length
  const whole = data.length & ~3
  for (let index = 0; index < whole; index += 4) {
    const word =
      at(data, index) | (at(data, index + 1) << 8) | (at(data, index + 2) << 16) | (at(data, index + 3) << 24)
    const mixed = Math.imul(word, mix)
    hash = Math.imul(hash, mix) ^ Math.imul(mixed ^ (mixed >>> 24), mix)
  }
  hash = mixTail(hash, data, whole)
  hash = Math.imul(hash ^ (hash >>> 13), mix)
  return hash ^ (hash >>> 15)
}

function mixTail(hash: number, data: Uint8Array, whole: number): number {
  const rest = data.length - whole
  if (rest === 0) return hash
  let tail = at(data, whole)
  if (rest > 1) tail |= at(data, whole + 1) << 8
  if (rest > 2) tail |= at(data, whole + 2) << 16
  return Math.imul(hash ^ tail, mix)
}

function at(data: Uint8Array, index: number): number {
  return data[index] ?? 0
}
