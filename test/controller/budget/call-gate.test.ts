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

describe('the gate of an account', () => {
  it('counts a call when it is sent, and takes those still on their way off what an answer says', () => {
    const clock = new FakeClock()
    const none = { resync: 0, lag: 0, webhook: 0, person: 0 }
    const budget = new RequestBudget({ capacity: 100, refillPerMinute: 1 }, none, clock.now())
    const gate = budgetGate(budget, clock)
    const left: number[] = []
    const note = (): number => left.push(budget.remaining(clock.now()))
    for (const call of ['one', 'two', 'three']) assert.equal(gate.admit(call), undefined)
    note()
    for (const remaining of [50, undefined, 40, 30]) {
      gate.answered(remaining)
      note()
    }
    assert.deepEqual(left, [97, 48, 48, 40, 30])
  })

  it('of two, the second is asked only where the first lets the call out, and both hear of the answer', () => {
    const heard: string[] = []
    const named = (name: string, isOpen: boolean): CallGate => ({
      admit: (call) => {
        heard.push(`${name} ${call}`)
        return isOpen ? undefined : { kind: 'rate-limited', call: name, retryAfterMs: 1 }
      },
      answered: (remaining) => void heard.push(`${name} ${remaining}`),
    })
    const refusal = (call: string) => ({ kind: 'rate-limited', call, retryAfterMs: 1 })
    assert.deepEqual(bothGates(named('a', false), named('b', true)).admit('call'), refusal('a'))
    assert.deepEqual(bothGates(named('a', true), named('b', false)).admit('call'), refusal('b'))
    const both = bothGates(named('a', true), named('b', true))
    assert.equal(both.admit('call'), undefined)
    both.answered(7)
    assert.deepEqual(heard, ['a call', 'a call', 'b call', 'a call', 'b call', 'a 7', 'b 7'])
  })
})
