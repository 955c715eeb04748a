import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { StreamFailure } from '../../../src/kafka/stream-failure.ts'
import { runWorker, type Steps } from '../../../src/runtime/worker.ts'

const clock = { now: () => 0, sleep: async () => {} }

/** Steps that write down their names; some do more. */
function steps(done: string[], more: Partial<Record<keyof Steps, () => StreamFailure | undefined>> = {}): Steps {
  const step = (name: keyof Steps) => () => {
    done.push(name)
    return more[name]?.()
  }
  const awaited = (name: keyof Steps) => async () => step(name)()
  return {
    poll: awaited('poll'),
    restore: awaited('restore'),
    process: awaited('process'),
    punctuate: step('punctuate'),
    commitIfDue: awaited('commitIfDue'),
    recover: async () => {
      step('recover')()
    },
    stop: async () => {
      step('stop')()
    },
    abandon: async () => {
      step('abandon')()
    },
  }
}

const failure: StreamFailure = { kind: 'retry', reason: 'the broker is away' }

describe('the worker', () => {
  it('takes its turns in one order, and W2: ends the turn in progress before it stops', async () => {
    const done: string[] = []
    const stop = new AbortController()
    const stopInTurn = () => {
      stop.abort()
      return undefined
    }
    await runWorker(steps(done, { process: stopInTurn }), clock, stop.signal)
    assert.deepEqual(done, ['poll', 'restore', 'process', 'punctuate', 'commitIfDue', 'stop'])
  })

  for (const failing of ['poll', 'restore', 'process'] as const)
    it(`W3: commits nothing in a turn whose ${failing} failed, and recovers`, async () => {
      const done: string[] = []
      const stop = new AbortController()
      const stopAfter = () => {
        stop.abort()
        return undefined
      }
      await runWorker(steps(done, { [failing]: () => failure, recover: stopAfter }), clock, stop.signal)
      assert.deepEqual(done.slice(-3), [failing, 'recover', 'stop'])
      assert.ok(!done.includes('commitIfDue'))
    })

  it('W7: closes everything without a commit after an error of the topology, and tells it', async () => {
    const done: string[] = []
    const broken = () => {
      throw new Error('processing lines-0 offset 7 in task 0_0')
    }
    await assert.rejects(runWorker(steps(done, { process: broken }), clock, new AbortController().signal), /offset 7/)
    assert.deepEqual(done, ['poll', 'restore', 'process', 'abandon'])
  })
})
