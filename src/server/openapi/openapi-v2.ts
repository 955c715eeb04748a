import type { Json, JsonObject } from '../../record/record.ts'
import { isJsonObject, objectAt } from '../api-object.ts'

/** OpenAPI v2 (Swagger) from all v3 documents: what kubectl before 1.29, and Argo CD, read. */
export function openapiV2(documents: Iterable<string>): JsonObject {
  const read = [...documents].map((text): Json => JSON.parse(text))
  const schemas = read.flatMap((document) => Object.entries(objectAt(objectAt(document, 'components'), 'schemas')))
  const paths = read.flatMap((document) => Object.entries(objectAt(document, 'paths')))
  return {
    swagger: '2.0',
    info: { title: 'Weirkeeper', version: 'v1' },
    paths: Object.fromEntries(paths.map(([path, item]) => [path, pathItem(item)])),
    definitions: Object.fromEntries(schemas.map(([name, schema]) => [name, schemaOf(schema)])),
    securityDefinitions: { BearerToken: { type: 'apiKey', name: 'authorization', in: 'header' } },
    security: [{ BearerToken: [] }],
  }
}

const methods = new Set(['get', 'put', 'post', 'delete', 'patch'])

function pathItem(item: Json): JsonObject {
  if (!isJsonObject(item)) return {}
  const { parameters } = item
  const operations = Object.entries(item).filter(([method]) => methods.has(method))
  return {
    ...Object.fromEntries(operations.map(([method, operation]) => [method, operationOf(operation)])),
    ...(Array.isArray(parameters) ? { parameters: parameters.map(parameterOf) } : {}),
  }
}

function operationOf(operation: Json): JsonObject {
  if (!isJsonObject(operation)) return {}
  const { requestBody, responses, parameters, security: _security, ...rest } = operation
  const content = objectAt(requestBody, 'content')
  const body =
    requestBody === undefined
      ? []
      : [{ name: 'body', in: 'body', required: true, schema: schemaOf(schemaOfContent(content)) }]
  return {
    ...rest,
    consumes: requestBody === undefined ? ['*/*'] : Object.keys(content),
    produces: ['application/json'],
    schemes: ['https'],
    parameters: [...body, ...(Array.isArray(parameters) ? parameters.map(parameterOf) : [])],
    responses: Object.fromEntries(
      Object.entries(isJsonObject(responses) ? responses : {}).map(([code, response]) => [code, responseOf(response)]),
    ),
  }
}

function schemaOfContent(content: JsonObject): JsonObject {
  const [media] = Object.values(content)
  const schema = objectAt(media, 'schema')
  return Object.keys(schema).length === 0 ? { type: 'object' } : schema
}

function responseOf(response: Json): JsonObject {
  const { description = '' } = isJsonObject(response) ? response : {}
  return { description, schema: schemaOf(schemaOfContent(objectAt(response, 'content'))) }
}

function parameterOf(parameter: Json): JsonObject {
  const { schema, ...rest } = isJsonObject(parameter) ? parameter : {}
  return { ...rest, ...(isJsonObject(schema) ? schema : {}) }
}

/** One reference in `allOf` is how v3 puts words beside it; v2 has the reference alone. */
function schemaOf(schema: Json): JsonObject {
  if (!isJsonObject(schema)) return {}
  const { $ref, allOf, nullable: _nullable, properties, items, additionalProperties, ...rest } = schema
  const [only] = Array.isArray(allOf) ? allOf : []
  const reference = typeof $ref === 'string' ? $ref : isJsonObject(only) ? only['$ref'] : undefined
  if (typeof reference === 'string') {
    const { description } = rest
    const name = reference.replace('#/components/schemas/', '#/definitions/')
    return description === undefined ? { $ref: name } : { description, $ref: name }
  }
  return {
    ...rest,
    ...(isJsonObject(properties)
      ? { properties: Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, schemaOf(field)])) }
      : {}),
    ...(items === undefined ? {} : { items: schemaOf(items) }),
    ...(additionalProperties === undefined ? {} : { additionalProperties: schemaOf(additionalProperties) }),
  }
}
