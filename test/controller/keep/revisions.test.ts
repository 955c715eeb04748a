import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { rememberRevision, type PassOver, type Revision } from '../../../src/controller/keep/revisions.ts'
import type { Condition } from '../../../src/controller/status/status.ts'

const start = Date.UTC(2026, 0, 1)
const level = { status: 'True', reason: 'Converged' } as const
const pending = { status: 'False', reason: 'ChangesPending' } as const

describe('rememberRevision', () => {
  it('tells of a declaration when it was seen, when it was level, and what that took', () => {
    const seen = rememberRevision([], pass(1, 0, { done: 3 }))
    assert.deepEqual(seen, [revision(1, { outcome: 'ChangesPending', changes: 3 })])
    const second = rememberRevision(seen, pass(1, 5, { done: 1, ready: level }))
    assert.deepEqual(second, [revision(1, { outcome: 'Converged', changes: 4, levelAt: at(5) })])
  })

  it('counts apart what was put back afterwards, and keeps since when it was level', () => {
    const first = rememberRevision([], pass(1, 0, { ready: level }))
    const drifted = rememberRevision(first, pass(1, 9, { done: 2, ready: pending }))
    assert.deepEqual(drifted, [revision(1, { outcome: 'Converged', changes: 0, healed: 2, levelAt: at(0) })])
  })

  it('says of what never became level why', () => {
    const stuck = rememberRevision([], pass(1, 0, { ready: { status: 'False', reason: 'PlanLimit' } }))
    const next = rememberRevision(stuck, pass(2, 1, { ready: level }))
    assert.deepEqual(
      next.map(({ generation, outcome }) => [generation, outcome]),
      [
        [2, 'Converged'],
        [1, 'PlanLimit'],
      ],
    )
  })

  it('is the same list after a pass that has nothing new to tell, so that nothing is written', () => {
    const first = rememberRevision([], pass(1, 0, { ready: level }))
    assert.equal(rememberRevision(first, pass(1, 60, { ready: level })), first)
    assert.equal(
      rememberRevision(first, pass(1, 60, { ready: { status: 'Unknown', reason: 'HerokuUnreachable' } })),
      first,
    )
  })

  it('remembers the last five', () => {
    let revisions: readonly Revision[] = []
    for (let generation = 1; generation <= 8; generation += 1) {
      revisions = rememberRevision(revisions, pass(generation, generation, { ready: level }))
    }
    assert.deepEqual(
      revisions.map(({ generation }) => generation),
      [8, 7, 6, 5, 4],
    )
  })
})

function at(seconds: number): string {
  return new Date(start + seconds * 1000).toISOString()
}

function pass(
  generation: number,
  seconds: number,
  { done = 0, ready = pending }: { done?: number; ready?: Pick<Condition, 'status' | 'reason'> },
): PassOver {
  const conditions: Condition[] = [{ type: 'Ready', ...ready, message: '' }]
  return { generation, nowMs: start + seconds * 1000, conditions, done }
}

function revision(generation: number, rest: Partial<Revision>): Revision {
  return { generation, seenAt: at(0), outcome: 'Converged', changes: 0, healed: 0, ...rest }
}
