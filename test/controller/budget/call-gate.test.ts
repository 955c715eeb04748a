import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Secret } from '../../../src/base/secret.ts'
import { bothGates, budgetGate, leaseGate } from '../../../src/controller/budget/call-gate.ts'
import { RequestBudget } from '../../../src/controller/budget/request-budget.ts'
import type { CallGate } from '../../../src/heroku/http-client.ts'
import { openHeroku } from '../../../src/heroku/open-heroku.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { json, loopback } from '../../support/loopback.ts'

const live = new AbortController().signal

describe('the gate before each call', () => {
  it('counts what is sent, and believes what Heroku says of the rest', async () => {
    await using there = await opened({ answerRemaining: 4_000 })
    assert.equal(there.budget.remaining(there.clock.now()), 4_500)
    await Promise.all([1, 2, 3].map(() => there.platform.formation('example-app', live)))

    assert.equal(there.budget.remaining(there.clock.now()), 4_000)
  })

  it('sends nothing while nothing is left, and says when to come back', async () => {
    await using there = await opened({ answerRemaining: 9 })
    await there.platform.formation('example-app', live)
    const second = await there.platform.formation('example-app', live)

    assert.deepEqual(second, {
      ok: false,
      error: { kind: 'rate-limited', call: 'GET /apps/example-app/formation', retryAfterMs: 800 },
    })
    assert.equal(there.requests(), 1)
    there.clock.turn(800)
    assert.equal((await there.platform.formation('example-app', live)).ok, true)
  })

  it('sends nothing once the lease is lost', async () => {
    let isHeld = true
    await using there = await opened({ gate: leaseGate(() => isHeld) })
    assert.equal((await there.platform.formation('example-app', live)).ok, true)
    isHeld = false

    await assert.rejects(there.platform.formation('example-app', live), /was not sent: another controller/)
    assert.equal(there.requests(), 1)
  })
})

interface Opened extends AsyncDisposable {
  readonly platform: ReturnType<typeof openHeroku>['platform']
  readonly budget: RequestBudget
  readonly clock: FakeClock
  readonly requests: () => number
}

async function opened({
  answerRemaining = 4_499,
  gate,
}: {
  answerRemaining?: number
  gate?: CallGate
}): Promise<Opened> {
  const clock = new FakeClock()
  const reserves = { resync: 1_000, lag: 500, webhook: 200, person: 10 }
  const budget = new RequestBudget({ capacity: 4_500, refillPerMinute: 75 }, reserves, clock.now())
  const server = await loopback((response) =>
    json(response, 200, [], { 'RateLimit-Remaining': String(answerRemaining) }),
  )
  const counted = budgetGate(budget, clock)
  const heroku = openHeroku(
    { key: new Secret('key'), apiUrl: server.url, dataUrl: server.url, kafkaService: 'heroku-kafka' },
    { platformGate: gate === undefined ? counted : bothGates(gate, counted) },
  )
  return {
    platform: heroku.platform,
    budget,
    clock,
    requests: () => server.requests.length,
    [Symbol.asyncDispose]: async () => {
      heroku.close()
      await server[Symbol.asyncDispose]()
    },
  }
}
