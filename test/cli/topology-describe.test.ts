import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { weir } from '../support/cli.ts'

const cwd = mkdtempSync(join(tmpdir(), 'weir-describe-'))
after(() => {
  rmSync(cwd, { recursive: true })
})
const text = 'Topologies:\n   Sub-topology: 0\n    Source: a (topics: [in])\n      --> none\n\n'
const describeFile = (name: string, source: string, ...options: readonly string[]) => {
  writeFileSync(join(cwd, name), source)
  return weir(['topology', 'describe', name, ...options], { cwd })
}

describe('weir topology describe', () => {
  it('prints what the default export describes, byte for byte', async () => {
    const run = await describeFile(
      'one.ts',
      `const text: string = ${JSON.stringify(text)}\nexport default { describe: () => text }`,
    )
    assert.deepEqual(run, { code: 0, stdout: text, stderr: '' })
  })

  it('takes an export named topology, too, and prints it as data', async () => {
    const run = await describeFile(
      'two.ts',
      `export const topology = { describe: () => ${JSON.stringify(text)} }`,
      '-o',
      'json',
    )
    assert.deepEqual(JSON.parse(run.stdout), {
      subtopologies: [{ id: 0, nodes: [{ kind: 'source', name: 'a', topics: ['in'], successors: [] }] }],
      globalStores: [],
    })
  })

  const mistakes: readonly (readonly [name: string, source: string, says: RegExp])[] = [
    ['exports-nothing.ts', 'export {}', /has no topology: .*; it exports nothing/],
    ['exports-else.ts', 'export const stream = 1', /it exports stream/],
    ['exports-builder.ts', 'export default { build: () => 1 }', /export default builder\.build\(\)/],
    ['throws.ts', 'throw new Error("no such luck")', /cannot be loaded:\nError: no such luck/],
    ['no-text.ts', 'export default { describe: () => 1 }', /describe\(\) returned number/],
    ['imports.ts', 'import "no-such-package"', /cannot be loaded:\n.*no-such-package/],
  ]
  for (const [name, source, says] of mistakes) {
    it(`refuses ${name} and says why`, async () => {
      const run = await describeFile(name, source)
      assert.equal(run.code, 2)
      assert.equal(run.stdout, '')
      assert.match(run.stderr, says)
    })
  }

  it('refuses a file that is not there, and a call without one', async () => {
    assert.match((await weir(['topology', 'describe', 'nowhere.ts'], { cwd })).stderr, /there is no file .*nowhere\.ts/)
    assert.match((await weir(['topology', 'describe'], { cwd })).stderr, /missing required argument 'file'/)
  })
})
