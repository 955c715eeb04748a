import { sessionKey } from '../store/session-store.ts'
import { Windowed } from '../store/windowed.ts'
import type { Serde } from './serde.ts'
import { readLong, viewOf, writeLong } from './serdes.ts'

/** `key ‖ int64 start`, partitioned by the key within, as Kafka's `TimeWindowedSerializer`; the end is `windowMs` behind the start. */
export function timeWindowedSerde<K>(inner: Serde<K>, windowMs: number): Serde<Windowed<K>> {
  return {
    partitionKey: (windowed) => inner.serialize(windowed.key),
    serialize: ({ key, window }) => {
      const bytes = inner.serialize(key)
      const start = Buffer.allocUnsafe(8)
      writeLong(start, 0, window.start)
      return Buffer.concat([bytes, start])
    },
    deserialize: (bytes) => {
      const start = readLong(viewOf(bytes), bytes.length - 8)
      return new Windowed(inner.deserialize(bytes.subarray(0, -8)), { start, end: start + windowMs })
    },
  }
}

/** `key ‖ int64 end ‖ int64 start`, as Kafka's `SessionWindowedSerializer`. */
export function sessionWindowedSerde<K>(inner: Serde<K>): Serde<Windowed<K>> {
  return {
    partitionKey: (windowed) => inner.serialize(windowed.key),
    serialize: ({ key, window }) => sessionKey(inner.serialize(key), window),
    deserialize: (bytes) => {
      const view = viewOf(bytes)
      const window = { start: readLong(view, bytes.length - 8), end: readLong(view, bytes.length - 16) }
      return new Windowed(inner.deserialize(bytes.subarray(0, -16)), window)
    },
  }
}
