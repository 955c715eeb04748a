import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { buildTopology, goldenTopologies, optimizedTopologies } from '../../support/topologies.ts'

const golden = readGolden()

describe('describe() is the text that Kafka Streams 4.3.1 prints', () => {
  for (const [title, build] of Object.entries(optimizedTopologies)) {
    it(title, () => {
      assert.equal(buildTopology(build, 'all').describe(), golden.get(title))
    })
  }

  for (const [title, build] of Object.entries(goldenTopologies)) {
    it(title, () => {
      assert.equal(buildTopology(build).describe(), golden.get(title))
    })
  }

  it('for every one of the 41 topologies there are texts of', () => {
    const built = [...Object.keys(goldenTopologies), ...Object.keys(optimizedTopologies)]
    assert.deepEqual(built.toSorted(), [...golden.keys()].toSorted())
    assert.equal(built.length, 41)
  })
})

function readGolden(): ReadonlyMap<string, string> {
  const text = readFileSync(new URL('../../fixtures/topologies/golden.json', import.meta.url), 'utf8')
  const parsed: Record<string, string> = JSON.parse(text)
  return new Map(Object.entries(parsed))
}
