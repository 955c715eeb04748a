import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { before, describe, it } from 'node:test'
import { countWords } from '../../scripts/demo/count-words.ts'
import { registerSelfImport } from '../../src/host/self-import.ts'
import { parseManifests } from '../../src/resource/parse-manifests.ts'
import type { Topology } from '../../src/runtime/graph/topology.ts'
import { serdes } from '../../src/runtime/serde/serdes.ts'
import { TestDriver } from '../../src/testing/test-driver.ts'

const root = dirname(dirname(import.meta.dirname))

describe('the word-count example', () => {
  let topology: Topology
  before(async () => {
    registerSelfImport()
    topology = (await import('../../examples/word-count/topology.ts')).topology
  })

  it('is described in its manifest as it is', async () => {
    const name = 'manifests/word-count.yaml'
    const { apps, mistakes } = parseManifests([{ name, bytes: await readFile(join(root, name)) }])
    assert.deepEqual(mistakes, [])
    const text = apps[0]?.app.spec.topology.describe ?? ''
    assert.equal(text.trim(), topology.describe().replaceAll(/ +$/gm, '').trim())
  })

  it('counts as the demo counts', () => {
    const lines = ['The cat -- the CAT, übermut!', "don't 42 the"]
    using driver = new TestDriver(topology)
    const input = driver.input('lines', { keySerde: serdes.string, valueSerde: serdes.string })
    for (const line of lines) input.send(null, line)
    const output = driver.output('word-counts', { keySerde: serdes.string, valueSerde: serdes.long })
    assert.deepEqual(new Map(output.read().map(({ key, value }) => [key, value])), countWords(lines))
  })
})
