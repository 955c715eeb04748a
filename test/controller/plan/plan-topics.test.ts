import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { classOf, type Change, type ObservedTopicState, type TopicState } from '../../../src/controller/plan/change.ts'
import { limitRefusals } from '../../../src/controller/plan/check-limits.ts'
import { planTopics } from '../../../src/controller/plan/plan-topics.ts'
import type { Cluster, ClusterTopic } from '../../../src/heroku/kafka-data.ts'
import { desiredTopic } from '../../support/desired.ts'

const hour = 3_600_000
const day = 24 * hour
const cluster: Cluster = {
  shared: true,
  prefix: null,
  limits: {
    minimumRetentionMs: day,
    maximumRetentionMs: 14 * day,
    maximumPartitionsPerTopic: 48,
    maximumPartitions: 20,
    maximumTopics: 2,
  },
  defaults: { partitions: 8, retentionMs: day },
  supportsMixedCleanupPolicy: true,
}

type Wish = Parameters<typeof desiredTopic>[0]

function topic(over: Partial<ClusterTopic> = {}): ClusterTopic {
  return { name: 'lines', partitions: 6, cleanupPolicy: 'delete', retentionMs: day, isGoing: false, ...over }
}

function planned(wish: Wish, live?: Partial<ClusterTopic>, where: Cluster | null = cluster) {
  return planTopics([desiredTopic(wish)], new Map(live && [['lines', topic(live)]]), where)
}

const longest = { retention: { kind: 'longest' } } as const
const exactly = (ms: number) => ({ retention: { kind: 'exactly', ms } }) as const

describe('what a topic is to become', () => {
  const table: readonly (readonly [
    title: string,
    wish: Wish,
    live: Partial<ClusterTopic> | undefined,
    after: object | undefined,
    where?: Cluster | null,
  ])[] = [
    ['kept for ever, where the cluster allows it', longest, undefined, { retentionMs: null }, null],
    ['kept as long as the cluster allows', longest, undefined, { retentionMs: 14 * day }],
    ['kept by the default of the cluster', {}, undefined, { retentionMs: day }],
    ['left, where it keeps a week', longest, { retentionMs: 7 * day }, undefined],
    ['left, where it keeps for ever', longest, { retentionMs: null }, undefined],
    ['kept longer than 6 days', longest, { retentionMs: 6 * day }, { retentionMs: 14 * day }],
    [
      'kept a week, where that is asked for exactly',
      exactly(8 * day),
      { retentionMs: 7 * day },
      { retentionMs: 8 * day },
    ],
    ['left, where it is as asked', exactly(8 * day), { retentionMs: 8 * day }, undefined],
    ['left, where nobody says how long', {}, { retentionMs: 9 * day }, undefined],
    ['left with a policy that no manifest can ask for', {}, { cleanupPolicy: 'other' }, undefined],
    [
      'deleting, where it had a policy that no manifest can ask for and is to keep otherwise',
      exactly(2 * day),
      { cleanupPolicy: 'other' },
      { cleanupPolicy: 'delete', retentionMs: 2 * day },
    ],
    [
      'compacted with the longest retention, where a shared cluster can mix no policies',
      { cleanupPolicy: 'compact' },
      undefined,
      { cleanupPolicy: 'compact', retentionMs: 14 * day },
      { ...cluster, supportsMixedCleanupPolicy: false },
    ],
    [
      'compacted without one on a cluster of its own',
      { cleanupPolicy: 'compact' },
      undefined,
      { cleanupPolicy: 'compact', retentionMs: null },
      { ...cluster, supportsMixedCleanupPolicy: false, shared: false },
    ],
  ]
  for (const [title, wish, live, after, where = cluster] of table) {
    it(title, () => {
      const [change] = planned(wish, live, where).changes
      const isOne = change?.kind === 'create-topic' || change?.kind === 'configure-topic'
      const is: Partial<TopicState> = isOne ? change.after : {}
      assert.equal(change === undefined, after === undefined)
      assert.deepEqual({ ...is, ...after }, is)
    })
  }
})

describe('another number of partitions', () => {
  const refused = (role: 'user' | 'changelog'): string =>
    planned({ role, partitions: 4 }, {})
      .refusals.map(({ message }) => message)
      .join()
  it('is refused with the way out for a topic of the user, and for one of the app', () => {
    assert.match(refused('user'), /never changes: say partitions: 6 in the manifest, or make a topic of another name/)
    assert.match(refused('changelog'), /never changes: nothing of lines is needed if the app may start afresh/)
  })
})

