import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { rememberDeeds, restrain, type Deed } from '../../../src/controller/keep/restrain.ts'
import type { Change } from '../../../src/controller/plan/change.ts'
import { nothingAwaited, type Plan } from '../../../src/controller/plan/plan.ts'

const scale: Change = {
  kind: 'scale',
  app: 'example-app',
  type: 'worker',
  before: { quantity: 1, size: 'Standard-1X' },
  after: { quantity: 2, size: 'standard-1x' },
}
const vars: Change = {
  kind: 'set-config-vars',
  app: 'example-app',
  vars: [{ name: 'STREAMS_A', before: null, after: '1' }],
}
const minute = 60_000

describe('restrain', () => {
  it('writes the same thing four times within an hour, then leaves it alone and says why', () => {
    let deeds: readonly Deed[] = []
    const done: boolean[] = []
    for (let pass = 0; pass < 6; pass += 1) {
      const now = { generation: 1, nowMs: pass * minute }
      const { plan } = restrain(planOf(scale), deeds, now)
      done.push(plan.changes.length > 0)
      deeds = rememberDeeds(deeds, plan.changes, now)
    }

    assert.deepEqual(done, [true, true, true, true, false, false])
    const [condition] = restrain(planOf(scale), deeds, { generation: 1, nowMs: 6 * minute }).conditions
    assert.equal(condition?.reason, 'FieldContention')
    assert.match(condition.message, /^dynos worker of example-app to 2: written 4 times/)
  })

  it('goes on after an hour, and at once for what a person has declared anew', () => {
    const deeds = [0, 1, 2, 2].flatMap((at) => rememberDeeds([], [scale], { generation: 1, nowMs: at * minute }))

    assert.equal(restrain(planOf(scale), deeds, { generation: 1, nowMs: 3 * minute }).plan.changes.length, 0)
    assert.equal(restrain(planOf(scale), deeds, { generation: 2, nowMs: 3 * minute }).plan.changes.length, 1)
    assert.equal(restrain(planOf(scale), deeds, { generation: 1, nowMs: 61 * minute }).plan.changes.length, 1)
  })

  it('holds back only what restarts once there were too many restarts', () => {
    const limits = { writesAnHour: 100, restartsAnHour: 2 }
    const deeds = [0, 1].flatMap((at) => rememberDeeds([], [vars], { generation: 1, nowMs: at * minute }))
    const { plan, conditions } = restrain(planOf(vars, scale), deeds, { generation: 1, nowMs: 2 * minute }, limits)

    assert.deepEqual(plan.changes, [scale])
    assert.deepEqual(
      conditions.map(({ reason }) => reason),
      ['RestartLimit'],
    )
  })

  it('changes a formation step by step where that is asked, a minute between two, and takes it for no fight', () => {
    const quantities: number[] = []
    let deeds: readonly Deed[] = []
    let quantity = 1
    for (let second = 0; second < 400; second += 20) {
      const wish: Change = { ...scale, before: { ...scale.before, quantity }, after: { ...scale.after, quantity: 12 } }
      const now = { generation: 1, nowMs: second * 1_000, step: 2 }
      const { plan, conditions } = restrain(planOf(...(quantity === 12 ? [] : [wish])), deeds, now)
      assert.deepEqual(conditions, [])
      for (const change of plan.changes) if (change.kind === 'scale') quantity = change.after.quantity
      deeds = rememberDeeds(deeds, plan.changes, now)
      if (plan.changes.length > 0) quantities.push(quantity)
    }
    assert.deepEqual(quantities, [3, 5, 7, 9, 11, 12])
  })

  it('steps down as it steps up, and not at all where the step is wide enough', () => {
    const down: Change = { ...scale, before: scale.after, after: { ...scale.before, quantity: 0 } }
    const now = { generation: 1, nowMs: 0 }
    assert.deepEqual(restrain(planOf(down), [], { ...now, step: 1 }).plan.changes, [
      { ...down, after: { ...down.after, quantity: 1 } },
    ])
    assert.deepEqual(restrain(planOf(down), [], { ...now, step: 2 }).plan.changes, [down])
  })

  it('forgets deeds that are an hour old when it has a new one to remember', () => {
    const old = rememberDeeds([], [scale], { generation: 1, nowMs: 0 })
    const later = rememberDeeds(old, [vars], { generation: 1, nowMs: 60 * minute })
    assert.deepEqual(
      later.map(({ isRestart }) => isRestart),
      [true],
    )
  })

  it('changes nothing only to forget: a settled object would be written for it', () => {
    const old = rememberDeeds([], [scale], { generation: 1, nowMs: 0 })
    assert.equal(rememberDeeds(old, [], { generation: 1, nowMs: 60 * minute }), old)
  })
})

function planOf(...changes: readonly Change[]): Plan {
  return { changes, awaited: nothingAwaited, refusals: [], warnings: [] }
}
