import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Desired } from '../../../src/controller/desired/desired.ts'
import type { Observed } from '../../../src/controller/observe/observed.ts'
import type { Change } from '../../../src/controller/plan/change.ts'
import { classOf } from '../../../src/controller/plan/change.ts'
import type { Plan } from '../../../src/controller/plan/plan.ts'
import { planStreamApp } from '../../../src/controller/plan/plan-stream-app.ts'
import type { Release } from '../../../src/heroku/platform.ts'
import { desired } from '../../support/desired.ts'
import { observed } from '../../support/observed.ts'

function planned(wish: Partial<Desired>, seen: Partial<Observed> = {}): Plan {
  return planStreamApp(desired({ topics: [], ...wish }), observed(seen))
}

const told = ({ refusals }: Plan): string => refusals.map(({ reason, message }) => `${reason} ${message}`).join('\n')
const ofKind = <Kind extends Change['kind']>({ changes }: Plan, kind: Kind) =>
  changes.filter((change): change is Extract<Change, { readonly kind: Kind }> => change.kind === kind)
const worker = (quantity: number, size = 'Standard-1X') => ({ type: 'worker', quantity, size })

describe('the config vars of a plan', () => {
  it('are those that differ, each with what it was', () => {
    const configVars = { STREAMS_A: '1', STREAMS_B: '2', STREAMS_C: '3' }
    const plan = planned({ configVars }, { configVars: { STREAMS_A: '1', STREAMS_B: '9' } })
    assert.deepEqual(ofKind(plan, 'set-config-vars')[0]?.vars, [
      { name: 'STREAMS_B', before: '9', after: '2' },
      { name: 'STREAMS_C', before: null, after: '3' },
    ])
  })

  it('are counted in the warning about those that nobody declares', () => {
    const warning = (configVars: Observed['configVars']): string =>
      planned({}, { configVars })
        .warnings.map(({ message }) => message)
        .join()
    assert.equal(warning({ OTHER: '1', STREAMS_NUM_STREAM_THREADS: '2' }), '')
    assert.match(warning({ STREAMS_ONE: '1' }), /^STREAMS_ONE is set on example-app/)
    assert.match(warning({ STREAMS_ONE: '1', STREAMS_TWO: '2' }), /^STREAMS_ONE, STREAMS_TWO are set on example-app/)
  })
})

describe('the formation of a plan', () => {
  const table: readonly (readonly [
    title: string,
    wish: object,
    live: ReturnType<typeof worker>,
    after: object | null,
  ])[] = [
    ['as asked', { quantity: 2, size: 'standard-1x' }, worker(2), null],
    ['another number', { quantity: 3, size: 'standard-1x' }, worker(2), { quantity: 3, size: 'Standard-1X' }],
    ['another size', { quantity: 2, size: 'standard-2x' }, worker(2), { quantity: 2, size: 'standard-2x' }],
    [
      'a size that nobody declares',
      { quantity: 3 },
      worker(2, 'Performance-M'),
      { quantity: 3, size: 'Performance-M' },
    ],
  ]
  for (const [title, wish, live, after] of table) {
    it(title, () => {
      const { size: _usual, ...formation } = desired().formation
      const plan = planned({ formation: { ...formation, ...wish } }, { formation: [live] })
      const [change] = ofKind(plan, 'scale')
      assert.deepEqual(change?.after ?? null, after)
      if (change !== undefined) assert.deepEqual(change.before, { quantity: live.quantity, size: live.size })
    })
  }

  it('restarts for another size, and only rebalances for another number', () => {
    const before = { quantity: 2, size: 'Standard-1X' }
    const scale = (after: typeof before): string => classOf({ kind: 'scale', app: 'a', type: 'worker', before, after })
    assert.deepEqual(
      [scale({ quantity: 3, size: 'standard-1x' }), scale({ quantity: 2, size: 'standard-2x' })],
      ['rebalance', 'restart'],
    )
  })

  it('stops the types that ran before, where anything of them runs', () => {
    const formation = [worker(6, 'standard-1x'), { ...worker(1), type: 'old' }, { ...worker(0), type: 'older' }]
    const plan = planned({ formerTypes: ['old', 'older'] }, { formation })
    const stopped = ofKind(plan, 'scale').map(({ type, after }) => `${type} ${after.quantity}`)
    assert.deepEqual(stopped, ['old 0'])
  })
})

