import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { jsonPathCases, jsonPathObject } from './json-path-cases.ts'

const run = promisify(execFile)
const found = await run('kubectl', ['version', '--client']).then(
  () => true,
  () => false,
)

describe('-o jsonpath beside kubectl', { skip: found ? false : 'no kubectl on this machine' }, () => {
  it('prints what kubectl prints, for every case', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'weirkeeper-json-path-'))
    t.after(() => rm(folder, { recursive: true }))
    const file = join(folder, 'config')
    await writeFile(file, JSON.stringify(jsonPathObject))
    for (const [template, text] of jsonPathCases) {
      const { stdout } = await run('kubectl', ['config', 'view', `-o=jsonpath=${template}`], {
        env: { PATH: process.env['PATH'], KUBECONFIG: file, HOME: folder },
      })
      assert.equal(text, stdout, template)
    }
  })
})
