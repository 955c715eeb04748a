import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { pageOf } from '../../../../src/local/heroku/http/range.ts'

const properties = ['version', 'name'] as const

/** Follows Next-Range as the real client does, until there is none. */
function followed(list: readonly object[], first: string): readonly unknown[] {
  const all: unknown[] = []
  let range: string | null = first
  while (range !== null) {
    const page = pageOf(list, properties, range)
    all.push(...page.items)
    assert.equal(page.status, page.nextRange === null ? 200 : 206)
    range = page.nextRange
  }
  return all
}

describe('pages of a list', () => {
  it('come to the whole list, each item once and in order, whatever their size', () => {
    const versions = fc.uniqueArray(fc.integer({ min: 1, max: 500 }), { maxLength: 60 })
    fc.assert(
      fc.property(versions, fc.integer({ min: 1, max: 70 }), fc.boolean(), (numbers, max, isDescending) => {
        const list = numbers.map((version) => ({ version, name: `n${version}` }))
        const seen = followed(list, `version ..; max=${max}${isDescending ? ',order=desc' : ''}`)
        const sorted = list.toSorted((a, b) => (isDescending ? b.version - a.version : a.version - b.version))
        assert.deepEqual(seen, sorted)
      }),
    )
  })

  it('are ordered by number where the property is one, and by text where it is not', () => {
    const list = [10, 9, 2].map((version) => ({ version, name: String(version) }))
    const by = (range: string): unknown =>
      pageOf(list, properties, range).items.map((item) => Reflect.get(Object(item), 'version'))
    assert.deepEqual(by('version ..'), [2, 9, 10])
    assert.deepEqual(by('name ..'), [10, 2, 9])
    assert.deepEqual(by('version 3..9'), [9])
    assert.deepEqual(by('version ]9..'), [10])
  })

  it('hold 200 items when nothing is said, and 1,000 at most', () => {
    const list = Array.from({ length: 1_500 }, (_, version) => ({ version }))
    assert.equal(pageOf(list, ['version'], undefined).items.length, 200)
    assert.equal(pageOf(list, ['version'], 'version ..; max=5000').items.length, 1_000)
  })
})
