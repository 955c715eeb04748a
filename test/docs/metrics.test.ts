import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { catalogue } from '../../src/runtime/metrics/catalogue.ts'
import { keySerdes } from '../../src/runtime/query/key-of-text.ts'

const page = readFileSync(new URL('../../docs/reference/metrics.md', import.meta.url), 'utf8')

describe('docs/reference/metrics.md', () => {
  it('has a row for each metric there is, and no other', () => {
    const rows = page.split('\n').filter((line) => /^\| `(stream|weir)-/.test(line))
    const wanted = catalogue.map(
      ({ group, name, tags, level, about }) =>
        `| \`${group}\` | \`${name}\` | ${tags.join(', ')} | ${level} | ${about} |`,
    )
    assert.deepEqual(rows, wanted)
  })

  it('names every serde a key may be written in', () => {
    assert.ok(page.includes(keySerdes.map((name) => `\`${name}\``).join(', ')), keySerdes.join(', '))
  })
})
