import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import draft4 from 'ajv-draft-04'
import type { ValidateFunction } from 'ajv'
import type { Answer } from '../../src/local/heroku/options.ts'

/** The schemas that Heroku publishes, where this checkout has them beside it. */
const folder = fileURLToPath(new URL('../../../shared/heroku/', import.meta.url))

export const noSchemas: string | false = existsSync(folder)
  ? false
  : 'the published API schemas are not beside this checkout'

type Json = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const object = (value: unknown): Json => (isObject(value) ? value : {})
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

export interface Oracle {
  /** Mistakes of an answer, or null when the published schema has no such route. */
  mistakesOf(answer: Answer): readonly string[] | null
}

/** Reads and compiles as it goes: a schema is compiled when its first answer comes. */
export function publishedSchemas(): Oracle {
  const v3 = new HyperSchema(read('platform-api-v3.json'))
  const sdk = new HyperSchema(read('platform-api-3.sdk.json'))
  const data = new DataSchema(read('kafka-data-api.json'))
  return {
    mistakesOf(answer) {
      const validate =
        answer.host === 'data'
          ? data.validatorFor(answer)
          : (answer.version === '3.sdk' ? sdk : v3).validatorFor(answer)
      if (validate === null) return null
      if (validate(answer.widened ? narrowed(answer.body) : answer.body)) return []
      return (validate.errors ?? []).map(
        ({ instancePath, message, params }) =>
          `${answer.method} ${answer.route} (${answer.version}): ${instancePath} ${message} ${JSON.stringify(params)}`,
      )
    },
  }
}

/** `Accept-Inclusion` and `Accept-Expansion` add what the schema of the plain answer does not have. */
function narrowed(body: unknown): unknown {
  if (Array.isArray(body)) return body.map((item) => narrowed(item))
  const { config_vars: vars, ...rest } = object(body)
  const isAttachment = isObject(rest['addon'])
  return {
    ...rest,
    ...(isAttachment ? { addon: without(object(rest['addon']), 'plan') } : { config_vars: vars }),
    ...(isObject(rest['plan']) ? { plan: identity(rest['plan']) } : {}),
    ...(isObject(rest['addon_service']) ? { addon_service: identity(rest['addon_service']) } : {}),
  }
}

const identity = ({ id, name }: Json): Json => ({ id, name })
const without = (item: Json, field: string): Json =>
  Object.fromEntries(Object.entries(item).filter(([name]) => name !== field))

const read = (file: string): Json => object(JSON.parse(readFileSync(`${folder}${file}`, 'utf8')))

const newAjv = (): draft4.default =>
  new draft4.default({
    strict: false,
    allErrors: true,
    formats: {
      'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
      uuid: /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/,
      email: /@/,
      uri: true,
    },
  })

/** Heroku's hyper-schema: one definition a resource, each with its links. */
class HyperSchema {
  readonly #ajv = newAjv()
  readonly #compiled = new Map<string, ValidateFunction>()
  readonly #targets = new Map<string, unknown>()

  constructor(schema: Json) {
    const definitions = object(schema['definitions'])
    for (const [name, definition] of Object.entries(definitions)) {
      for (const link of list(object(definition)['links']).map((one) => object(one))) {
        const self = { $ref: `#/definitions/${name}` }
        const target = link['targetSchema'] ?? (link['rel'] === 'empty' ? undefined : self)
        this.#targets.set(`${String(link['method'])} ${pathOf(String(link['href']))}`, target)
      }
    }
    this.#ajv.addSchema({ definitions: clean(definitions) }, 'heroku')
  }

  validatorFor({ method, route }: Answer): ValidateFunction | null {
    const key = `${method} ${route.replaceAll(/:\w+/g, '{}')}`
    const target = this.#targets.get(key)
    if (target === undefined) return null
    const known = this.#compiled.get(key)
    if (known !== undefined) return known
    const compiled = this.#ajv.compile(object(absolute(clean(target))))
    this.#compiled.set(key, compiled)
    return compiled
  }
}

const pathOf = (href: string): string => href.replaceAll(/\{[^}]*\}/g, '{}')

/** The Kafka data API: schemas drawn from examples, `"VERB /path" -> {responses: {code: schema}}`. */
class DataSchema {
  readonly #ajv = newAjv()
  readonly #routes = new Map<string, unknown>()
  readonly #compiled = new Map<unknown, ValidateFunction>()

  constructor(schema: Json) {
    for (const [key, value] of Object.entries(schema)) {
      const responses = object(object(value)['responses'])
      this.#routes.set(key.replaceAll(/:\w+|\{\w+\}/g, '{}'), responses['200'])
    }
  }

  validatorFor({ method, route }: Answer): ValidateFunction | null {
    const schema = this.#routes.get(`${method} ${route.replaceAll(/:\w+/g, '{}')}`)
    if (schema === undefined) return null
    const known = this.#compiled.get(schema) ?? this.#ajv.compile(object(widened(schema)))
    this.#compiled.set(schema, known)
    return known
  }
}

/**
 * Drawn from the examples of one dedicated cluster, the schema of topics is narrower than what the real clients
 * read and send: on basic plans a topic has a prefix, and without a retention its time is null. Nulls under
 * `items` mean that the example's list was empty.
 */
function widened(schema: unknown, key = ''): unknown {
  if (Array.isArray(schema)) return schema.map((item) => widened(item))
  if (!isObject(schema)) return schema
  if (key === 'retention_time_ms') return { type: ['integer', 'null'] }
  if (key === 'prefix') return { type: ['string', 'null'] }
  const entries = Object.entries(schema).filter(([name, value]) => !(name === 'items' && value === null))
  return Object.fromEntries(entries.map(([name, value]) => [name, widened(value, name)]))
}

/**
 * Without `example`, `links` and text-valued `id`, which a validator takes for its own; `strictProperties` (every
 * listed property, and no other) spelled out, since a validator ignores it and would accept `{}`.
 */
function clean(schema: unknown, isPropertyMap = false): unknown {
  if (Array.isArray(schema)) return schema.map((item) => clean(item))
  if (!isObject(schema)) return schema
  const { strictProperties, ...rest } = schema
  const kept = Object.entries(rest).filter(([name, value]) => isPropertyMap || !isForeign(name, value))
  const cleaned: Json = Object.fromEntries(
    kept.map(([name, value]) => [name, clean(value, !isPropertyMap && maps.includes(name))] as const),
  )
  if (strictProperties !== true) return cleaned
  const listed = Object.keys(object(cleaned['properties']))
  return { ...cleaned, ...(listed.length === 0 ? {} : { required: listed }), additionalProperties: false }
}

/** Their keys are names, not words of the schema language. */
const maps: readonly string[] = ['properties', 'definitions', 'patternProperties']

const isForeign = (name: string, value: unknown): boolean =>
  name === 'example' || name === 'links' || name === '$schema' || (name === 'id' && typeof value === 'string')

/** References of a link stand in the document that defines them. */
function absolute(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map((item) => absolute(item))
  if (!isObject(schema)) return schema
  return Object.fromEntries(
    Object.entries(schema).map(([name, value]) => [
      name,
      name === '$ref' && typeof value === 'string' ? value.replace(/^#/, 'heroku#') : absolute(value),
    ]),
  )
}
