import { viewOf } from './serdes.ts'

const word = 64
const wrap = (value: bigint) => BigInt.asUintN(word, value)
const rotate = (value: bigint, by: bigint) => wrap(value << by) | (value >> (64n - by))

const c1 = 0x87c37b91114253d5n
const c2 = 0x4cf5ad432745937fn
/** Kafka's seed, which is Hive's. */
const seed = 104729n

/**
 * Murmur3's 128-bit hash for 64-bit machines, as 16 bytes, high word first.
 * Source: `org.apache.kafka.streams.state.internals.Murmur3.hash128`, 4.3.1.
 */
export function murmur3(bytes: Uint8Array): Buffer {
  const view = viewOf(bytes)
  const whole = view.length - (view.length % 16)
  let h1 = seed
  let h2 = seed
  for (let at = 0; at < whole; at += 16) {
    h1 = wrap(wrap(rotate(h1 ^ mixLow(view.readBigUInt64LE(at)), 27n) + h2) * 5n + 0x52dce729n)
    h2 = wrap(wrap(rotate(h2 ^ mixHigh(view.readBigUInt64LE(at + 8)), 31n) + h1) * 5n + 0x38495ab5n)
  }
  const tail = Buffer.alloc(16)
  view.copy(tail, 0, whole)
  // A half that is empty is 0, and 0 mixes to 0.
  h2 ^= mixHigh(tail.readBigUInt64LE(8))
  h1 ^= mixLow(tail.readBigUInt64LE(0))
  return finish(h1 ^ BigInt(view.length), h2 ^ BigInt(view.length))
}

const mixLow = (value: bigint) => wrap(rotate(wrap(value * c1), 31n) * c2)
const mixHigh = (value: bigint) => wrap(rotate(wrap(value * c2), 33n) * c1)

function finish(one: bigint, other: bigint): Buffer {
  const sum = wrap(one + other)
  const h1 = scatter(sum)
  const h2 = scatter(wrap(other + sum))
  const high = wrap(h1 + h2)
  const bytes = Buffer.allocUnsafe(16)
  bytes.writeBigUInt64BE(high, 0)
  bytes.writeBigUInt64BE(wrap(h2 + high), 8)
  return bytes
}

function scatter(value: bigint): bigint {
  let mixed = value ^ (value >> 33n)
  mixed = wrap(mixed * 0xff51afd7ed558ccdn)
  mixed ^= mixed >> 33n
  mixed = wrap(mixed * 0xc4ceb9fe1a85ec53n)
  return mixed ^ (mixed >> 33n)
}
