import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { DesiredDeletion } from '../../../src/controller/desired/desire-deletion.ts'
import type { Desired } from '../../../src/controller/desired/desired.ts'
import type { Observed } from '../../../src/controller/observe/observed.ts'
import { classOf } from '../../../src/controller/plan/change.ts'
import { limitRefusals } from '../../../src/controller/plan/check-limits.ts'
import type { Plan } from '../../../src/controller/plan/plan.ts'
import { planDeletion } from '../../../src/controller/plan/plan-deletion.ts'
import { planStreamApp } from '../../../src/controller/plan/plan-stream-app.ts'
import type { Cluster, ClusterTopic } from '../../../src/heroku/kafka-data.ts'
import { desired, desiredTopic } from '../../support/desired.ts'
import { observed } from '../../support/observed.ts'

const hour = 3_600_000
const limits = {
  minimumRetentionMs: 24 * hour,
  maximumRetentionMs: 168 * hour,
  maximumPartitionsPerTopic: 12,
  maximumPartitions: 20,
  maximumTopics: 3,
}
const cluster: Cluster = {
  shared: true,
  prefix: null,
  limits,
  defaults: { partitions: 8, retentionMs: 24 * hour },
  supportsMixedCleanupPolicy: true,
}

describe('the limits of a plan', () => {
  const state = { cleanupPolicy: 'delete', retentionMs: 24 * hour, partitions: 6 } as const
  const table = [
    ['allows the last partition', { partitions: 8 }, 2, 0],
    ['refuses one more than the last partition', { partitions: 9 }, 2, 1],
    ['allows the last topic', {}, 2, 0],
    ['refuses one more than the last topic', { partitions: 1 }, 3, 1],
    ['allows as many partitions as a topic may have', { partitions: 12 }, 1, 0],
    ['refuses one more than a topic may have', { partitions: 13 }, 1, 1],
    ['allows the shortest retention', { retentionMs: 24 * hour }, 0, 0],
    ['refuses a shorter one', { retentionMs: 24 * hour - 1 }, 0, 1],
    ['allows the longest retention', { retentionMs: 168 * hour }, 0, 0],
    ['refuses a longer one', { retentionMs: 168 * hour + 1 }, 0, 1],
    ['does not ask how long a compacted topic keeps', { cleanupPolicy: 'compact', retentionMs: 1 }, 0, 0],
  ] as const
  for (const [title, after, there, refused] of table) {
    it(title, () => {
      const topics = Array.from({ length: there }, (_, index) => topic({ name: `t${index}` }))
      const change = { kind: 'create-topic', role: 'user', name: 'new', after: { ...state, ...after } } as const
      assert.equal(limitRefusals([change], named(...topics), cluster).length, refused)
    })
  }

  it('does not count what Kafka keeps for itself', () => {
    const change = { kind: 'create-topic', role: 'user', name: 'new', after: { ...state, partitions: 12 } } as const
    assert.deepEqual(limitRefusals([change], named(topic({ name: '__offsets', partitions: 50 })), cluster), [])
  })
})

describe('a topic that is there', () => {
  it('keeps its own policy where none is asked for, and changes only how long it keeps', () => {
    const wish = desiredTopic({ retention: { kind: 'exactly', ms: 48 * hour } })
    const plan = planned({ topics: [wish] }, { topics: named(topic({ cleanupPolicy: 'compact,delete' })) })
    const [change] = plan.changes

    assert.deepEqual(change?.kind === 'configure-topic' && change.after, {
      cleanupPolicy: 'compact,delete',
      retentionMs: 48 * hour,
    })
  })

  it('that is compacted is not asked how long it keeps', () => {
    const wish = desiredTopic({ cleanupPolicy: 'compact', retention: { kind: 'exactly', ms: 48 * hour } })
    const plan = planned({ topics: [wish] }, { topics: named(topic({ cleanupPolicy: 'compact' })) })

    assert.ok(plan.changes.every(({ kind }) => kind !== 'configure-topic'))
  })
})

