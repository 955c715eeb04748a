import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Attempts, type Ending } from '../../../src/runtime/await/attempts.ts'
import { callPatiently } from '../../../src/runtime/await/patient-call.ts'
import { TurnedClock } from '../../../src/testing/turned-clock.ts'

const once = { retries: 0, backoff: { firstMs: 100, ceilingMs: 400 }, isWorthIt: () => true }

function surroundings() {
  const pauses: number[] = []
  const pause = (ms: number) => {
    pauses.push(ms)
    return Promise.resolve()
  }
  const clock = new TurnedClock(0)
  const attempts = new Attempts(1_000, () => clock)
  return { around: { attempts, pause, random: () => 0.5 }, attempts, pauses, clock }
}

const settle = () => new Promise((resolve) => setImmediate(resolve))

describe('a patient call', () => {
  it('is made again while that is worth it, after pauses that grow, and says which attempt it is', async () => {
    const { around, pauses } = surroundings()
    const attempts: number[] = []
    const call = async (_: Ending, attempt: number) => {
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
    const call = (_: Ending, attempt: number) => Promise.reject(new Error(`attempt ${attempt}`))
    await assert.rejects(callPatiently(call, { ...once, retries: 2 }, around), /attempt 3/)
    await assert.rejects(callPatiently(call, { ...once, retries: 2, isWorthIt: () => false }, around), /attempt 1/)
  })

  it('has failed when its time is over, and its signal says so', async () => {
    const { around, clock } = surroundings()
    let seen: AbortSignal | undefined
    const hangs = (ending: Ending) => {
      seen = ending.signal
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
    const { around, attempts: calls } = surroundings()
    let attempts = 0
    const hangs = () => {
      attempts += 1
      return new Promise<never>(() => {})
    }
    const ended = assert.rejects(callPatiently(hangs, { ...once, retries: 9 }, around), /closed/)
    await settle()
    calls.close(new Error('the task was closed'))
    await ended
    assert.equal(attempts, 1)
  })

  it('has a time of its own, though one timer serves for all', async () => {
    const { attempts, clock } = surroundings()
    const ended: string[] = []
    const hang = (name: string) => attempts.run(() => new Promise<never>(() => {})).catch(() => void ended.push(name))
    const all = [hang('one')]
    clock.turn(400)
    all.push(hang('two'))
    assert.equal(await attempts.run(async () => 'quick'), 'quick')
    clock.turn(600)
    await settle()
    assert.deepEqual(ended, ['one'])
    clock.turn(399)
    await settle()
    assert.deepEqual(ended, ['one'])
    clock.turn(1)
    await Promise.all(all)
    assert.deepEqual(ended, ['one', 'two'])
  })

  it('gives its signal to who asks for it late, too', async () => {
    const { attempts } = surroundings()
    let kept: Ending | undefined
    const ended = assert.rejects(
      attempts.run((ending) => {
        kept = ending
        return new Promise<never>(() => {})
      }),
      /closed/,
    )
    attempts.close(new Error('closed'))
    await ended
    assert.equal(kept?.signal.aborted, true)
  })
})
