import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { it } from 'node:test'
import { pathToFileURL } from 'node:url'

const source = join(import.meta.dirname, '../../../src/record/postgres/embedded-postgres.ts')

it('leaves the end of a process to that process', () => {
  const program = `
    import { startEmbeddedPostgres } from '${pathToFileURL(source).href}'
    await startEmbeddedPostgres({ folder: '/dev/null/nowhere', port: 1 }).catch((error) => console.log(error.message))
    process.exitCode = 3`
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    encoding: 'utf8',
  })

  assert.match(stdout, /^Postgres did not start in \/dev\/null\/nowhere/)
  assert.equal(stderr, '')
  assert.equal(status, 3)
})
