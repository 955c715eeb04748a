import { Ajv, type ValidateFunction } from 'ajv'
import type { Serde } from '../serde/serde.ts'
import { frame, unframe } from './framing.ts'
import { type Registry, type Schema, withReferences } from './registry.ts'
import { oncePerId, type RegistrySerdeOptions, WriterSchema } from './writer-schema.ts'

export interface JsonSchemaOptions extends RegistrySerdeOptions {
  /** A JSON Schema (draft 7), as an object or as its text. */
  readonly schema: object | string
  /** Whether values are held against their schema, written and read: Confluent's `json.fail.invalid.schema`. Left out: false. */
  readonly validate?: boolean
}

/** JSON with a schema registry: Confluent's `KafkaJsonSchemaSerializer` and its deserializer. */
export function jsonSchema<T>(registry: Registry, options: JsonSchemaOptions): Serde<T> {
  const { subject, schema, write, references = [], validate = false } = options
  const text = typeof schema === 'string' ? schema : JSON.stringify(schema)
  const own: Schema = { type: 'JSON', text, references }
  const writer = new WriterSchema(registry, { subject, schema: own, by: write ?? 'register' })
  const rulesOf = oncePerId((id) => {
    const written = writer.get()
    return compile(registry, id === written.id ? written.schema : registry.schema(id))
  })
  const readRules = oncePerId((id) => compile(registry, registry.schema(id)))
  return {
    serialize: (value) => {
      const { id } = writer.get()
      if (validate) hold(value, rulesOf(id), subject)
      return frame(id, Buffer.from(JSON.stringify(value), 'utf8'))
    },
    deserialize: (bytes) => {
      const { id, body } = unframe(bytes)
      const value: T = JSON.parse(body.toString('utf8'))
      if (validate) hold(value, readRules(id), subject)
      return value
    },
  }
}

function compile(registry: Registry, schema: Schema): ValidateFunction {
  const ajv = new Ajv({ strict: false, allErrors: true })
  for (const [name, text] of withReferences(registry, schema)) ajv.addSchema(asObject(text), name)
  return ajv.compile(asObject(schema.text))
}

function asObject(text: string): object {
  const parsed: object = JSON.parse(text)
  return parsed
}

function hold(value: unknown, rules: ValidateFunction, subject: string): void {
  if (rules(value)) return
  const faults = (rules.errors ?? []).map(({ instancePath, message }) => `${instancePath || 'it'} ${message ?? ''}`)
  throw new RangeError(`the value does not fit the schema of ${subject}: ${faults.join('; ')}`)
}
