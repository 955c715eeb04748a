import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { errorSettings } from '../../src/runtime/config-errors.ts'
import { notBuilt, settings } from '../../src/runtime/config-settings.ts'

const page = readFileSync(new URL('../../docs/reference/settings.md', import.meta.url), 'utf8')

describe('docs/reference/settings.md', () => {
  it('has each setting with its default, in the order of the code, and no other', () => {
    const rows = [...page.matchAll(/^\| `([\w.]+)` \| (.*?) \| .+ \|$/gm)].map(([, name, fallback]) => [name, fallback])
    const wanted = Object.values(settings).map(({ name, fallback }) => [name, String(fallback)])
    assert.deepEqual(rows, wanted)
  })

  it('names those of failing records, and those that are refused', () => {
    for (const name of [...errorSettings, ...Object.keys(notBuilt)]) assert.ok(page.includes(`\`${name}\``), name)
  })
})
