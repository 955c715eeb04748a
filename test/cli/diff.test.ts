import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { direct } from '../support/direct.ts'
import { goodManifest } from '../support/manifest.ts'

describe('weir diff --direct', () => {
  it('exits 0 without a word where all is as asked, 1 with the lines where not, 2 or more on an error', async (t) => {
    const { run } = await direct(t)
    await run('apply', goodManifest)

    const same = await run('diff', goodManifest)
    const other = await run('diff', goodManifest.replace('retention: 24h', 'retention: 48h'))
    const wrong = await run('diff', goodManifest.replace('app: my-heroku-app', 'app: absent-app'))

    assert.deepEqual([same.code, same.stdout], [0, ''])
    assert.equal(other.code, 1)
    assert.match(other.stdout, /@@ topic lines @@\n-retentionMs: 86400000\n\+retentionMs: 172800000\n/)
    assert.ok(wrong.code >= 2 && wrong.stdout === '')
  })
})
