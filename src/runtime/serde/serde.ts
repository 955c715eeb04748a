/**
 * Values to bytes and back.
 *
 * `null` never reaches a serde: a null key or value is null on the wire, as in Java.
 */
export interface Serde<T> {
  serialize(value: T): Uint8Array
  /** Throws where the bytes are not such a value; the message says what was expected. */
  deserialize(bytes: Uint8Array): T
  /** Where every value has as many bytes: lists leave the lengths out. */
  readonly sizeBytes?: number
  /**
   * What it reads holds nothing of the bytes it was read from, not even a view: their memory is used again for the
   * records that come next. Left out: the bytes stay as they are for as long as anybody holds them.
   */
  readonly copies?: true
  /** The bytes that choose the partition of a record with this key, where they are not the key's own. */
  partitionKey?(value: T): Uint8Array
}

/** The bytes of a value that may be null, as Kafka's serializers treat it. */
export function toBytes<T>(serde: Serde<T>, value: T | null): Uint8Array | null {
  return value === null || value === undefined ? null : serde.serialize(value)
}

export function fromBytes<T>(serde: Serde<T>, bytes: Uint8Array | null): T | null {
  return bytes === null ? null : serde.deserialize(bytes)
}
