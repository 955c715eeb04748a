/** Serdes with a schema registry, apart from the rest: what they need is loaded only where they are used. */
export { avro, type AvroOptions } from './runtime/registry/avro.ts'
export { jsonSchema, type JsonSchemaOptions } from './runtime/registry/json-schema.ts'
export { protobuf, type ProtobufOptions } from './runtime/registry/protobuf.ts'
export {
  type Registry,
  RegistryError,
  type Schema,
  type SchemaReference,
  type SchemaType,
} from './runtime/registry/registry.ts'
export { SchemaRegistry, type SchemaRegistryOptions } from './runtime/registry/schema-registry.ts'
export type { WriteBy } from './runtime/registry/writer-schema.ts'
