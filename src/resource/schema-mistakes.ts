import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import { fieldsOf } from '../base/fields-of.ts'
import { didYouMean } from './did-you-mean.ts'
import { gitSourceSchema } from './git-source-schema.ts'
import type { Kind } from './head-schema.ts'
import type { ManifestMistake } from './manifest-mistake.ts'
import type { SourceDocument } from './read-documents.ts'
import { streamAppSchema } from './stream-app-schema.ts'

/** `verbose` puts the schema beside each error, from which the words are made. */
const ajv = new Ajv({
  allErrors: true,
  useDefaults: true,
  verbose: true,
  allowUnionTypes: true,
  validateFormats: false,
}).addVocabulary(['x-change'])

/** Compiled once: a schema never changes, so these are constants and no state. */
const validators: Readonly<Record<Kind, ValidateFunction>> = {
  StreamApp: ajv.compile(streamAppSchema),
  GitSource: ajv.compile(gitSourceSchema),
}

/** Everything that the schema of its kind has against a document. Fills the defaults of `document.value` in. */
export function schemaMistakes(document: SourceDocument, kind: Kind): readonly ManifestMistake[] {
  const validate = validators[kind]
  if (validate(document.value)) return []
  const errors = (validate.errors ?? []).filter(isWorthSaying)
  const told = errors.slice(0, mostTold).map((error) => mistakeOf(document, error))
  const rest = errors.length - told.length
  return rest > 0 ? [...told, { ...document.place(''), path: '', message: `and ${rest} mistakes more` }] : told
}

/** Nobody reads more at once, and a hostile file must not make us write it. */
const mostTold = 200

/**
 * Not what another message says already: the sides of a union that fails as a whole, the values of
 * a text that is none, and `<<`, which reading has refused.
 */
function isWorthSaying(error: ErrorObject): boolean {
  if (error.keyword === 'enum') return typeof error.data === 'string'
  if (error.keyword === 'additionalProperties') return paramOf(error, 'additionalProperty') !== '<<'
  return !/\/anyOf\/\d+\//.test(error.schemaPath)
}

interface Words {
  readonly message: string
  readonly hint?: string
  readonly lacks?: string
  /** Where to point, when it is not the value itself. */
  readonly pointer?: string
  readonly part?: 'key' | 'value'
}

function mistakeOf(document: SourceDocument, error: ErrorObject): ManifestMistake {
  const { message, hint, lacks, pointer = error.instancePath, part = 'value' } = wordsFor(error)
  return {
    ...document.place(pointer, part),
    path: pointer,
    message,
    ...(lacks === undefined ? {} : { lacks }),
    ...(hint === undefined ? {} : { hint }),
  }
}

function wordsFor(error: ErrorObject): Words {
  const { keyword, instancePath } = error
  const field = instancePath.slice(instancePath.lastIndexOf('/') + 1)
  const name = /^\d+$/.test(field) ? `item ${field}` : field || 'the document'
  const words = wordsByKeyword[keyword]
  return words === undefined ? { message: `${name} ${error.message ?? 'is wrong'}` } : words(error, name)
}

const wordsByKeyword: Readonly<Record<string, (error: ErrorObject, name: string) => Words>> = {
  additionalProperties: (error) => {
    const unknown = paramOf(error, 'additionalProperty')
    const known = Object.keys(fieldsOf(error.parentSchema?.['properties']))
    return {
      message: `unknown field "${shown(unknown)}"`,
      hint: didYouMean(unknown, known),
      pointer: `${error.instancePath}/${unknown.replaceAll('~', '~0').replaceAll('/', '~1')}`,
      part: 'key',
    }
  },
  required: (error, name) => {
    const missing = paramOf(error, 'missingProperty')
    const { description } = fieldsOf(fieldsOf(error.parentSchema?.['properties'])[missing])
    return {
      message: `${name} lacks "${missing}"`,
      lacks: missing,
      part: 'key',
      ...(typeof description === 'string' ? { hint: `${missing}: ${description}` } : {}),
    }
  },
  type: (error, name) => ({
    message: `${name} must be ${typeWords(error.schema)}, not ${kindOf(error.data)}`,
    ...examplesOf(error),
  }),
  enum: (error, name) => {
    const values = Array.isArray(error.schema) ? error.schema.map(String) : []
    return { message: `${name} cannot be ${quoted(error.data)}`, hint: didYouMean(String(error.data), values) }
  },
  pattern: (error, name) => ({ message: `${name} cannot be ${quoted(error.data)}`, ...formatHint(error) }),
  minimum: (error, name) => ({ message: `${name} must be ${String(error.schema)} or more` }),
  maximum: (error, name) => ({ message: `${name} must be ${String(error.schema)} or less` }),
  minLength: (_, name) => ({ message: `${name} is empty` }),
  maxLength: (error, name) => ({
    message: `${name} has ${String(error.data).length} characters; at most ${String(error.schema)} are allowed`,
  }),
  maxItems: (error, name) => ({ message: `${name} is longer than ${String(error.schema)} items` }),
  minItems: (_, name) => ({ message: `${name} is an empty list` }),
  anyOf: (error, name) => ({ message: `${name} must be a text, a number, true or false, not ${kindOf(error.data)}` }),
}

const formatHints: Readonly<Record<string, string>> = {
  duration: 'write 24h, 7d, 90m, 30s, or a whole number of milliseconds',
  'topic-name': 'letters, digits, dots, underscores and dashes only',
  'resource-name': 'lower-case letters, digits and dashes, beginning and ending with a letter or digit',
  'heroku-app':
    'the name as `heroku apps` shows it: 3 to 30 lower-case letters, digits and dashes, beginning with a letter',
  'process-type': 'the word before the colon in the Procfile',
  'dyno-size': 'as `heroku ps:type` shows it: standard-1x',
  'addon-name': 'as `heroku addons` shows it: KAFKA, or kafka-round-12345',
  'git-branch': 'as `git branch` shows it: main',
  'git-path': 'a folder, from the root of the repository: deploy/streams',
  'kafka-plan': 'the plan without "heroku-kafka:": basic-0, standard-1, extended-2, private-standard-0',
}

function formatHint({ parentSchema }: ErrorObject): Pick<Words, 'hint'> {
  const hint = formatHints[String(parentSchema?.['format'])]
  return hint === undefined ? {} : { hint }
}

function examplesOf({ parentSchema }: ErrorObject): Pick<Words, 'hint'> {
  const examples: unknown = parentSchema?.['examples']
  return Array.isArray(examples)
    ? { hint: `for example ${examples.map((example) => JSON.stringify(example)).join(' or ')}` }
    : {}
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  object: 'a mapping (field: value)',
  array: 'a list (- item)',
}

function typeWords(schema: unknown): string {
  return [schema]
    .flat()
    .map((type) => typeNames[String(type)] ?? String(type))
    .join(' or ')
}

function kindOf(value: unknown): string {
  if (value === null) return 'empty'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'a mapping' : quoted(value)
}

const quoted = (value: unknown) => shown(typeof value === 'string' ? JSON.stringify(value) : String(value))
const shown = (text: string) => (text.length > 60 ? `${text.slice(0, 57)}…` : text)

function paramOf({ params }: ErrorObject, name: string): string {
  return String(fieldsOf(params)[name])
}
