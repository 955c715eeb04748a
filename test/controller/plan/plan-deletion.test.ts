import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { DesiredDeletion } from '../../../src/controller/desired/desire-deletion.ts'
import { planDeletion } from '../../../src/controller/plan/plan-deletion.ts'
import { observed } from '../../support/observed.ts'

const wish: DesiredDeletion = {
  app: 'example-app',
  processTypes: ['worker', 'old'],
  applicationName: 'word-count',
  applicationId: 'wisla-12345.word-count',
  scaleToZero: true,
  configVars: ['STREAMS_APPLICATION_ID', 'STREAMS_GONE'],
  deleteGroup: false,
  topics: [],
  refusals: [],
}
const formation = [
  { type: 'worker', quantity: 2, size: 'Standard-1X' },
  { type: 'old', quantity: 0, size: 'Standard-1X' },
  { type: 'web', quantity: 1, size: 'Standard-1X' },
]
const ours = observed({ formation, configVars: { STREAMS_APPLICATION_ID: 'wisla-12345.word-count' } })

describe('planDeletion', () => {
  it('stops the types that it ran and unsets what is set, each with what it was', () => {
    const plan = planDeletion(wish, ours)
    const size = 'Standard-1X'
    const vars = [{ name: 'STREAMS_APPLICATION_ID', before: 'wisla-12345.word-count', after: null }]
    assert.deepEqual(plan.changes, [
      {
        kind: 'scale',
        app: 'example-app',
        type: 'worker',
        before: { quantity: 2, size },
        after: { quantity: 0, size },
      },
      { kind: 'set-config-vars', app: 'example-app', vars },
    ])
    assert.deepEqual(plan.awaited.stopped, { app: 'example-app', types: ['worker', 'old'] })
    assert.deepEqual(plan.warnings, [])
  })

  it('leaves an app alone that runs as another, says so, and waits for none of its dynos', () => {
    const configVars = { STREAMS_APPLICATION_ID: 'wisla-12345.other', STREAMS_GONE: '1' }
    const plan = planDeletion(wish, observed({ formation, configVars }))
    assert.deepEqual([plan.changes, plan.awaited.stopped], [[], undefined])
    assert.deepEqual(
      plan.warnings.map(({ reason, message }) => `${reason} ${message}`),
      [
        'AppTakenOver app example-app runs as wisla-12345.other and not as wisla-12345.word-count: its dynos and config vars are left as they are',
      ],
    )
  })

  it('takes an app for its own that is told no application id', () => {
    const plan = planDeletion(wish, observed({ formation, configVars: { STREAMS_GONE: '1' } }))
    assert.deepEqual(
      plan.changes.map(({ kind }) => kind),
      ['scale', 'set-config-vars'],
    )
  })

  it('leaves the dynos running and waits for none where the policy says so', () => {
    const plan = planDeletion({ ...wish, scaleToZero: false, configVars: [] }, ours)
    assert.deepEqual([plan.changes, plan.awaited.stopped], [[], undefined])
  })

  it('unsets nothing where nothing is set', () => {
    const plan = planDeletion({ ...wish, scaleToZero: false, configVars: ['STREAMS_GONE'] }, ours)
    assert.deepEqual(plan.changes, [])
  })
})
