import avsc, { type Schema as AvscSchema, type Type } from 'avsc'
import type { Serde } from '../serde/serde.ts'
import { frame, unframe } from './framing.ts'
import { type Registry, type Schema, withReferences } from './registry.ts'
import { oncePerId, type RegistrySerdeOptions, WriterSchema } from './writer-schema.ts'

export interface AvroOptions extends RegistrySerdeOptions {
  /** An Avro schema, as an object or as its text. Values are read as this schema has them, whatever they were written by. */
  readonly schema: object | string
  /** What a `long` is here. Left out: `number`, exact below 2^53, and an error beyond. */
  readonly longs?: 'number' | 'bigint'
}

/** Avro with a schema registry: Confluent's `KafkaAvroSerializer` and `KafkaAvroDeserializer`, byte for byte. */
export function avro<T>(registry: Registry, options: AvroOptions): Serde<T> {
  const { subject, schema, write, references = [], longs = 'number' } = options
  const own: Schema = {
    type: 'AVRO',
    text: typeof schema === 'string' ? schema : JSON.stringify(schema),
    references,
  }
  const writer = new WriterSchema(registry, { subject, schema: own, by: write ?? 'register' })
  const typeOf = (written: Schema): Type => parse(registry, written, longs === 'bigint' ? { long: bigLong } : {})
  const writtenType = oncePerId((id) => {
    const { schema: used } = writer.get()
    return id === writer.get().id ? typeOf(used) : typeOf(registry.schema(id))
  })
  const readOwn = lazily(() => typeOf(own))
  const decoderOf = oncePerId((id) => decoder(readOwn(), typeOf(registry.schema(id))))
  return {
    serialize: (value) => {
      const { id } = writer.get()
      return frame(id, encode(writtenType(id), value))
    },
    deserialize: (bytes) => {
      const { id, body } = unframe(bytes)
      const value: T = decoderOf(id)(body)
      return value
    },
  }
}

/** A schema of bytes alone is written as they are, without their length, as Confluent's serializer does. */
function encode(type: Type, value: unknown): Uint8Array {
  return type.typeName === 'bytes' && value instanceof Uint8Array ? value : type.toBuffer(value)
}

/** Gives what the schema makes of the bytes; the caller says by its own type what that is. */
function decoder(reader: Type, writer: Type) {
  const resolver = reader.createResolver(writer)
  const isBare = writer.typeName === 'bytes'
  return (body: Buffer) => reader.fromBuffer(isBare ? writer.toBuffer(body) : body, resolver)
}

function parse(registry: Registry, schema: Schema, given: Readonly<Record<string, Type>>): Type {
  const known: { [name: string]: Type } = { ...given }
  for (const text of withReferences(registry, schema).values()) avsc.Type.forSchema(asSchema(text), { registry: known })
  return avsc.Type.forSchema(asSchema(schema.text), { registry: known })
}

// oxlint-disable-next-line no-underscore-dangle -- that is avsc's name for it
const bigLong = avsc.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const bytes = Buffer.alloc(8)
    bytes.writeBigInt64LE(value)
    return bytes
  },
  fromJSON: BigInt,
  toJSON: Number,
  isValid: (value: unknown) => typeof value === 'bigint',
  compare: (one: bigint, other: bigint) => (one === other ? 0 : one < other ? -1 : 1),
})

function asSchema(text: string): AvscSchema {
  const parsed: AvscSchema = JSON.parse(text)
  return parsed
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => (made ??= { value: make() }).value
}
