import { createHash } from 'node:crypto'
import type { JsonObject } from '../../record/record.ts'
import { allKinds } from '../kinds/all-kinds.ts'
import { apiVersionOf, type ResourceKind, type Verb } from '../kinds/resource-kind.ts'
import { objectAt } from '../api-object.ts'
import { planSchema } from './plan-schema.ts'
import { sharedSchemas, schemaName } from './shared-schemas.ts'

/** One document a group and version, and the index that names them by their hash, so that clients may keep them. */
export interface OpenapiV3 {
  readonly index: JsonObject
  /** By path without `/openapi/v3/`: `apis/GROUP/VERSION`. */
  readonly documents: ReadonlyMap<string, string>
}

export function openapiV3(): OpenapiV3 {
  const versions = [...new Set(allKinds.map(pathOf))]
  const documents = new Map(versions.map((path) => [path, JSON.stringify(documentOf(path))]))
  const paths = Object.fromEntries(
    [...documents].map(([path, text]) => {
      const hash = createHash('sha256').update(text).digest('hex').slice(0, 32).toUpperCase()
      return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }]
    }),
  )
  return { index: { paths }, documents }
}

function pathOf({ group, version }: ResourceKind): string {
  return group === '' ? `api/${version}` : `apis/${group}/${version}`
}

function documentOf(path: string): JsonObject {
  const kinds = allKinds.filter((kind) => pathOf(kind) === path)
  return {
    openapi: '3.0.0',
    info: { title: 'Weirkeeper', version: 'v1' },
    paths: Object.fromEntries(kinds.flatMap(pathsOf)),
    components: {
      schemas: {
        ...sharedSchemas,
        ...Object.fromEntries(
          kinds.flatMap((kind) => [
            [schemaName(kind), schemaOf(kind)],
            [`${schemaName(kind)}List`, listSchemaOf(kind)],
            ...(kind.subresources.includes('plan') ? [[`${schemaName(kind)}Plan`, planSchema(kind)]] : []),
          ]),
        ),
      },
      securitySchemes: { BearerToken: { type: 'http', scheme: 'bearer' } },
    },
    security: [{ BearerToken: [] }],
  }
}

function schemaOf(kind: ResourceKind): JsonObject {
  const { group, version, kind: name } = kind
  return {
    ...kind.schema,
    properties: {
      ...head,
      ...objectAt(kind.schema, 'properties'),
      ...head,
      metadata: {
        description: 'What it is called, and what is known of it.',
        allOf: [reference('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta')],
      },
    },
    'x-kubernetes-group-version-kind': [{ group, version, kind: name }],
  }
}

const head: JsonObject = {
  apiVersion: { type: 'string', description: 'Version of this format.' },
  kind: { type: 'string', description: 'What kind of object this is.' },
}

function listSchemaOf(kind: ResourceKind): JsonObject {
  const { group, version, kind: name } = kind
  return {
    type: 'object',
    description: `Objects of kind ${name}.`,
    required: ['items'],
    properties: {
      ...head,
      metadata: { allOf: [reference('io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta')] },
      items: { type: 'array', items: { allOf: [reference(schemaName(kind))] } },
    },
    'x-kubernetes-group-version-kind': [{ group, version, kind: `${name}List` }],
  }
}

function reference(name: string): JsonObject {
  return { $ref: `#/components/schemas/${name}` }
}

function pathsOf(kind: ResourceKind): readonly (readonly [string, JsonObject])[] {
  const base = `/${pathOf(kind)}`
  const inNamespace = kind.isNamespaced ? `${base}/namespaces/{namespace}/${kind.plural}` : `${base}/${kind.plural}`
  const collection = { ...parametersOf(kind, false), ...operations(kind, collectionMethods, false) }
  const one = { ...parametersOf(kind, true), ...operations(kind, objectMethods, true) }
  const everywhere = { ...operations(kind, [['get', 'list']], false, 'ForAllNamespaces') }
  return [
    ...(kind.isNamespaced ? [[`${base}/${kind.plural}`, everywhere] as const] : []),
    [inNamespace, collection],
    [`${inNamespace}/{name}`, one],
    ...kind.subresources
      .filter((name) => name !== 'token')
      .map(
        (name) =>
          [
            `${inNamespace}/{name}/${name}`,
            { ...parametersOf(kind, true), ...subresourceOperations(kind, name) },
          ] as const,
      ),
  ]
}

type Method = readonly [method: string, verb: Verb]
const collectionMethods: readonly Method[] = [
  ['get', 'list'],
  ['post', 'create'],
  ['delete', 'deletecollection'],
]
const objectMethods: readonly Method[] = [
  ['get', 'get'],
  ['put', 'update'],
  ['patch', 'patch'],
  ['delete', 'delete'],
]

/** kubectl's words for what a method does. */
const actions: Readonly<Record<Verb, string>> = {
  get: 'get',
  list: 'list',
  watch: 'watch',
  create: 'post',
  update: 'put',
  patch: 'patch',
  delete: 'delete',
  deletecollection: 'deletecollection',
}

function operations(kind: ResourceKind, methods: readonly Method[], hasName: boolean, suffix = ''): JsonObject {
  const served = methods.filter(([, verb]) => kind.verbs.includes(verb))
  return Object.fromEntries(
    served.map(([method, verb]) => [method, operationOf(kind, verb, `${hasName ? '' : 'Collection'}${suffix}`)]),
  )
}

function subresourceOperations(kind: ResourceKind, name: string): JsonObject {
  if (name === 'log') return { get: logOperation(kind) }
  if (name === 'plan') return { get: planOperation(kind, 'get'), post: planOperation(kind, 'create') }
  const methods: readonly Method[] = [
    ['get', 'get'],
    ['put', 'update'],
    ['patch', 'patch'],
  ]
  return Object.fromEntries(methods.map(([method, verb]) => [method, operationOf(kind, verb, `/${name}`)]))
}

