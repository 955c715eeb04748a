import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Bell } from '../../../src/base/bell.ts'
import { work, type Verdict } from '../../../src/controller/keep/work.ts'
import { WorkQueue } from '../../../src/controller/queue/work-queue.ts'
import { VirtualClock } from '../../../src/verify/virtual-clock.ts'

describe('work', () => {
  it('passes over what is added, as it is added', async () => {
    const { clock, add, passes } = stage(() => ({ kind: 'settled' }))
    add('a')
    await clock.pass(10)
    add('b')
    await clock.pass(10)

    assert.deepEqual(passes, ['a at 0', 'b at 10'])
  })

  it('runs several objects side by side, and one object never twice at once', async () => {
    let together = 0
    let most = 0
    const { clock, add, passes } = stage(async (_key, sleep) => {
      together += 1
      most = Math.max(most, together)
      await sleep(100)
      together -= 1
      return { kind: 'settled' }
    })
    for (const key of ['a', 'b', 'c']) add(key)
    await clock.pass(50)
    add('a')
    await clock.pass(1_000)

    assert.equal(most, 2)
    assert.deepEqual(passes, ['a at 0', 'b at 0', 'c at 100', 'a at 100'])
  })

  it('comes back after a failure, later each time, whether it was said or thrown', async () => {
    let attempt = 0
    const { clock, add, passes, thrown } = stage(() => {
      attempt += 1
      if (attempt === 1) throw new Error('the record is out of reach')
      return attempt === 2 ? { kind: 'retry', notBeforeMs: 0 } : { kind: 'settled' }
    })
    add('a')
    await clock.pass(60_000)

    assert.deepEqual(passes, ['a at 0', 'a at 500', 'a at 1500'])
    assert.deepEqual(thrown, ['a: the record is out of reach'])
  })

  it('looks again when a settled object asked for it, and never again when it is gone', async () => {
    const { clock, add, passes } = stage((key) =>
      key === 'a' ? { kind: 'settled', againAfterMs: 5_000 } : { kind: 'gone' },
    )
    add('a')
    add('b')
    await clock.pass(11_000)

    assert.deepEqual(passes, ['a at 0', 'b at 0', 'a at 5000', 'a at 10000'])
  })

  it('on stop tells the pass in progress, waits for it, and starts no other', async () => {
    const { clock, add, passes, stop, ended } = stage(async (_key, sleep) => {
      await sleep(1_000)
      return { kind: 'settled' }
    })
    for (const key of ['a', 'b', 'c']) add(key)
    await clock.pass(100)
    stop()
    await ended

    assert.deepEqual(passes, ['a at 0', 'b at 0'])
  })
})

type Pass = (key: string, sleep: (ms: number) => Promise<void>) => Verdict | Promise<Verdict>

interface Stage {
  readonly clock: VirtualClock
  readonly passes: string[]
  readonly thrown: string[]
  readonly add: (key: string) => void
  readonly stop: () => void
  readonly ended: Promise<void>
}

function stage(pass: Pass): Stage {
  const clock = new VirtualClock(0)
  const queue = new WorkQueue({ backoff: { firstMs: 1_000, ceilingMs: 60_000 }, ageingMs: 60_000 })
  const bell = new Bell()
  const passes: string[] = []
  const thrown: string[] = []
  const stop = new AbortController()
  const ended = work(
    2,
    {
      queue,
      bell,
      clock,
      chance: () => 0,
      pass: async (key, signal) => {
        passes.push(`${key} at ${clock.now()}`)
        return pass(key, (ms) => clock.sleep(ms, signal))
      },
      onThrown: (key, cause) => thrown.push(`${key}: ${cause instanceof Error ? cause.message : ''}`),
    },
    stop.signal,
  )
  const add = (key: string): void => {
    queue.add(key, 'webhook', clock.now())
    bell.ring()
  }
  return { clock, passes, thrown, add, stop: () => stop.abort(), ended }
}
