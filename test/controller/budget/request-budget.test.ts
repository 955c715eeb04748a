import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { herokuBucket, RequestBudget } from '../../../src/controller/budget/request-budget.ts'
import { priorities } from '../../../src/controller/queue/work-queue.ts'

const heroku = { capacity: 4_500, refillPerMinute: 75 }
const reserves = { resync: 1_000, lag: 500, webhook: 200, person: 10 }

describe('RequestBudget', () => {
  it('serves a person when resyncs have to wait', () => {
    const budget = new RequestBudget(heroku, reserves, 0)
    budget.learn(300, 0, 0)

    assert.deepEqual(
      priorities.map((priority) => budget.ask(priority, 0).kind),
      ['wait', 'wait', 'go', 'go'],
    )
  })

  it('B2: a resync waits exactly until its reserve is there', () => {
    const budget = new RequestBudget(heroku, reserves, 0)
    budget.learn(925, 0, 0)
    assert.deepEqual(budget.ask('resync', 0), { kind: 'wait', untilMs: 60_000 })
    assert.deepEqual(budget.ask('resync', 59_000).kind, 'wait')
    assert.deepEqual(budget.ask('resync', 60_000), { kind: 'go' })
  })

  it('believes Heroku, minus what is still on its way', () => {
    const budget = new RequestBudget(heroku, reserves, 0)
    budget.learn(100, 7, 0)
    assert.equal(budget.remaining(0), 93)
  })

  it('counts from the answer on: what was refilled before it is in it', () => {
    const budget = new RequestBudget(heroku, reserves, 0)
    budget.learn(100, 0, 60_000)
    assert.deepEqual([budget.remaining(60_000), budget.remaining(120_000)], [100, 175])
  })

  it('knows what was refilled whoever asks: the rest, a pass, a call or the pace of resyncs', () => {
    const asked: readonly ((budget: RequestBudget) => unknown)[] = [
      (budget) => budget.remaining(60_000),
      (budget) => budget.ask('person', 60_000),
      (budget) => budget.stretch(60_000, { below: 0.5, most: 10 }),
    ]
    const answers = asked.map((ask) => {
      const budget = new RequestBudget({ capacity: 100, refillPerMinute: 50 }, { ...reserves, person: 50 }, 0)
      budget.learn(0, 0, 0)
      return ask(budget)
    })
    assert.deepEqual(answers, [50, { kind: 'go' }, 1])
  })

  it('counts each call as one, down to none', () => {
    const budget = new RequestBudget({ capacity: 2, refillPerMinute: 0 }, reserves, 0)
    const left = [0, 0, 0].map(() => {
      budget.spend(0)
      return budget.remaining(0)
    })
    assert.deepEqual(left, [1, 0, 0])
  })

  it('begins with the bucket that Heroku documents', () => {
    assert.deepEqual(herokuBucket, { capacity: 4_500, refillPerMinute: 75 })
  })

  it('stretches resyncs only when the bucket runs low', () => {
    const budget = new RequestBudget(heroku, reserves, 0)
    const stretch = { below: 0.3, most: 10 }
    assert.equal(budget.stretch(0, stretch), 1)
    budget.learn(675, 0, 0)
    assert.equal(budget.stretch(0, stretch), 5.5)
    budget.learn(0, 0, 0)
    assert.equal(budget.stretch(0, stretch), 10)
  })

  it('B1: is never below nothing nor above a full bucket, and never richer than Heroku is', () => {
    const step = fc.record({ kind: fc.constantFrom('spend', 'learn'), passedMs: fc.integer({ min: 0, max: 120_000 }) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const budget = new RequestBudget({ capacity: 20, refillPerMinute: 10 }, reserves, 0)
        let now = 0
        let real = 20
        for (const { kind, passedMs } of steps) {
          now += passedMs
          real = Math.min(20, real + (passedMs / 60_000) * 10)
          if (kind === 'spend') {
            real = Math.max(0, real - 1)
            budget.spend(now)
          } else budget.learn(Math.floor(real), 0, now)
          assert.ok(budget.remaining(now) >= 0 && budget.remaining(now) <= Math.floor(real + 1e-6))
        }
      }),
    )
  })
})
