import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { weir } from '../support/cli.ts'
import { checked, goodManifest } from '../support/manifest.ts'

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

describe('weir topology describe -o yaml', () => {
  it('prints spec.topology whole: a manifest with it leaves no doubt', async () => {
    const run = await describeFile(
      'ours.ts',
      `import { serdes, StreamsBuilder, tumbling } from 'weirkeeper'
const builder = new StreamsBuilder()
const text = { keySerde: serdes.string, valueSerde: serdes.string }
const lines = builder.stream('lines', text).repartition({ ...text, name: 'spread', partitions: 12 })
lines.groupByKey(text).count({ name: 'counts' })
lines.groupByKey(text).windowedBy(tumbling({ sizeMs: 60_000 })).count({ name: 'per-minute' })
export default builder.build()
`,
      '-o',
      'yaml',
    )
    assert.equal(run.stderr, '')
    assert.match(
      run.stdout,
      /\n {2}stores:\n {4}- \{ name: counts, windowed: false \}\n {4}- \{ name: per-minute, windowed: true, retention: \w+ \}\n {2}repartitions:\n {4}- \{ name: spread-repartition, partitions: 12 \}\n$/,
    )
    const manifest = goodManifest.replace(/ {2}topology:[\s\S]*(?= {2}topics:)/, () =>
      run.stdout.replaceAll(/^(?=.)/gm, '  '),
    )
    const { errors, warnings, summary } = checked(manifest.replace(/ {4}- \{ name: word-counts.*\n/, ''))
    assert.deepEqual([errors, warnings], [[], []])
    assert.deepEqual(
      summary.internalTopics.map(({ name, partitions, cleanupPolicy }) => `${name} ${partitions} ${cleanupPolicy}`),
      [
        'word-count-spread-repartition 12 delete',
        'word-count-counts-changelog 12 compact',
        'word-count-per-minute-changelog 12 compact,delete',
      ],
    )
  })

  it('prints what it has of a topology that is not ours', async () => {
    const run = await describeFile(
      'text-only.ts',
      `export default { describe: () => ${JSON.stringify(text)} }`,
      '-o',
      'yaml',
    )
    assert.equal(
      run.stdout,
      'topology:\n  describe: |\n    Topologies:\n       Sub-topology: 0\n        Source: a (topics: [in])\n          --> none\n',
    )
  })

  it('refuses a text that is none', async () => {
    const run = await describeFile('no-topology.ts', "export default { describe: () => 'hello' }", '-o', 'yaml')
    assert.deepEqual([run.code, run.stdout], [2, ''])
    assert.match(run.stderr, /does not read like Topology#describe\(\)/)
  })
})
