import type { Change } from '../node/change.ts'
import type { Serde } from './serde.ts'

/**
 * A table's change on a repartition topic: `old 0`, `new 1`, or, where both are
 * there, `varint(length of new) new old 2`. Source: `ChangedSerializer`, KIP-904.
 */
export function changedSerde<V>(inner: Serde<V>): Serde<Change<V>> {
  return {
    serialize: ({ newValue, oldValue }) => {
      const added = newValue === null ? undefined : inner.serialize(newValue)
      const removed = oldValue === null ? undefined : inner.serialize(oldValue)
      if (added !== undefined && removed !== undefined) {
        return Buffer.concat([varint(added.length), added, removed, Buffer.of(2)])
      }
      if (added !== undefined) return Buffer.concat([added, Buffer.of(1)])
      if (removed !== undefined) return Buffer.concat([removed, Buffer.of(0)])
      throw new TypeError('Both old and new values are null in ChangeSerializer, which is not allowed.')
    },
    deserialize: (bytes) => {
      const flag = bytes.at(-1)
      const body = bytes.subarray(0, -1)
      if (flag === 0) return { newValue: null, oldValue: inner.deserialize(body) }
      if (flag === 1) return { newValue: inner.deserialize(body), oldValue: null }
      if (flag !== 2) throw new RangeError(`${flag} is not an encoding of a table's change that this runtime knows`)
      const { value: length, size } = readVarint(body)
      return {
        newValue: inner.deserialize(body.subarray(size, size + length)),
        oldValue: inner.deserialize(body.subarray(size + length)),
      }
    },
  }
}

/** Kafka's signed varint: zigzag, seven bits a byte, low bits first. */
function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value * 2
  while (rest >= 128) {
    bytes.push((rest % 128) + 128)
    rest = Math.floor(rest / 128)
  }
  bytes.push(rest)
  return Buffer.from(bytes)
}

function readVarint(bytes: Uint8Array): { readonly value: number; readonly size: number } {
  let value = 0
  let scale = 1
  for (const [at, byte] of bytes.entries()) {
    value += (byte & 127) * scale
    if (byte < 128) return { value: value / 2, size: at + 1 }
    scale *= 128
  }
  throw new RangeError('a length that does not end')
}
