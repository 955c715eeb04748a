import protobufjs from 'protobufjs'
import type { Serde } from '../serde/serde.ts'
import { decodeMessageIndexes, encodeMessageIndexes, frame, unframe } from './framing.ts'
import { type Registry, type Schema, withReferences } from './registry.ts'
import { oncePerId, type RegistrySerdeOptions, WriterSchema } from './writer-schema.ts'

export interface ProtobufOptions extends RegistrySerdeOptions {
  /** The text of a .proto file. */
  readonly schema: string
  /** The message, with its package. Left out: the first of the file. */
  readonly message?: string
}

interface Message {
  readonly type: protobufjs.Type
  readonly indexes: readonly number[]
}

/**
 * Protobuf with a schema registry: Confluent's `KafkaProtobufSerializer` and its deserializer. Values are plain objects
 * in the file's own names; 64-bit integers are texts, as in Protobuf's JSON, since a number would lose some.
 */
export function protobuf<T extends object>(
  registry: Registry,
  { subject, schema, message, write, references = [] }: ProtobufOptions,
): Serde<T> {
  const own: Schema = { type: 'PROTOBUF', text: schema, references }
  const writer = new WriterSchema(registry, { subject, schema: own, by: write ?? 'register' })
  const writtenBy = oncePerId(() => find(messagesOf(registry, writer.get().schema), message))
  const readBy = oncePerId((id) => messagesOf(registry, registry.schema(id)))
  return {
    serialize: (value) => {
      const { id } = writer.get()
      const { type, indexes } = writtenBy(id)
      return frame(id, encodeMessageIndexes(indexes), type.encode(type.fromObject(value)).finish())
    },
    deserialize: (bytes) => {
      const { id, body } = unframe(bytes)
      const { indexes, message: encoded } = decodeMessageIndexes(body)
      const at = indexes.join('.')
      const found = readBy(id).find((each) => each.indexes.join('.') === at)
      if (found === undefined) throw new RangeError(`schema ${id} has no message at ${at}`)
      // The caller says by T what its schema means.
      const value: T = Object.assign(
        Object.create(Object.prototype),
        found.type.toObject(found.type.decode(encoded), plain),
      )
      return value
    },
  }
}

const plain = { longs: String, enums: String, defaults: true } as const

function find(messages: readonly Message[], name: string | undefined): Message {
  const [first] = messages
  if (first === undefined) throw new RangeError('this Protobuf schema has no message')
  if (name === undefined) return first
  const found = messages.find(({ type }) => type.fullName === `.${name}`)
  if (found !== undefined) return found
  const all = messages.map(({ type }) => type.fullName.slice(1)).join(', ')
  throw new RangeError(`this Protobuf schema has no message ${name}: it has ${all}`)
}

/** All messages of a file, each with its place. What it imports is added after the places were counted. */
function messagesOf(registry: Registry, schema: Schema): readonly Message[] {
  const root = new protobufjs.Root()
  const { package: name, imports = [] } = protobufjs.parse(schema.text, root, { keepCase: true })
  const home = name === undefined ? root : root.lookup(name)
  const messages = home instanceof protobufjs.Namespace ? within(home, []) : []
  for (const text of withReferences(registry, schema).values()) protobufjs.parse(text, root, { keepCase: true })
  for (const path of imports) {
    const wellKnown = protobufjs.common.get(path)
    if (wellKnown?.nested !== undefined && root.lookup('google.protobuf') === null) root.addJSON(wellKnown.nested)
  }
  root.resolveAll()
  return messages
}

function within(namespace: protobufjs.NamespaceBase, path: readonly number[]): readonly Message[] {
  const types = namespace.nestedArray.filter((each) => each instanceof protobufjs.Type)
  return types.flatMap((type, index) => {
    const indexes = [...path, index]
    return [{ type, indexes }, ...within(type, indexes)]
  })
}