describe('a process type that is not there', () => {
  const release = (hasSlug: boolean): Release => ({
    version: 1,
    status: 'succeeded',
    hasSlug,
    by: 'owner@example.com',
    description: 'Deploy',
  })
  const table: readonly (readonly [title: string, seen: Partial<Observed>, refusal: RegExp])[] = [
    ['of an app that has none and no code', { formation: [], release: null }, /^AppWithoutRelease .* has no code yet/],
    ['of one whose release has no slug', { formation: [], release: release(false) }, /^AppWithoutRelease /],
    [
      'of one that has code and no types',
      { formation: [], release: release(true) },
      /^ProcessTypeMissing app example-app has no process type worker: it has none\. Add/,
    ],
    [
      'of one that has others',
      {
        formation: [
          { ...worker(0), type: 'web' },
          { ...worker(0), type: 'clock' },
        ],
        release: null,
      },
      /^ProcessTypeMissing .*: it has web, clock\. Add the line "worker: COMMAND"/,
    ],
    [
      'of one that has one other',
      { formation: [{ ...worker(0), type: 'web' }], release: release(false) },
      /^ProcessTypeMissing .*: it has web\. Add/,
    ],
  ]
  for (const [title, seen, refusal] of table) {
    it(title, () => {
      const plan = planned({}, seen)
      assert.match(told(plan), refusal)
      assert.deepEqual(ofKind(plan, 'scale'), [])
    })
  }
})

describe('dynos of a kind that runs with no other', () => {
  const beside = (wish: object, web: ReturnType<typeof worker>, more: Partial<Desired> = {}): string =>
    told(
      planned(
        { formation: { ...desired().formation, ...wish }, ...more },
        { formation: [worker(0), { ...web, type: 'web' }] },
      ),
    )
  const refused = /^FormationLimit app example-app runs web on /
  it('are refused beside others, both ways round, and among themselves', () => {
    assert.match(beside({ size: 'standard-1x' }, worker(1, 'Basic')), refused)
    assert.match(beside({ size: 'basic' }, worker(1, 'Standard-2X')), refused)
    assert.match(beside({ size: 'eco' }, worker(1, 'Basic')), refused)
  })

  it('are not where they are of one kind, or none of them runs', () => {
    assert.equal(beside({ size: 'performance-m' }, worker(1, 'Standard-2X')), '')
    assert.equal(beside({ size: 'basic' }, worker(1, 'Basic')), '')
    assert.equal(beside({ size: 'basic' }, worker(0, 'Standard-2X')), '')
    assert.equal(beside({ size: 'basic', quantity: 0 }, worker(1, 'Standard-2X')), '')
    assert.equal(beside({ size: 'basic' }, worker(1, 'Standard-2X'), { formerTypes: ['web'] }), '')
  })

  it('go by the size that the type has, where none is declared', () => {
    const { size: _none, ...formation } = desired().formation
    const live = [worker(0, 'Basic'), { ...worker(1, 'Standard-1X'), type: 'web' }]
    assert.match(told(planned({ formation }, { formation: live })), refused)
    const alike = [worker(0, 'Standard-2X'), { ...worker(1, 'Standard-1X'), type: 'web' }]
    assert.equal(told(planned({ formation }, { formation: alike })), '')
  })
})

it('an application id under another prefix is not cut', () => {
  const plan = planned({ applicationName: 'counts' }, { configVars: { STREAMS_APPLICATION_ID: 'elsewhere.older' } })
  assert.match(told(plan), /Say applicationName: elsewhere\.older,/)
})

it('a group that is to be made is awaited, and nothing else', () => {
  const plan = planned({ configVars: { STREAMS_A: '1' } })
  assert.deepEqual(plan.awaited, { topics: [], groups: ['word-count'] })
})
