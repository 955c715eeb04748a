import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { sourceReasons } from '../../src/controller/git-source/source-status.ts'
import { gitSourceSchema } from '../../src/resource/git-source-schema.ts'
import { fieldTable } from '../support/field-table.ts'

const page = readFileSync(new URL('../../docs/reference/gitsource.md', import.meta.url), 'utf8')

describe('docs/reference/gitsource.md', () => {
  it('lists the fields that the schema has', () => {
    const table = /<!-- fields:[^\n]*-->\n([\s\S]*?)\n<!-- end of fields -->/.exec(page)?.[1]
    assert.equal(table, fieldTable(gitSourceSchema))
  })

  it('has a row for each reason, and for no other', () => {
    const rows = [...page.matchAll(/^\| `([A-Z]\w+)` \| (?:True|False|Unknown) \|/gm)].map(([, reason]) => reason)
    assert.deepEqual(rows, sourceReasons)
  })
})
