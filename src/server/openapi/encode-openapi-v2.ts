import type { Json, JsonObject } from '../../record/record.ts'
import { isJsonObject, objectAt } from '../api-object.ts'
import { WireWriter } from '../protobuf/wire.ts'

/**
 * OpenAPI v2 as protobuf: kubectl before 1.29 reads no other form. The message
 * is gnostic's `openapi.v2.Document` (OpenAPIv2.proto of google/gnostic); the
 * numbers below are its field numbers.
 */
export function encodeOpenapiV2(document: JsonObject): Uint8Array {
  const { info } = document
  const writer = new WireWriter().text(1, textAt(document, 'swagger'))
  writer.message(2, new WireWriter().text(1, textAt(info, 'title')).text(2, textAt(info, 'version')))
  const paths = new WireWriter()
  for (const [path, item] of Object.entries(objectAt(document, 'paths'))) paths.message(2, named(path, pathItem(item)))
  const definitions = new WireWriter()
  for (const [name, schema] of Object.entries(objectAt(document, 'definitions'))) {
    definitions.message(1, named(name, schemaMessage(schema)))
  }
  return writer.message(8, paths).message(9, definitions).finish()
}

function named(name: string, value: WireWriter): WireWriter {
  return new WireWriter().text(1, name).message(2, value)
}

const methods: readonly (readonly [name: string, number: number])[] = [
  ['get', 2],
  ['put', 3],
  ['post', 4],
  ['delete', 5],
  ['patch', 8],
]

function pathItem(item: Json): WireWriter {
  const writer = new WireWriter()
  for (const [method, number] of methods) {
    const operation = isJsonObject(item) ? item[method] : undefined
    if (isJsonObject(operation)) writer.message(number, operationMessage(operation))
  }
  return writer
}

/** What kubectl looks at: the action, the kind, what it takes, and the query parameters by name. */
function operationMessage(operation: JsonObject): WireWriter {
  const writer = new WireWriter().text(3, textAt(operation, 'description')).text(5, textAt(operation, 'operationId'))
  for (const type of textsAt(operation, 'produces')) writer.text(6, type)
  for (const type of textsAt(operation, 'consumes')) writer.text(7, type)
  const { parameters } = operation
  for (const parameter of Array.isArray(parameters) ? parameters.filter(isJsonObject) : []) {
    if (parameter['in'] === 'query') writer.message(8, queryParameter(parameter))
  }
  writer.message(9, responses())
  return extensions(writer, operation, 13)
}

/** ParametersItem.parameter → Parameter.non_body_parameter → NonBodyParameter.query_parameter_sub_schema. */
function queryParameter(parameter: JsonObject): WireWriter {
  const schema = new WireWriter()
    .text(2, 'query')
    .text(3, textAt(parameter, 'description'))
    .text(4, textAt(parameter, 'name'))
    .text(6, textAt(parameter, 'type'))
  return new WireWriter().message(1, new WireWriter().message(2, new WireWriter().message(3, schema)))
}

function responses(): WireWriter {
  const response = new WireWriter().message(1, new WireWriter().text(1, 'OK'))
  return new WireWriter().message(1, new WireWriter().text(1, '200').message(2, response))
}

function schemaMessage(schema: Json): WireWriter {
  const writer = new WireWriter()
  if (!isJsonObject(schema)) return writer
  const { $ref, items, additionalProperties, properties, type, description } = schema
  if (typeof $ref === 'string') writer.text(1, $ref)
  if (typeof description === 'string') writer.text(4, description)
  for (const name of textsAt(schema, 'required')) writer.text(19, name)
  if (isJsonObject(additionalProperties)) {
    writer.message(21, new WireWriter().message(1, schemaMessage(additionalProperties)))
  }
  if (typeof type === 'string') writer.message(22, new WireWriter().text(1, type))
  if (isJsonObject(items)) writer.message(23, new WireWriter().message(1, schemaMessage(items)))
  if (isJsonObject(properties)) {
    const fields = new WireWriter()
    for (const [name, field] of Object.entries(properties)) fields.message(1, named(name, schemaMessage(field)))
    writer.message(25, fields)
  }
  return extensions(writer, schema, 31)
}

/** `x-…` words travel as YAML, which JSON is. */
function extensions(writer: WireWriter, object: JsonObject, number: number): WireWriter {
  for (const [name, value] of Object.entries(object)) {
    if (!name.startsWith('x-')) continue
    const any = new WireWriter().text(2, JSON.stringify(value))
    writer.message(number, new WireWriter().text(1, name).message(2, any))
  }
  return writer
}

function textAt(object: Json | undefined, field: string): string {
  const value = isJsonObject(object) ? object[field] : undefined
  return typeof value === 'string' ? value : ''
}

function textsAt(object: JsonObject, field: string): readonly string[] {
  const value = object[field]
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}