function logOperation(kind: ResourceKind): JsonObject {
  const operation = operationOf(kind, 'get', '/log')
  const responses = { 200: { description: 'Lines', content: { 'text/plain': { schema: { type: 'string' } } } } }
  return {
    ...operation,
    parameters: logParameters,
    responses: { ...objectAt(operation, 'responses'), ...responses },
  }
}

/** Nothing is made by it: a plan of what the body declares is an answer, and no object. */
function planOperation(kind: ResourceKind, verb: 'get' | 'create'): JsonObject {
  const { group, version, kind: name } = kind
  const operation = operationOf(kind, verb, '/plan')
  const schema = reference(`${schemaName(kind)}Plan`)
  const { default: otherwise = {} } = objectAt(operation, 'responses')
  return {
    ...operation,
    description: verb === 'get' ? `plan ${name} as it is kept` : `plan ${name} as if the body were declared`,
    parameters: [],
    responses: { 200: { description: 'OK', content: { 'application/json': { schema } } }, default: otherwise },
    'x-kubernetes-group-version-kind': { group, version, kind: `${name}Plan` },
  }
}

function operationOf(kind: ResourceKind, verb: Verb, suffix: string): JsonObject {
  const { group, version, kind: name } = kind
  const isScale = suffix === '/scale'
  const object = reference(isScale ? 'io.k8s.api.autoscaling.v1.Scale' : schemaName(kind))
  return {
    operationId: `${verb}${apiVersionOf(kind)}${name}${suffix}`.replaceAll(/[^A-Za-z0-9]/g, '_'),
    description: `${verb} ${name}`,
    tags: [apiVersionOf(kind)],
    parameters: parametersFor(verb),
    ...bodyFor(verb, object),
    responses: responsesOf(verb, verb === 'list' ? reference(`${schemaName(kind)}List`) : object),
    'x-kubernetes-action': actions[verb],
    'x-kubernetes-group-version-kind': isScale
      ? { group: 'autoscaling', version: 'v1', kind: 'Scale' }
      : { group, version, kind: name },
  }
}

function parametersFor(verb: Verb): readonly JsonObject[] {
  if (verb === 'list' || verb === 'deletecollection') return listParameters
  if (verb === 'patch') return writeParameters
  return isWrite(verb) ? writeParameters.filter(({ name }) => name !== 'force') : []
}

function bodyFor(verb: Verb, object: JsonObject): JsonObject {
  if (!isWrite(verb)) return {}
  const body = verb === 'patch' ? patchBody : { content: { 'application/json': { schema: object } } }
  return { requestBody: { required: true, ...body } }
}

function isWrite(verb: Verb): boolean {
  return verb === 'create' || verb === 'update' || verb === 'patch'
}

function responsesOf(verb: Verb, object: JsonObject): JsonObject {
  const schema = verb.startsWith('delete') ? { type: 'object' } : object
  const ok = { description: 'OK', content: { 'application/json': { schema } } }
  const created = { ...ok, description: 'Created' }
  const status = { 'application/json': { schema: reference('io.k8s.apimachinery.pkg.apis.meta.v1.Status') } }
  const codes = { create: { 201: created }, patch: { 200: ok, 201: created } }[verb as string] ?? { 200: ok }
  return { ...codes, default: { description: 'A failure', content: status } }
}

const patchBody: JsonObject = {
  content: Object.fromEntries(
    ['application/json-patch+json', 'application/merge-patch+json', 'application/apply-patch+yaml'].map((type) => [
      type,
      { schema: {} },
    ]),
  ),
}

const inQuery = (name: string, type: string, description: string): JsonObject & { readonly name: string } => ({
  name,
  in: 'query',
  description,
  schema: { type, uniqueItems: true },
})

/** kubectl looks for `fieldValidation` here to know that the server checks fields. */
const writeParameters = [
  inQuery('dryRun', 'string', 'All: nothing is kept.'),
  inQuery('fieldManager', 'string', 'Who owns the fields that are written.'),
  inQuery('fieldValidation', 'string', 'Ignore, Warn or Strict: what to do with unknown fields.'),
  inQuery('force', 'boolean', 'Server-side apply takes fields over from their owners.'),
]
const listParameters = [
  inQuery('labelSelector', 'string', 'a=b,a!=b,a in (b,c),a,!a'),
  inQuery('fieldSelector', 'string', 'metadata.name=a'),
  inQuery('limit', 'integer', 'Most objects to answer with.'),
  inQuery('continue', 'string', 'What the page before gave.'),
  inQuery('resourceVersion', 'string', 'At least this version.'),
  inQuery('watch', 'boolean', 'Changes as they happen, one a line.'),
]

function parametersOf({ isNamespaced }: ResourceKind, hasName: boolean): JsonObject {
  const inPath = (name: string): JsonObject => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  })
  return { parameters: [...(hasName ? [inPath('name')] : []), ...(isNamespaced ? [inPath('namespace')] : [])] }
}

const logParameters = [
  inQuery('container', 'string', 'The process type; a dyno has one.'),
  inQuery('follow', 'boolean', 'Lines to come, too.'),
  inQuery('tailLines', 'integer', 'At most this many of the latest lines.'),
  inQuery('sinceSeconds', 'integer', 'Only what is no older.'),
  inQuery('sinceTime', 'string', 'Only what came then or later.'),
  inQuery('timestamps', 'boolean', 'Each line with its time.'),
  inQuery('limitBytes', 'integer', 'At most this much.'),
]
