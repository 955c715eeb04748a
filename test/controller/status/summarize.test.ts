import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { planStreamApp } from '../../../src/controller/plan/plan-stream-app.ts'
import type { Desired } from '../../../src/controller/desired/desired.ts'
import type { Observed } from '../../../src/controller/observe/observed.ts'
import { summarize, summarizeBlindness, type Findings } from '../../../src/controller/status/summarize.ts'
import type { StreamAppStatus } from '../../../src/controller/status/status.ts'
import { desired } from '../../support/desired.ts'
import { observed } from '../../support/observed.ts'

/** Everything of `desired()` is there. */
const settled: Partial<Observed> = {
  formation: [{ type: 'worker', quantity: 2, size: 'Standard-1X' }],
  topics: new Map([
    ['lines', { name: 'lines', partitions: 6, cleanupPolicy: 'delete', retentionMs: 1, isGoing: false }],
  ]),
  groups: new Set(['word-count']),
  configVars: { STREAMS_APPLICATION_ID: 'wisla-12345.word-count' },
}
const wish = desired({
  topics: [{ name: 'lines', role: 'user', partitions: 6, retention: { kind: 'unmanaged' } }],
  configVars: { STREAMS_APPLICATION_ID: 'wisla-12345.word-count' },
  formation: { type: 'worker', quantity: 2 },
})
const dyno = (number: number, state = 'up', releaseVersion = 7) => ({
  name: `worker.${number}`,
  type: 'worker',
  state,
  releaseVersion,
  size: 'Standard-1X',
})
const bothUp = [dyno(1), dyno(2)]

interface Case {
  readonly desired?: Partial<Desired>
  readonly observed?: Partial<Observed>
  readonly dynos?: Findings['dynos']
  readonly release?: Findings['release']
}

function status(given: Case): StreamAppStatus {
  const asked = { ...wish, ...given.desired }
  const seen = observed({ ...settled, ...given.observed })
  const release = given.release === undefined ? {} : { release: given.release }
  return summarize({
    desired: asked,
    observed: seen,
    plan: planStreamApp(asked, seen),
    dynos: given.dynos ?? bothUp,
    ...release,
  })
}

function said({ conditions }: StreamAppStatus): readonly string[] {
  return conditions
    .filter(({ type }) => ['Ready', 'Reconciling', 'Stalled'].includes(type))
    .map(({ type, status: is, reason }) => `${type} ${is} ${reason}`)
}

describe('summarize', () => {
  const current = { version: 7, status: 'succeeded', hasSlug: true, by: 'owner@example.com', description: 'Deploy' }
  const table: readonly (readonly [title: string, given: Case, says: readonly string[]])[] = [
    ['is ready when all was seen to be as asked', {}, ['Ready True Converged']],
    [
      'is reconciling while a change is left',
      { observed: { groups: new Set() } },
      ['Ready False ChangesPending', 'Reconciling True ChangesPending'],
    ],
    [
      'is reconciling while a topic is being made',
      {
        observed: {
          topics: new Map([
            ['lines', { name: 'lines', partitions: 0, cleanupPolicy: 'delete', retentionMs: 1, isGoing: false }],
          ]),
        },
      },
      ['Ready False Creating', 'Reconciling True Creating'],
    ],
    [
      'is stalled by a refusal',
      {
        observed: {
          topics: new Map([
            ['lines', { name: 'lines', partitions: 5, cleanupPolicy: 'delete', retentionMs: 1, isGoing: false }],
          ]),
        },
      },
      ['Ready False PartitionsCannotChange', 'Stalled True PartitionsCannotChange'],
    ],
    ['does not know when nobody saw the dynos', { dynos: 'unknown' }, ['Ready Unknown DynosUnknown']],
    [
      'is not ready while a dyno starts',
      { dynos: [dyno(1), dyno(2, 'starting')] },
      ['Ready False DynosStarting', 'Reconciling True DynosStarting'],
    ],
    [
      'is not ready while a dyno is crashed',
      { dynos: [dyno(1), dyno(2, 'crashed')] },
      ['Ready False DynosCrashed', 'Reconciling True DynosCrashed'],
    ],
    [
      'does not count dynos of an earlier release',
      { dynos: [dyno(1, 'up', 6), dyno(2)], release: current },
      ['Ready False DynosStarting', 'Reconciling True DynosStarting'],
    ],
    [
      'waits for a release phase',
      { dynos: [dyno(1, 'up', 6), dyno(2, 'up', 6)], release: { ...current, status: 'pending' } },
      ['Ready False ReleasePending', 'Reconciling True ReleasePending'],
    ],
    ['knows nothing while it is suspended', { desired: { suspended: true } }, ['Ready Unknown Suspended']],
  ]
  for (const [title, given, says] of table) {
    it(title, () => assert.deepEqual(said(status(given)), says))
  }

  it('lists what is there of what was asked for', () => {
    assert.deepEqual(status({}).inventory, [
      { kind: 'topic', name: 'lines', role: 'user' },
      { kind: 'group', name: 'word-count' },
      { kind: 'configVar', app: 'example-app', name: 'STREAMS_APPLICATION_ID' },
      { kind: 'formation', app: 'example-app', type: 'worker' },
    ])
  })

  it('lists nothing that is not there', () => {
    const nothing = status({ observed: { topics: new Map(), groups: new Set(), configVars: {}, formation: [] } })
    assert.deepEqual(nothing.inventory, [])
    assert.deepEqual(
      status({ observed: { groups: null } }).inventory.filter(({ kind }) => kind === 'group'),
      [],
    )
  })

  it('counts the dynos of its own type that are up, of the newest release where that was looked at', () => {
    const others = [...bothUp, { ...dyno(1), type: 'web' }, dyno(3, 'starting')]
    assert.equal(status({ dynos: others }).dynos.running, 2)
    assert.equal(status({ dynos: others, release: null }).dynos.running, 2)
    assert.equal(status({ dynos: [dyno(1, 'up', 6), dyno(2)], release: current }).dynos.running, 1)
    assert.deepEqual(said(status({ dynos: [...bothUp, { ...dyno(1, 'crashed'), type: 'web' }] })), [
      'Ready True Converged',
    ])
  })

  it('knows no tasks where there are none yet', () => {
    const counted = { tasks: 12, cap: 6, usefulSizes: [] }
    assert.equal(status({ desired: { tasks: counted } }).tasks, 12)
    assert.equal(status({ desired: { tasks: { ...counted, tasks: 0 } } }).tasks, null)
  })

  it('asks of a formation that is to change nothing of its dynos', () => {
    const formation = [{ type: 'worker', quantity: 1, size: 'Standard-1X' }]
    const { conditions } = status({ observed: { formation }, dynos: 'unknown' })
    assert.equal(conditions.find(({ type }) => type === 'Scaled')?.reason, 'ChangesPending')
  })

  it('tells of a world that could not be seen nothing but why', () => {
    const refusal = { reason: 'AppMissing', message: 'no such app' } as const
    assert.deepEqual(summarizeBlindness(refusal), {
      conditions: [
        { type: 'Ready', status: 'False', ...refusal },
        { type: 'Stalled', status: 'True', ...refusal },
      ],
      applicationId: null,
      tasks: null,
      dynos: { desired: 0, cap: 0, running: 'unknown' },
      inventory: [],
    })
  })

  it('never says zero of what was not seen', () => assert.equal(status({ dynos: 'unknown' }).dynos.running, 'unknown'))
})
