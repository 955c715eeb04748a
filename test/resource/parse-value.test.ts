import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { load } from 'js-yaml'
import { parseManifests } from '../../src/resource/parse-manifests.ts'
import { parseValue } from '../../src/resource/parse-value.ts'
import { goodManifest } from '../support/manifest.ts'

const good: object = JSON.parse(JSON.stringify(load(goodManifest)))
const deep = Array.from({ length: 40 }).reduce<object>((inner) => ({ inner }), {})

/** As the text of the value is read, and without what only says how that is done. */
function asText(value: object) {
  return parseManifests([{ name: 'request', bytes: new TextEncoder().encode(JSON.stringify(value)) }])
}

describe('a manifest that was read as JSON already', () => {
  const values: Readonly<Record<string, object>> = {
    'that is right': good,
    'with fields that nobody knows': { ...good, spec: { nmae: 1, 'a/b~c': [] } },
    'of another kind': { ...good, kind: 'StreamAp' },
    'with no kind': { metadata: {} },
    'that is a list': [good],
    'with a key that is none in YAML': { ...good, '<<': { kind: 'StreamApp' } },
    'with a key that an object takes for more': JSON.parse('{"kind":"StreamApp","__proto__":{"spec":{}}}'),
    'with a text that stands for a key in YAML': { ...good, spec: { topics: ['<<'] } },
    'with fields that JSON leaves out': { ...good, metadata: { name: 'a', labels: undefined } },
    'with numbers that JSON does not have': { ...good, spec: { streams: { threads: NaN } } },
    'with a zero below zero': { ...good, spec: { streams: { threads: -0 } } },
    'with letters beyond ASCII': { ...good, metadata: { name: 'wörter', labels: { a: '\u0085\u2028' } } },
    'with control characters': { ...good, metadata: { name: 'a\u0001\n\tb' } },
    'with numbers of all sorts': {
      ...good,
      spec: { streams: { threads: 1e21, standbyReplicas: 0.1, config: { a: 1e-7 } } },
    },
    'that is too deep': { ...good, spec: deep },
    'that holds too many values': { ...good, spec: { topics: Array.from({ length: 30_000 }, () => 1) } },
    'that is too large': { ...good, metadata: { name: 'x'.repeat(1_100_000) } },
  }
  for (const [name, value] of Object.entries(values)) {
    it(`${name} means what its text means`, () => {
      const [got, wanted] = [parseValue('request', value), asText(value)]
      assert.deepEqual(got.mistakes, wanted.mistakes)
      assert.deepEqual(
        got.apps.map(({ app }) => app),
        wanted.apps.map(({ app }) => app),
      )
    })
  }

  it('knows where things stand in its text, for what is found later', () => {
    const [got] = parseValue('request', good).apps
    const [wanted] = asText(good).apps
    assert.ok(got !== undefined && wanted !== undefined)
    for (const pointer of ['', '/spec/topics/0/name', '/spec/nothing']) {
      assert.deepEqual(got.source.place(pointer), wanted.source.place(pointer))
    }
    const within = { line: 2, column: 3, endColumn: 5 }
    assert.deepEqual(
      got.source.placeInText('/spec/topology/describe', within),
      wanted.source.placeInText('/spec/topology/describe', within),
    )
  })

  it('leaves the value as it was: defaults are filled into a copy', () => {
    const before = structuredClone(good)
    parseValue('request', good)
    assert.deepEqual(good, before)
  })
})
