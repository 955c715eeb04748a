import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { callPatiently } from '../../../src/runtime/await/patient-call.ts'
import { TurnedClock } from '../../../src/testing/turned-clock.ts'

const once = { timeoutMs: 1_000, retries: 0, backoff: { firstMs: 100, ceilingMs: 400 }, isWorthIt: () => true }

function surroundings() {
  const ending = new AbortController()
  const pauses: number[] = []
  const pause = (ms: number) => {
    pauses.push(ms)
    return Promise.resolve()
  }
  const clock = new TurnedClock(0)
  return { around: { clock, pause, random: () => 0.5, signal: ending.signal }, ending, pauses, clock }
}

const settle = () => new Promise((resolve) => setImmediate(resolve))

describe('a patient call', () => {
  it('is made again while that is worth it, after pauses that grow, and says which attempt it is', async () => {
    const { around, pauses } = surroundings()
    const attempts: number[] = []
    const call = async (_: AbortSignal, attempt: number) => {
      attempts.push(attempt)
      if (attempt < 4) throw new Error(`attempt ${attempt}`)
      return 'at last'
    }
    assert.equal(await callPatiently(call, { ...once, retries: 5 }, around), 'at last')
    assert.deepEqual(attempts, [1, 2, 3, 4])
    assert.deepEqual(pauses, [75, 150, 300])
  })

  it('fails with the last error, and at once with one that no attempt helps against', async () => {
    const { around } = surroundings()
    const call = (_: AbortSignal, attempt: number) => Promise.reject(new Error(`attempt ${attempt}`))
    await assert.rejects(callPatiently(call, { ...once, retries: 2 }, around), /attempt 3/)
    await assert.rejects(callPatiently(call, { ...once, retries: 2, isWorthIt: () => false }, around), /attempt 1/)
  })

  it('has failed when its time is over, and its signal says so', async () => {
    const { around, clock } = surroundings()
    let seen: AbortSignal | undefined
    const hangs = (signal: AbortSignal) => {
      seen = signal
      return new Promise<never>(() => {})
    }
    const ended = assert.rejects(callPatiently(hangs, once, around), /took longer than 1000 ms/)
    await settle()
    clock.turn(999)
    await settle()
    assert.equal(seen?.aborted, false)
    clock.turn(1)
    await ended
    assert.equal(seen.aborted, true)
  })

  it('is not made again when nobody wants its result any more', async () => {
    const { around, ending } = surroundings()
    let attempts = 0
    const hangs = () => {
      attempts += 1
      return new Promise<never>(() => {})
    }
    const ended = assert.rejects(callPatiently(hangs, { ...once, retries: 9 }, around), /closed/)
    await settle()
    ending.abort(new Error('the task was closed'))
    await ended
    assert.equal(attempts, 1)
  })
})
