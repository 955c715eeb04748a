import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { copartitionGroups } from '../../src/topology/copartition.ts'
import type { TopologyDescription } from '../../src/topology/description.ts'
import { internalTopics } from '../../src/topology/internal-topics.ts'
import { parseDescription } from '../../src/topology/parse-description.ts'
import { printDescription } from '../../src/topology/print-description.ts'

/**
 * One topology a line, printed by Kafka Streams 4.3.1 itself: its `describe()`, and what its
 * InternalTopologyBuilder (application id "app") would create: repartition topics and changelogs
 * by sub-topology, with "cleanup.policy retention.ms", and the groups it wants co-partitioned.
 */
interface Oracle {
  readonly title: string
  readonly optimized: boolean
  readonly describe: string
  readonly groups: Readonly<
    Record<string, { readonly repartitions: readonly string[]; readonly changelogs: Readonly<Record<string, string>> }>
  >
  readonly copartition: readonly (readonly string[])[]
}

const oracles: readonly Oracle[] = readFileSync(
  new URL('../fixtures/kafka-streams-internal-topics.jsonl', import.meta.url),
  'utf8',
)
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line))

const descriptionOf = ({ describe: text }: Oracle): TopologyDescription => {
  const result = parseDescription(text)
  assert.ok(result.ok, JSON.stringify(result))
  return result.value
}
const topicsOf = (oracle: Oracle, logging: boolean) =>
  internalTopics(descriptionOf(oracle), 'app', {
    partitions: new Map(),
    matches: new Map(),
    stores: logging ? [] : [{ name: 'a', logging: false }],
    reusesSourceTopics: oracle.optimized,
  })

describe('internal topics, against Kafka Streams itself', () => {
  assert.equal(oracles.length, 59)
  for (const oracle of oracles) {
    const title = `${oracle.title}${oracle.optimized ? ', optimised' : ''}`
    it(title, () => {
      assert.equal(printDescription(descriptionOf(oracle)), oracle.describe)
      const asked = Object.entries(oracle.groups).flatMap(([id, { repartitions, changelogs }]) => [
        ...repartitions.map((name) => `${id} ${name}`),
        // With the optimisation a source topic is the changelog, and is not created.
        ...Object.keys(changelogs).flatMap((name) => (name.startsWith('app-') ? [`${id} ${name}`] : [])),
      ])
      const topics = topicsOf(oracle, oracle.title !== 'logging off')
      assert.deepEqual(new Set(topics.map(({ subtopology, name }) => `${subtopology} ${name}`)), new Set(asked))

      for (const { name, kind, subtopology, cleanupPolicy, retentionMs } of topics) {
        if (kind === 'repartition' || cleanupPolicy === 'uncertain') continue
        const [policy, retention] = oracle.groups[subtopology]?.changelogs[name]?.split(' ') ?? []
        assert.equal(cleanupPolicy, policy, name)
        assert.equal(retentionMs === 'none', retention === 'null', name)
      }
    })
  }

  it('is in doubt of those stores alone that may be windowed', () => {
    const doubtful = oracles.flatMap((oracle) =>
      topicsOf(oracle, true).filter(({ cleanupPolicy }) => cleanupPolicy === 'uncertain'),
    )
    const named = [
      'cnt',
      'wc',
      'w',
      'w1',
      'w2',
      'a',
      'b',
      'ws',
      'kv',
      'st',
      'sup-store',
      'uwin-min',
      'uwin-max',
      'win-sum',
      'uwin-cnt',
    ]
    for (const { store = '' } of doubtful) {
      assert.ok(named.includes(store) || /^(COGROUP)?KSTREAM-(AGGREGATE|REDUCE)-STATE-STORE-/.test(store), store)
    }
  })
})

describe('co-partitioning, against Kafka Streams itself', () => {
  /** Where we see another group than Kafka Streams, and why. */
  const otherwise: Readonly<Record<string, readonly string[]>> = {
    // Processors of one's own may share a store as they like; a doubt, and no error.
    'process with a shared store': ['l,r'],
  }
  const text = (groups: readonly (readonly string[])[]) =>
    groups.map((topics) =>
      topics
        .map((topic) => topic.replace(/^app-/, ''))
        .toSorted((a, b) => (a < b ? -1 : 1))
        .join(','),
    )

  for (const oracle of oracles) {
    it(`${oracle.title}${oracle.optimized ? ', optimised' : ''}`, () => {
      const groups = copartitionGroups(descriptionOf(oracle))
      const expected = otherwise[oracle.title] ?? text(oracle.copartition.filter(({ length }) => length > 1))
      assert.deepEqual(new Set(text(groups.map(({ topics }) => topics))), new Set(expected))
      if (oracle.title.startsWith('process')) assert.ok(groups.every(({ isJoin }) => !isJoin))
    })
  }
})
