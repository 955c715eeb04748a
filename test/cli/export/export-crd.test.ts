import assert from 'node:assert/strict'
import { loadAll } from 'js-yaml'
import { describe, it } from 'node:test'
import { fieldRows } from '../../../src/resource/field-rows.ts'
import { streamAppSchema } from '../../../src/resource/stream-app-schema.ts'
import { weir } from '../../support/cli.ts'

// oxlint-disable-next-line typescript/no-explicit-any -- what YAML holds is looked into field by field, and fails where one is missing
type Schema = Readonly<Record<string, any>>

const { stdout } = await weir(['export', 'crd'])
const definitions: readonly Schema[] = loadAll(stdout).map((definition) => Object(definition))
const schemaOf = ({ spec }: Schema): Schema => spec.versions[0].schema.openAPIV3Schema

describe('weir export crd', () => {
  it('writes a definition of each kind', () => {
    assert.deepEqual(
      definitions.map(({ apiVersion, metadata }) => `${apiVersion} ${metadata.name}`),
      [
        'apiextensions.k8s.io/v1 streamapps.streams.weirkeeper.dev',
        'apiextensions.k8s.io/v1 gitsources.streams.weirkeeper.dev',
      ],
    )
  })

  it('keeps the status of each apart from what people declare', () => {
    assert.ok(definitions.every(({ spec }) => spec.versions[0].subresources.status !== undefined))
  })

  it('holds every field that a manifest may have', () => {
    const [streamApp = {}] = definitions
    for (const { path } of fieldRows(streamAppSchema)) {
      if (path === '' || path.startsWith('metadata') || path.startsWith('status')) continue
      const found = path
        .split('.')
        .reduce<Schema | undefined>(
          (schema, step) =>
            step.endsWith('[]')
              ? schema?.['properties']?.[step.slice(0, -2)]?.items
              : (schema?.['properties']?.[step] ?? schema?.['additionalProperties']),
          schemaOf(streamApp),
        )
      assert.ok(found, path)
    }
  })

  // https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
  it('is a structural schema by the rules of Kubernetes', () => {
    for (const definition of definitions) assert.deepEqual(unstructural(schemaOf(definition), ''), [])
  })

  // Kubernetes reads patterns by Go's RE2, and refuses a whole definition for one that it cannot read.
  it('has no pattern that only JavaScript can read', () => {
    const patterns = [...JSON.stringify(definitions).matchAll(/"pattern":("(?:[^"\\\\]|\\\\.)*")/g)].map(([, text]) =>
      String(JSON.parse(text ?? '""')),
    )
    assert.ok(patterns.length > 5)
    assert.deepEqual(
      patterns.filter((pattern) => /\\u|\\[1-9]|\(\?[=!<]/.test(pattern)),
      [],
    )
  })

  it('finds what is not structural', () => {
    assert.deepEqual(unstructural({ properties: { a: { type: 'string', default: 1 } } }, ''), [
      ': no type',
      '.a: default 1 is no string',
    ])
  })
})

const forbidden = [
  '$ref',
  'definitions',
  'dependencies',
  'deprecated',
  'id',
  'patternProperties',
  'readOnly',
  'xml',
  'const',
  'if',
  'examples',
]

/** What the genuine API server would refuse of a schema, one line each. */
function unstructural(schema: Schema, path: string): readonly string[] {
  const { properties = {}, items, additionalProperties } = schema
  return [
    ...rules.flatMap((rule) => rule(schema)).map((complaint) => `${path}: ${complaint}`),
    ...Object.entries(Object(properties)).flatMap(([name, inner]) => unstructural(Object(inner), `${path}.${name}`)),
    ...(items === undefined ? [] : unstructural(items, `${path}[]`)),
    ...(typeof additionalProperties === 'object' ? unstructural(additionalProperties, `${path}{}`) : []),
  ]
}

const when = (isSo: boolean, complaint: string): readonly string[] => (isSo ? [complaint] : [])

const rules: readonly ((schema: Schema) => readonly string[])[] = [
  (schema) =>
    when(
      !['type', 'x-kubernetes-int-or-string', 'x-kubernetes-preserve-unknown-fields'].some((word) => word in schema),
      'no type',
    ),
  (schema) => forbidden.filter((word) => word in schema).map((word) => `${word} is not allowed`),
  ({ uniqueItems }) => when(uniqueItems === true, 'uniqueItems is not allowed'),
  ({ properties, additionalProperties }) =>
    when(properties !== undefined && additionalProperties !== undefined, 'properties beside additionalProperties'),
  ({ type, items }) => when(type === 'array' && items === undefined, 'a list without items'),
  ({ type, default: usual }) =>
    when(
      type === 'string' && usual !== undefined && typeof usual !== 'string',
      `default ${String(usual)} is no string`,
    ),
  ({ items, ...schema }) => {
    const keys: readonly string[] = schema['x-kubernetes-list-map-keys'] ?? []
    return keys.filter((key) => !items.required?.includes(key)).map((key) => `key ${key} may be missing`)
  },
]
