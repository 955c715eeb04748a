import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { declaredTopology, topologyFacts } from '../../src/resource/declared-topology.ts'
import { operatorsDescription, type OperatorSpec } from '../../src/resource/operators-description.ts'
import { sinkTopics, sourceTopics } from '../../src/topology/stream-topics.ts'
import { checked, goodManifest, parsed } from '../support/manifest.ts'

const specOf = (text: string) => {
  const spec = parsed(text).apps[0]?.app.spec
  assert.ok(spec, JSON.stringify(parsed(text).mistakes))
  return spec
}

describe('what is known of topics', () => {
  it('is what the manifest says, before what the cluster has', () => {
    const facts = topologyFacts(
      specOf(goodManifest),
      new Map([
        ['lines', 3],
        ['other', 5],
      ]),
    )
    assert.deepEqual([facts.partitions.get('lines'), facts.partitions.get('other')], [6, 5])
  })

  it('counts that the app sets, and topics that a pattern reads', () => {
    const text = goodManifest.replace(
      '    stores:',
      '    repartitions: [ { name: x-repartition, partitions: 4 } ]\n    patterns: [ { pattern: "in-.*", topics: [in-a, in-b] } ]\n    stores:',
    )
    const facts = topologyFacts(specOf(text))
    assert.equal(facts.partitions.get('x-repartition'), 4)
    assert.deepEqual(facts.matches.get('in-.*'), ['in-a', 'in-b'])
  })

  for (const [value, reuses] of [
    ['all', true],
    ['none', false],
    ['merge.repartition.topics', false],
    ['merge.repartition.topics, reuse.ktable.source.topics', true],
  ] as const) {
    it(`topology.optimization ${value}: a table's topic ${reuses ? 'is' : 'is not'} its changelog`, () => {
      const text = goodManifest.replace(
        '  topics:\n',
        `  streams: { config: { topology.optimization: "${value}" } }\n  topics:\n`,
      )
      assert.equal(topologyFacts(specOf(text)).reusesSourceTopics, reuses)
    })
  }
})

describe('a topology that is asked of the app', () => {
  const { topology } = specOf(
    goodManifest.replace(/ {4}describe: \|[\s\S]*? {4}stores/, '    describeFrom: { command: x }\n    stores'),
  )

  it('is unknown until it has answered', () => {
    assert.equal(declaredTopology(topology), undefined)
    assert.ok(declaredTopology(topology, 'Sub-topology: 0\nSource: a (topics: [in])\n--> none')?.ok)
    assert.equal(declaredTopology(topology, 'sh: node: not found')?.ok, false)
  })
})

describe('operators by hand', () => {
  const operator = (name: string, given: Partial<OperatorSpec> = {}): OperatorSpec => ({
    name,
    repartition: false,
    sources: ['in'],
    ...given,
  })
  const shape = (operators: readonly OperatorSpec[]) =>
    operatorsDescription(operators).subtopologies.map((subtopology) => [
      sourceTopics(subtopology),
      sinkTopics(subtopology),
    ])

  it('that read the same topic are one sub-topology', () => {
    assert.deepEqual(shape([operator('a'), operator('b'), operator('c', { sources: ['other'] })]), [
      [['in', 'in'], []],
      [['other'], []],
    ])
  })

  it('may have the name of the topic they read', () => {
    assert.deepEqual(shape([operator('in')]), [[['in'], []]])
  })

  it('are parted by a repartition topic', () => {
    assert.deepEqual(shape([operator('a', { repartition: true }), operator('b', { sources: ['a'] })]), [
      [['in'], ['a-repartition']],
      [['a-repartition'], []],
    ])
  })

  it('join sub-topologies that were apart', () => {
    assert.equal(
      shape([operator('a'), operator('b', { sources: ['x'] }), operator('c', { sources: ['a', 'b'] })]).length,
      1,
    )
  })
})

it('a topology with patterns or a routed sink may touch any topic', () => {
  const routed = goodManifest.replace('(topic: word-counts)', '(extractor class: Router)')
  assert.deepEqual(checked(routed).warnings, [])
})
