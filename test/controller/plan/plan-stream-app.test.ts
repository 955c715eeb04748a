import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Desired } from '../../../src/controller/desired/desired.ts'
import type { Observed } from '../../../src/controller/observe/observed.ts'
import { classOf, type Change } from '../../../src/controller/plan/change.ts'
import { changeLine } from '../../../src/controller/plan/describe-change.ts'
import type { Plan } from '../../../src/controller/plan/plan.ts'
import { planStreamApp } from '../../../src/controller/plan/plan-stream-app.ts'
import type { ClusterTopic } from '../../../src/heroku/kafka-data.ts'
import { desired, desiredTopic } from '../../support/desired.ts'
import { observed } from '../../support/observed.ts'

const hour = 3_600_000

function planned(wish: Partial<Desired>, seen: Partial<Observed> = {}): Plan {
  return planStreamApp(desired({ topics: [], ...wish }), observed(seen))
}

function live(...topics: readonly (Partial<ClusterTopic> & { readonly name: string })[]): Pick<Observed, 'topics'> {
  const usual = { partitions: 6, cleanupPolicy: 'delete', retentionMs: 24 * hour, isGoing: false } as const
  return { topics: new Map(topics.map((topic) => [topic.name, { ...usual, ...topic }])) }
}

const reasons = ({ refusals }: Plan): readonly string[] => refusals.map(({ reason }) => reason)
const topicChange = ({ changes }: Plan): Change | undefined => changes.find(({ kind }) => kind.endsWith('topic'))

describe('what a change of a topic does', () => {
  const table = [
    ['keeps longer', {}, { retention: { kind: 'exactly', ms: 48 * hour } }, 'safe'],
    ['keeps shorter', {}, { retention: { kind: 'exactly', ms: 12 * hour } }, 'data-loss'],
    ['keeps the newest of each key only', {}, { cleanupPolicy: 'compact' }, 'data-loss'],
    ['compacts a changelog', {}, { role: 'changelog', cleanupPolicy: 'compact' }, 'safe'],
    ['stops to delete', { cleanupPolicy: 'compact,delete' }, { cleanupPolicy: 'compact' }, 'safe'],
    [
      'begins to delete',
      { cleanupPolicy: 'compact', retentionMs: null },
      { cleanupPolicy: 'compact,delete', retention: { kind: 'exactly', ms: hour } },
      'data-loss',
    ],
  ] as const
  for (const [title, before, after, expected] of table) {
    it(`${title}: ${expected}`, () => {
      const change = topicChange(planned({ topics: [desiredTopic(after)] }, live({ name: 'lines', ...before })))

      assert.equal(change && classOf(change), expected)
    })
  }
})

describe('planStreamApp', () => {
  it('leaves what the manifest does not say as it is', () => {
    const plan = planned(
      { topics: [desiredTopic()] },
      live({ name: 'lines', cleanupPolicy: 'compact,delete', retentionMs: 5 * hour }),
    )

    assert.equal(topicChange(plan), undefined)
  })

  it('writes a size in Heroku’s letters or in ours, and takes them for one', () => {
    const formation = [{ type: 'worker', quantity: 6, size: 'Standard-1X' }]

    assert.ok(planned({}, { formation }).changes.every(({ kind }) => kind !== 'scale'))
  })

  it('refuses a name that carries the prefix, and one that was made with it', () => {
    const named = planned({ topics: [desiredTopic({ name: 'wisla-12345.lines' })] })
    const made = planned({ topics: [desiredTopic()] }, live({ name: 'wisla-12345.lines' }))

    assert.match(named.refusals[0]?.message ?? '', /write lines$/)
    assert.match(made.refusals[0]?.message ?? '', /on the wire it is wisla-12345\.wisla-12345\.lines/)
  })

  it('refuses names that Kafka takes for one, and names too long for it', () => {
    const alike = planned({ topics: [desiredTopic({ name: 'a.b' })] }, live({ name: 'a_b' }))
    const long = planned({ topics: [desiredTopic({ name: 'x'.repeat(240) })] })

    assert.deepEqual([reasons(alike), reasons(long)], [['NameCollision'], ['NameTooLong']])
  })

  it('refuses another application id than the one that runs', () => {
    const plan = planned({}, { configVars: { STREAMS_APPLICATION_ID: 'wisla-12345.older' } })

    assert.deepEqual(reasons(plan), ['ApplicationIdChanged'])
    assert.match(plan.refusals[0]?.message ?? '', /Say applicationName: older/)
  })

  it('tells another prefix from another name', () => {
    const plan = planned({}, { configVars: { STREAMS_APPLICATION_ID: 'older-99999.word-count' } })

    assert.match(plan.refusals[0]?.message ?? '', /the prefix is another one now\. Is KAFKA still the cluster/)
  })

  it('refuses basic dynos beside others', () => {
    const formation = [
      { type: 'web', quantity: 1, size: 'Basic' },
      { type: 'worker', quantity: 0, size: 'Basic' },
    ]

    const plan = planned({}, { formation })

    assert.match(plan.refusals[0]?.message ?? '', /heroku ps:type web=standard-1x/)
  })

  it('names settings that are set and not in the manifest, and leaves them', () => {
    const plan = planned({}, { configVars: { STREAMS_LINGER_MS: '5' } })

    assert.match(plan.warnings[0]?.message ?? '', /STREAMS_LINGER_MS is set .* left as set/)
    assert.ok(!JSON.stringify(plan.changes).includes('LINGER'))
  })

  it('plans nothing while it is suspended', () => {
    const plan = planned({ suspended: true, topics: [desiredTopic()] })

    assert.deepEqual([plan.changes, plan.refusals, plan.warnings.map(({ reason }) => reason)], [[], [], ['Suspended']])
  })

  it('says each change on one line', () => {
    const plan = planned({
      topics: [desiredTopic({ retention: { kind: 'exactly', ms: 25 * hour } })],
      configVars: { STREAMS_A: '1' },
    })

    assert.deepEqual(plan.changes.map(changeLine), [
      '+ topic lines: 6 partitions, delete, keeps 25h',
      '+ group word-count',
      '~ config vars of example-app: STREAMS_A (not set) → 1',
      '~ dynos worker of example-app: 0 → 6',
    ])
  })
})
