import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { lead, type LeadSurroundings, type Term } from '../../../src/controller/lead/lead.ts'
import { MemoryRecord } from '../../../src/record/memory-record.ts'
import { VirtualClock } from '../../../src/verify/virtual-clock.ts'

const terms = { lease: 'controller', holder: 'clock.1', forMs: 10_000, renewEveryMs: 3_000, askEveryMs: 500 }

describe('lead, when the record says no', () => {
  it('L2: ends its term at the first renewal that is refused, and then only follows', async () => {
    const { clock, record, served, said, stop, ended } = stage()
    await clock.pass(1_000)
    await record.release('controller', 'clock.1', 1)
    await record.hold('controller', 'another', 60_000)
    await clock.pass(2_500)

    assert.deepEqual([served.length, served[0]?.isHeld(), served[0]?.signal.aborted], [1, false, true])
    await clock.pass(5_000)
    assert.deepEqual(said, ['leading', 'lost', 'following'])
    stop()
    await clock.pass(1_000)
    await ended
  })

  it('L3: lets the lease go as soon as the work ends by itself, and takes it again', async () => {
    const { clock, served, said, endWork } = stage()
    await clock.pass(1_000)
    endWork()
    await clock.pass(100)

    assert.deepEqual([served.length, served[0]?.signal.aborted, served[1]?.fence.epoch], [2, true, 2])
    assert.deepEqual(said, ['leading', 'leading'])
  })
})

function stage(): {
  readonly clock: VirtualClock
  readonly record: MemoryRecord
  readonly served: Term[]
  readonly said: string[]
  readonly stop: () => void
  readonly endWork: () => void
  readonly ended: Promise<void>
} {
  const clock = new VirtualClock()
  const record = new MemoryRecord(clock)
  const served: Term[] = []
  const said: string[] = []
  const stopping = new AbortController()
  let endWork = (): void => {}
  const work = (term: Term): Promise<void> => {
    served.push(term)
    const { promise, resolve } = Promise.withResolvers<void>()
    endWork = () => resolve()
    term.signal.addEventListener('abort', () => resolve(), { once: true })
    return promise
  }
  const around: LeadSurroundings = { record, clock, say: (what) => void said.push(what) }
  const ended = lead(terms, around, work, stopping.signal)
  return { clock, record, served, said, ended, stop: () => stopping.abort(), endWork: () => endWork() }
}