describe('what is waited for and told', () => {
  it('is the group alone, beside the topics', () => {
    const plan = planned({ topics: [desiredTopic()] })
    assert.deepEqual([plan.awaited.groups, plan.awaited.topics.map(({ name }) => name)], [['word-count'], ['lines']])
  })

  it('is no setting of somebody else', () => {
    const { warnings } = planned({}, { configVars: { OTHER: '1', STREAMS_LINGER_MS: '5' } })
    assert.ok(!JSON.stringify(warnings).includes('OTHER'))
  })

  it('is a name as long as Kafka allows, and not one longer', () => {
    const reasons = [249, 250].map((length) =>
      planned({ topics: [desiredTopic({ name: 'x'.repeat(length - 'wisla-12345.'.length) })] }).refusals.map(
        ({ reason }) => reason,
      ),
    )
    assert.deepEqual(reasons, [[], ['NameTooLong']])
  })

  it('is a loss where a compacted topic begins to delete, whatever retention it had on paper', () => {
    const state = { cleanupPolicy: 'compact', retentionMs: 24 * hour } as const
    const change = { kind: 'configure-topic', role: 'user', name: 'lines', before: state } as const
    assert.equal(
      classOf({ ...change, after: { cleanupPolicy: 'compact,delete', retentionMs: 24 * hour } }),
      'data-loss',
    )
  })
})

describe('a topic that is made', () => {
  it('is said to keep less than Kafka Streams would only where it is a repartition topic', () => {
    const longest = { retention: { kind: 'longest' } } as const
    const warned = (wish: Parameters<typeof desiredTopic>[0]): boolean =>
      planned({ topics: [desiredTopic(wish)] }, { cluster }).warnings.some((one) => one.reason === 'RetentionShortened')

    assert.deepEqual(
      [
        warned({ role: 'repartition', ...longest }),
        warned({ role: 'changelog', ...longest }),
        warned({ role: 'repartition', retention: { kind: 'exactly', ms: hour } }),
      ],
      [true, false, false],
    )
  })
})

describe('dynos', () => {
  it('may be of another tier than a process that does not run', () => {
    const formation = [
      { type: 'web', quantity: 0, size: 'Basic' },
      { type: 'worker', quantity: 1, size: 'Standard-1X' },
    ]
    assert.deepEqual(planned({}, { formation }).refusals, [])
  })

  it('of which none is asked for are of no tier', () => {
    const formation = [
      { type: 'web', quantity: 1, size: 'Basic' },
      { type: 'worker', quantity: 0, size: 'Basic' },
    ]
    assert.deepEqual(
      planned({ formation: { type: 'worker', quantity: 0, size: 'standard-1x' } }, { formation }).refusals,
      [],
    )
  })

  it('change their size where another is asked for, and keep it where none is', () => {
    const formation = [{ type: 'worker', quantity: 1, size: 'Standard-1X' }]
    const sizes = [{ size: 'standard-2x' }, {}].map((size) => {
      const plan = planned({ formation: { type: 'worker', quantity: 2, ...size } }, { formation })
      const change = plan.changes.find(({ kind }) => kind === 'scale')
      return change?.kind === 'scale' ? change.after.size : undefined
    })
    assert.deepEqual(sizes, ['standard-2x', 'Standard-1X'])
  })
})

describe('planDeletion', () => {
  const wish: DesiredDeletion = {
    app: 'my-heroku-app',
    processTypes: ['worker'],
    applicationName: 'word-count',
    applicationId: 'wisla-12345.word-count',
    scaleToZero: false,
    configVars: [],
    deleteGroup: false,
    topics: [],
    refusals: [],
  }
  const there = observed({ groups: new Set(['word-count']) })

  it('takes nothing that its policy leaves', () => {
    assert.deepEqual(planDeletion(wish, there).changes, [])
  })

  it('takes the group where the policy says so and there is one', () => {
    const both = [there, observed()].map((seen) => planDeletion({ ...wish, deleteGroup: true }, seen).changes.length)
    assert.deepEqual(both, [1, 0])
  })
})

function planned(wish: Partial<Desired>, seen: Partial<Observed> = {}): Plan {
  return planStreamApp(desired({ topics: [], ...wish }), observed(seen))
}

function topic(over: Partial<ClusterTopic> = {}): ClusterTopic {
  return { name: 'lines', partitions: 6, cleanupPolicy: 'delete', retentionMs: 24 * hour, isGoing: false, ...over }
}

function named(...topics: readonly ClusterTopic[]): ReadonlyMap<string, ClusterTopic> {
  return new Map(topics.map((one) => [one.name, one]))
}
