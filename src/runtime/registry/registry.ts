export type SchemaType = 'AVRO' | 'PROTOBUF' | 'JSON'

/** A schema as a registry keeps it. */
export interface Schema {
  readonly type: SchemaType
  readonly text: string
  /** Schemas that `text` speaks of by name. */
  readonly references: readonly SchemaReference[]
}

export interface SchemaReference {
  /** As `text` says it: a full name in Avro, the path of an import in Protobuf, a `$ref` in JSON Schema. */
  readonly name: string
  readonly subject: string
  readonly version: number
}

/**
 * A registry of schemas, as Confluent's REST API has it. Its calls are synchronous, since serdes are: they answer from
 * memory but for the first time a schema is met, and then the thread waits, as a stream thread in Java does.
 *
 * All of them throw a `RegistryError` where the registry says no, or says nothing.
 */
export interface Registry {
  schema(id: number): Schema
  /** Makes the schema a version of the subject, unless it is one already, and returns its id. */
  register(subject: string, schema: Schema): number
  /** The id of a schema that must be a version of the subject already. */
  lookUp(subject: string, schema: Schema): number
  latest(subject: string): { readonly id: number; readonly schema: Schema }
  version(subject: string, version: number): Schema
}

export class RegistryError extends Error {
  override readonly name = 'RegistryError'
  /** What the registry answered, such as 40403; undefined where it did not. */
  readonly code: number | undefined

  constructor(message: string, code?: number) {
    super(message)
    this.code = code
  }
}

/** Everything a schema speaks of, directly or not, the deepest first, each once. */
export function withReferences(
  registry: Registry,
  { references }: Schema,
  found = new Map<string, string>(),
): ReadonlyMap<string, string> {
  for (const { name, subject, version } of references) {
    if (found.has(name)) continue
    const schema = registry.version(subject, version)
    withReferences(registry, schema, found)
    found.set(name, schema.text)
  }
  return found
}
