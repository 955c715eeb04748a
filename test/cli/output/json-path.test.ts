import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fillJsonPath } from '../../../src/cli/output/fill-json-path.ts'
import { parseJsonPath } from '../../../src/cli/output/json-path.ts'
import { jsonPathCases, jsonPathObject } from './json-path-cases.ts'

function filled(template: string, object: unknown = jsonPathObject): string {
  const parsed = parseJsonPath(template)
  assert.ok(parsed.ok, parsed.ok ? '' : parsed.error)
  return fillJsonPath(parsed.value, object)
}

describe('-o jsonpath', () => {
  for (const [template, text] of jsonPathCases) {
    it(`${template} gives ${JSON.stringify(text)}`, () => assert.equal(filled(template), text))
  }

  it('takes one expression without braces, which kubectl would print as it is', () => {
    assert.equal(filled('.kind'), 'Config')
    assert.equal(filled('contexts[2].name'), 'prod')
  })

  const wrong: readonly (readonly [template: string, says: RegExp])[] = [
    ['{.kind', /not closed/],
    ['{range .contexts[*]}{.name}', /closed by no \{end\}/],
    ['{.name}{end}', /closes no \{range/],
    ['{.contexts[}', /bracket .* not closed/],
    ['{.contexts[x]}', /\[x\] .* cannot be read/],
    ['{kind}', /cannot be read at "kind"; write \.field/],
    ['{.contexts[?(name=="x")]}', /neither a path/],
    ['{.contexts[?(@.name==constructor)]}', /neither a path/],
  ]
  for (const [template, says] of wrong) {
    it(`${template} is refused with what to write`, () => {
      const parsed = parseJsonPath(template)
      assert.match(parsed.ok ? '' : parsed.error, says)
    })
  }
})