describe('what a topic is waited for', () => {
  it('is what it is made or changed to, and while it is being made', () => {
    assert.deepEqual(planned({ partitions: 3 }).awaited, [{ name: 'lines', partitions: 3, cleanupPolicy: 'delete' }])
    assert.deepEqual(planned({ partitions: 3 }, { partitions: 0 }), {
      changes: [],
      awaited: [{ name: 'lines', partitions: 3 }],
      refusals: [],
      warnings: [],
    })
    assert.deepEqual(planned({}, {}).awaited, [])
  })

  it('is nothing while it goes', () => {
    const { changes, refusals } = planned({}, { isGoing: true })
    assert.deepEqual([changes, refusals.map(({ reason }) => reason)], [[], ['TopicGoing']])
  })
})

describe('a change of a topic', () => {
  const change = (before: ObservedTopicState, after: TopicState): string =>
    classOf({ kind: 'configure-topic', role: 'user', name: 'lines', before, after })
  it('loses nothing where it keeps as long as before', () => {
    const kept = { retentionMs: day } as const
    const mixed = { ...kept, cleanupPolicy: 'compact,delete' } as const
    assert.equal(change(mixed, { ...kept, cleanupPolicy: 'delete' }), 'safe')
    assert.equal(change({ ...kept, cleanupPolicy: 'delete' }, mixed), 'data-loss', 'it is compacted')
    assert.equal(change({ ...kept, cleanupPolicy: 'other' }, { cleanupPolicy: 'delete', retentionMs: null }), 'safe')
  })
})

describe('the limits of a plan, in words', () => {
  const made = (over: object): Extract<Change, { readonly kind: 'create-topic' }> => {
    const after = { cleanupPolicy: 'delete', retentionMs: day, partitions: 6, ...over } as const
    return { kind: 'create-topic', role: 'user', name: 'new', after }
  }
  const told = (change: ReturnType<typeof made>, there: readonly ClusterTopic[], where = cluster): readonly string[] =>
    limitRefusals([change], new Map(there.map((one) => [one.name, one])), where).map(({ message }) => message)

  it('say how many partitions and topics are left, and never fewer than none', () => {
    const [one, two, three] = ['a', 'b', 'c'].map((name) => topic({ name, partitions: 8 }))
    assert.ok(one !== undefined && two !== undefined && three !== undefined)
    assert.match(
      told(made({}), [one, topic({ partitions: 10 })])[0] ?? '',
      /^6 partitions are needed and 2 are left of the plan's 20/,
    )
    const [partitions, topics] = told(made({}), [one, two, three])
    assert.match(partitions ?? '', /needed and 0 are left/)
    assert.match(topics ?? '', /^1 topics are needed and 0 are left of the plan's 2/)
  })

  it('ask for nothing more where nothing is made, however full the cluster is', () => {
    const full = ['a', 'b', 'c'].map((name) => topic({ name, partitions: 9 }))
    const before = { cleanupPolicy: 'delete', retentionMs: day } as const
    const change = { kind: 'configure-topic', role: 'user', name: 'a', before, after: before } as const
    assert.deepEqual(limitRefusals([change], new Map(full.map((one) => [one.name, one])), cluster), [])
  })

  it('have nothing against what is kept for ever, nor against mixing policies where that is possible', () => {
    assert.deepEqual(told(made({ retentionMs: null, partitions: 1 }), []), [])
    const mixed = made({ cleanupPolicy: 'compact,delete', partitions: 1 })
    assert.deepEqual(told(mixed, []), [])
    assert.match(told(mixed, [], { ...cluster, supportsMixedCleanupPolicy: false })[0] ?? '', /needs compact,delete/)
  })

  it('are none where the plan names none', () => {
    const limits = {
      minimumRetentionMs: null,
      maximumRetentionMs: null,
      maximumPartitionsPerTopic: null,
      maximumPartitions: null,
      maximumTopics: null,
    }
    const there = ['a', 'b', 'c'].map((name) => topic({ name, partitions: 9 }))
    assert.deepEqual(told(made({ partitions: 500, retentionMs: 1 }), there, { ...cluster, limits }), [])
  })
})
