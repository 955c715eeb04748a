import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fieldRows } from '../../src/resource/field-rows.ts'
import { gitSourceSchema } from '../../src/resource/git-source-schema.ts'
import { streamAppSchema } from '../../src/resource/stream-app-schema.ts'
import { weir } from '../support/cli.ts'

const explain = (field: string) => weir(['explain', field])

describe('weir explain', () => {
  it('says of a field what it is, its default, and what a change does', async () => {
    assert.deepEqual(await explain('streamapp.spec.streams.threads'), {
      code: 0,
      stderr: '',
      stdout: `KIND:    StreamApp
VERSION: streams.weirkeeper.dev/v1alpha1
FIELD:   spec.streams.threads <integer>
DEFAULT: 1
CHANGE:  a change makes a release and restarts every dyno

Stream threads a dyno (num.stream.threads).
`,
    })
  })

  it('lists the fields below', async () => {
    const { stdout } = await explain('streamapp.spec.topics')
    for (const field of ['name', 'partitions', 'retention', 'cleanupPolicy'])
      assert.match(stdout, new RegExp(`^  ${field} <`, 'm'))
  })

  it('knows every field of every kind, written with or without brackets', async () => {
    for (const [kind, schema] of [
      ['streamapp', streamAppSchema],
      ['gitsource', gitSourceSchema],
    ] as const) {
      for (const { path } of fieldRows(schema)) {
        const field = [kind, ...(path === '' ? [] : [path])].join('.')
        assert.equal((await explain(field)).code, 0, field)
        assert.equal((await explain(field.replaceAll('[]', ''))).code, 0, field)
      }
    }
  })

  const mistakes: readonly (readonly [field: string, says: RegExp])[] = [
    ['constructor', /no kind "constructor"; known here: streamapp, gitsource/],
    ['streamap', /no kind "streamap"; did you mean "streamapp"\?/],
    ['gitsource.spec.brnch', /gitsource\.spec has no field "brnch"; did you mean "branch"\?/],
    ['streamapp.spec.topcs', /streamapp\.spec has no field "topcs"; did you mean "topics"\?/],
    ['streamapp.spec.app.name', /streamapp\.spec\.app has no fields of its own/],
    ['streamapp.spec.zzz', /streamapp\.spec has no field "zzz"; known here: app, process/],
  ]
  for (const [field, says] of mistakes) {
    it(`${field}: says what there is instead, and exits 2`, async () => {
      const { code, stdout, stderr } = await explain(field)
      assert.deepEqual([code, stdout], [2, ''])
      assert.match(stderr, says)
    })
  }

  it('every field says something of itself', () => {
    for (const { path, description } of fieldRows()) assert.ok(description.length > 10, path)
  })
})
