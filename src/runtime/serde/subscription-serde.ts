import type { Serde } from './serde.ts'
import { viewOf } from './serdes.ts'

/** What the left side of a foreign-key join asks of the right one, by its byte on the wire: Kafka's `Instruction`. */
export const instructions = {
  /** Forget the subscription, and say nothing: another one takes its place. */
  forget: 0,
  /** Forget it, and answer with null. */
  forgetAndAnswer: 1,
  /** Subscribe, and answer with the value or with null. */
  answer: 2,
  /** Subscribe, and answer only with a value. */
  answerIfFound: 3,
} as const

export type Instruction = (typeof instructions)[keyof typeof instructions]

/** Kafka's `SubscriptionWrapper`: one row of the left table that wants to hear of a key of the right one. */
export interface Subscription<K> {
  /** Of the left row's value, to tell whether an answer is still wanted; null where the row is gone. */
  readonly hash: Uint8Array | null
  readonly instruction: Instruction
  readonly primaryKey: K
  /** Where the left row's task is; undefined in version 0, which did not say it. */
  readonly primaryPartition: number | undefined
}

/** Kafka's `SubscriptionResponseWrapper`. The partition says where to, and is not written. */
export interface SubscriptionResponse<V> {
  readonly hash: Uint8Array | null
  readonly value: V | null
  readonly primaryPartition: number | undefined
}

const newest = 1
const hashBytes = 16
const withoutHash = 0x80

/**
 * `[version, high bit: no hash] [instruction] [hash, 16] [primary key] [int32 partition, from version 1]`.
 * Source: `SubscriptionWrapperSerde`, 4.3.1, which writes version 1 and reads both.
 */
export function subscriptionSerde<K>(keySerde: Serde<K>): Serde<Subscription<K>> {
  return {
    serialize: ({ hash, instruction, primaryKey, primaryPartition }) => {
      const version = primaryPartition === undefined ? 0 : newest
      const head = Buffer.of(hash === null ? version | withoutHash : version, instruction)
      const partition = Buffer.alloc(primaryPartition === undefined ? 0 : 4)
      if (primaryPartition !== undefined) partition.writeInt32BE(primaryPartition)
      return Buffer.concat([head, hash ?? Buffer.alloc(0), keySerde.serialize(primaryKey), partition])
    },
    deserialize: (bytes) => {
      const view = viewOf(bytes)
      const { version, hash, at } = readHead(view, newest, 2)
      const end = version === 0 ? view.length : view.length - 4
      return {
        hash,
        instruction: instructionOf(view.readUInt8(1)),
        primaryKey: keySerde.deserialize(view.subarray(at, end)),
        primaryPartition: version === 0 ? undefined : view.readInt32BE(end),
      }
    },
  }
}

/**
 * `[version 0, high bit: no hash] [hash, 16] [value]`; a value of no bytes is none, as in Java.
 * Source: `SubscriptionResponseWrapperSerde`, 4.3.1.
 */
export function subscriptionResponseSerde<V>(valueSerde: Serde<V>): Serde<SubscriptionResponse<V>> {
  const nothing = Buffer.alloc(0)
  return {
    serialize: ({ hash, value }) => {
      const head = Buffer.of(hash === null ? withoutHash : 0)
      return Buffer.concat([head, hash ?? nothing, value === null ? nothing : valueSerde.serialize(value)])
    },
    deserialize: (bytes) => {
      const view = viewOf(bytes)
      const { hash, at } = readHead(view, 0, 1)
      const value = view.subarray(at)
      return { hash, value: value.length === 0 ? null : valueSerde.deserialize(value), primaryPartition: undefined }
    },
  }
}

function readHead(view: Buffer, known: number, headBytes: number) {
  const first = view.readUInt8(0)
  const version = first & ~withoutHash
  if (version > known)
    throw new RangeError(`a foreign-key join's record of version ${version}, which is not known here`)
  const at = (first & withoutHash) === 0 ? headBytes + hashBytes : headBytes
  return { version, hash: at === headBytes ? null : view.subarray(headBytes, at), at }
}

function instructionOf(byte: number): Instruction {
  const found = Object.values(instructions).find((instruction) => instruction === byte)
  if (found === undefined) throw new RangeError(`Unknown instruction byte value = ${byte}`)
  return found
}
