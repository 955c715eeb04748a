import type { Serde } from './serde.ts'

interface Serdes {
  readonly string: Serde<string>
  readonly short: Serde<number>
  readonly int: Serde<number>
  readonly long: Serde<number>
  readonly bigint: Serde<bigint>
  /** 32 bits: a number comes back as the nearest that they hold. */
  readonly float: Serde<number>
  readonly double: Serde<number>
  readonly boolean: Serde<boolean>
  readonly bytes: Serde<Uint8Array>
  readonly uuid: Serde<string>
}

/**
 * Kafka's own serdes (`org.apache.kafka.common.serialization`), byte for byte.
 *
 * Java's `Long` is a `number` here (`long`), exact up to 2^53 and refused beyond;
 * `bigint` has the same bytes and no limit.
 */
export const serdes: Serdes = {
  string: {
    copies: true,
    serialize: encodeText,
    deserialize: (bytes: Uint8Array): string => viewOf(bytes).toString('utf8'),
  },
  short: {
    copies: true,
    sizeBytes: 2,
    serialize: (value: number): Uint8Array => {
      if ((value << 16) >> 16 !== value) throw new RangeError(`${value} is not a 16-bit integer`)
      const bytes = Buffer.allocUnsafe(2)
      bytes.writeInt16BE(value)
      return bytes
    },
    deserialize: (bytes: Uint8Array): number => sized(bytes, 2, 'a short').readInt16BE(),
  },
  int: {
    copies: true,
    sizeBytes: 4,
    serialize: (value: number): Uint8Array => {
      if ((value | 0) !== value) throw new RangeError(`${value} is not a 32-bit integer`)
      const bytes = Buffer.allocUnsafe(4)
      bytes.writeInt32BE(value)
      return bytes
    },
    deserialize: (bytes: Uint8Array): number => sized(bytes, 4, 'an int').readInt32BE(),
  },
  long: {
    copies: true,
    sizeBytes: 8,
    serialize: (value: number): Uint8Array => {
      if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not a safe integer: use serdes.bigint`)
      const bytes = Buffer.allocUnsafe(8)
      writeLong(bytes, 0, value)
      return bytes
    },
    deserialize: (bytes: Uint8Array): number => {
      const value = readLong(sized(bytes, 8, 'a long'), 0)
      if (!Number.isSafeInteger(value)) throw new RangeError('a long beyond 2^53: use serdes.bigint')
      return value
    },
  },
  bigint: {
    copies: true,
    sizeBytes: 8,
    serialize: (value: bigint): Uint8Array => {
      const bytes = Buffer.allocUnsafe(8)
      bytes.writeBigInt64BE(value)
      return bytes
    },
    deserialize: (bytes: Uint8Array): bigint => sized(bytes, 8, 'a long').readBigInt64BE(),
  },
  float: {
    copies: true,
    sizeBytes: 4,
    serialize: (value: number): Uint8Array => {
      const bytes = Buffer.allocUnsafe(4)
      bytes.writeFloatBE(value)
      return bytes
    },
    deserialize: (bytes: Uint8Array): number => sized(bytes, 4, 'a float').readFloatBE(),
  },
  double: {
    copies: true,
    sizeBytes: 8,
    serialize: (value: number): Uint8Array => {
      const bytes = Buffer.allocUnsafe(8)
      bytes.writeDoubleBE(value)
      return bytes
    },
    deserialize: (bytes: Uint8Array): number => sized(bytes, 8, 'a double').readDoubleBE(),
  },
  boolean: {
    copies: true,
    serialize: (value: boolean): Uint8Array => Buffer.of(value ? 1 : 0),
    deserialize: (bytes: Uint8Array): boolean => {
      const byte = sized(bytes, 1, 'a boolean')[0]
      if (byte !== 0 && byte !== 1) throw new RangeError(`a boolean is one byte 0 or 1, not ${byte}`)
      return byte === 1
    },
  },
  bytes: {
    serialize: (value: Uint8Array): Uint8Array => value,
    deserialize: (bytes: Uint8Array): Uint8Array => bytes,
  },
  /** Java writes the 36 characters of `UUID#toString()`. */
  uuid: {
    copies: true,
    sizeBytes: 36,
    serialize: encodeText,
    deserialize: (bytes: Uint8Array): string => {
      const text = viewOf(bytes).toString('utf8')
      if (!/^[\da-f]{1,8}(-[\da-f]{1,4}){3}-[\da-f]{1,12}$/i.test(text)) throw new RangeError(`${text} is not a UUID`)
      return text
    },
  },
}

const own: ReadonlySet<object> = new Set(Object.values(serdes))

/** One of `serdes`: it keeps nothing of what it reads or writes, but for what it returns. */
export const isOwn = (serde: object): boolean => own.has(serde)

/** JSON text in UTF-8. The type is the caller's word; `check` may make it a promise that is kept. */
export function json<T>(check: (value: unknown) => value is T = (value): value is T => value !== undefined): Serde<T> {
  return {
    copies: true,
    serialize: (value) => Buffer.from(JSON.stringify(value), 'utf8'),
    deserialize: (bytes) => {
      const value: unknown = JSON.parse(viewOf(bytes).toString('utf8'))
      if (check(value)) return value
      throw new TypeError('JSON of another shape than this serde accepts')
    },
  }
}

/** The same bytes, with null in the type: for streams whose callbacks must meet tombstones. */
export function nullable<T>(serde: Serde<T>): Serde<T | null> {
  return serde
}

export function viewOf(bytes: Uint8Array): Buffer {
  return bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Two 32-bit halves: several times faster than going through a bigint. */
export function writeLong(bytes: Buffer, offset: number, value: number): void {
  bytes.writeInt32BE(Math.floor(value / 4294967296), offset)
  bytes.writeUInt32BE(value >>> 0, offset + 4)
}

export function readLong(bytes: Buffer, offset: number): number {
  return bytes.readInt32BE(offset) * 4294967296 + bytes.readUInt32BE(offset + 4)
}

/** Java puts `?` for half a surrogate pair where Node would put U+FFFD. */
function encodeText(value: string): Uint8Array {
  return Buffer.from(value.isWellFormed() ? value : value.replace(loneSurrogate, '?'), 'utf8')
}

const loneSurrogate = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g

function sized(bytes: Uint8Array, length: number, type: string): Buffer {
  if (bytes.length !== length) {
    throw new RangeError(`${type} has ${length} bytes, and here are ${bytes.length}`)
  }
  return viewOf(bytes)
}
