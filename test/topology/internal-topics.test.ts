import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import type { StoreHint } from '../../src/topology/changelog-policy.ts'
import { internalTopics, type InternalTopicFacts } from '../../src/topology/internal-topics.ts'
import { parseDescription } from '../../src/topology/parse-description.ts'

const facts = (given: Partial<InternalTopicFacts> = {}): InternalTopicFacts => ({
  partitions: new Map(Object.entries({ in: 6, l: 4, r: 4, data: 5, min: 5, max: 5, sum: 5, cnt: 5 })),
  matches: new Map(),
  stores: [],
  reusesSourceTopics: false,
  ...given,
})
const topicsOf = (name: string, given: Partial<InternalTopicFacts> = {}) => {
  const result = parseDescription(readFileSync(new URL(`../fixtures/topology/${name}.txt`, import.meta.url), 'utf8'))
  assert.ok(result.ok)
  return internalTopics(result.value, 'app', facts(given))
}
const lines = (name: string, given: Partial<InternalTopicFacts> = {}) =>
  topicsOf(name, given).map((topic) => `${topic.name} ${topic.partitions} ${topic.cleanupPolicy} ${topic.retentionMs}`)
const day = 24 * 60 * 60 * 1000

describe('internal topics', () => {
  it('a grouping makes a repartition topic, and a changelog that it cannot be sure about', () => {
    assert.deepEqual(lines('groupby-count-repartition'), [
      'app-KSTREAM-AGGREGATE-STATE-STORE-0000000002-repartition 6 delete unlimited',
      'app-KSTREAM-AGGREGATE-STATE-STORE-0000000002-changelog 6 uncertain uncertain',
    ])
  })

  const hints: readonly (readonly [hint: Omit<StoreHint, 'name'>, said: string])[] = [
    [{ windowed: false }, 'compact none'],
    [{ windowed: true, retentionMs: day }, `compact,delete ${2 * day}`],
    [{ retentionMs: day }, `compact,delete ${2 * day}`],
    [{ windowed: true }, 'compact,delete uncertain'],
    [{ duplicates: true, retentionMs: day }, `delete ${2 * day}`],
  ]
  for (const [hint, said] of hints) {
    it(`${JSON.stringify(hint)} says: ${said}`, () => {
      assert.deepEqual(lines('groupbykey-count-named-store', { stores: [{ name: 'cnt', ...hint }] }), [
        `app-cnt-changelog 6 ${said}`,
      ])
    })
  }

  it('a store without logging has no changelog', () => {
    assert.deepEqual(lines('groupbykey-count-named-store', { stores: [{ name: 'cnt', logging: false }] }), [])
  })

  it('join windows are deleted and not compacted; how long they are kept must be said', () => {
    assert.deepEqual(lines('stream-stream-left-join'), [
      'app-KSTREAM-JOINTHIS-0000000004-store-changelog 4 delete uncertain',
      'app-KSTREAM-OUTEROTHER-0000000005-store-changelog 4 delete uncertain',
      'app-KSTREAM-OUTERSHARED-0000000004-store-changelog 4 compact none',
    ])
    const stores = [
      { name: 'S-this-join-store', retentionMs: day },
      { name: 'S-other-join-store', retentionMs: day },
    ]
    assert.deepEqual(lines('stream-stream-join-named-streamjoined-withname-j-withstorename-s', { stores }).toSorted(), [
      'app-J-left-repartition 4 delete unlimited',
      `app-S-other-join-store-changelog 4 delete ${2 * day}`,
      `app-S-this-join-store-changelog 4 delete ${2 * day}`,
    ])
  })

  it('a foreign-key join makes two topics and all its stores are compacted', () => {
    assert.deepEqual(lines('fk-join'), [
      'app-KTABLE-FK-JOIN-SUBSCRIPTION-RESPONSE-0000000014-topic 4 delete unlimited',
      'app-l-STATE-STORE-0000000000-changelog 4 compact none',
      'app-KTABLE-FK-JOIN-SUBSCRIPTION-REGISTRATION-0000000006-topic 4 delete unlimited',
      'app-KTABLE-FK-JOIN-SUBSCRIPTION-STATE-STORE-0000000010-changelog 4 compact none',
      'app-r-STATE-STORE-0000000003-changelog 4 compact none',
    ])
    assert.deepEqual(
      topicsOf('fk-leftjoin-named').filter(({ cleanupPolicy }) => cleanupPolicy === 'uncertain'),
      [],
    )
  })

  it('a table read from a topic has a changelog, unless the topology is optimised', () => {
    assert.deepEqual(lines('table-source-optimize-all'), ['app-s-changelog 4 compact none'])
    assert.deepEqual(lines('table-source-optimize-all', { reusesSourceTopics: true }), [])
  })

  it('a global table has none', () => {
    assert.deepEqual(lines('stream-globaltable'), [])
  })

  it('the smoke test: only stores that may be windowed are in doubt', () => {
    const doubtful = topicsOf('smoketestclient-gettopology').filter(
      ({ cleanupPolicy }) => cleanupPolicy === 'uncertain',
    )
    assert.deepEqual(
      new Set(doubtful.map(({ store }) => store)),
      new Set(['KSTREAM-REDUCE-STATE-STORE-0000000020', 'uwin-cnt', 'uwin-max', 'uwin-min', 'win-sum']),
    )
  })
})
