import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { lead, type Term } from '../../../src/controller/lead/lead.ts'
import { MemoryRecord } from '../../../src/record/memory-record.ts'
import type { ControlRecord } from '../../../src/record/record.ts'
import { VirtualClock } from '../../../src/verify/virtual-clock.ts'

const terms = { lease: 'controller', forMs: 10_000, renewEveryMs: 3_000, askEveryMs: 500 }

describe('lead', () => {
  it('L1: of two processes one leads, and keeps leading', async () => {
    const { clock, start } = stage()
    const [first, second] = [start('clock.1'), start('clock.2')]
    await clock.pass(60_000)

    assert.deepEqual([first.isLeading(), second.isLeading()], [true, false])
    assert.equal(first.terms.length, 1)
  })

  it('L3: a clean stop is followed within a second', async () => {
    const { clock, start } = stage()
    const [first, second] = [start('clock.1'), start('clock.2')]
    await clock.pass(5_000)
    first.stop()
    await clock.pass(1_000)

    assert.deepEqual([first.isLeading(), second.isLeading()], [false, true])
    await first.ended
  })

  it('a crash is followed within fifteen seconds', async () => {
    const { clock, start } = stage()
    const [first, second] = [start('clock.1'), start('clock.2')]
    await clock.pass(5_000)
    first.crash()
    await clock.pass(15_000)

    assert.equal(second.isLeading(), true)
  })

  it('L1, L2: a leader cut off from the record stops believing before anybody else begins', async () => {
    const { clock, start } = stage()
    const [first, second] = [start('clock.1'), start('clock.2')]
    await clock.pass(5_000)
    first.cutOff()
    for (let step = 0; step < 300; step += 1) {
      await clock.pass(50)
      assert.ok(!(first.isLeading() && second.isLeading()), `two leaders after ${step * 50} ms`)
    }
    assert.deepEqual([first.isLeading(), second.isLeading()], [false, true])
  })

  it('L1: counts from before it asked, so that a slow answer does not make the lease longer', async () => {
    const { clock, start } = stage()
    const [first, second] = [start('clock.1'), start('clock.2')]
    await clock.pass(1_000)
    first.slowDown(4_000)
    await clock.pass(8_000)
    first.cutOff()
    for (let step = 0; step < 300; step += 1) {
      await clock.pass(50)
      assert.ok(!(first.isLeading() && second.isLeading()), `two leaders after ${step * 50} ms`)
    }
  })

  it('L2: a leader whose record is slow to answer stops in time as well', async () => {
    const { clock, start } = stage()
    const first = start('clock.1')
    await clock.pass(5_000)
    first.hang()
    await clock.pass(10_000)

    assert.equal(first.isLeading(), false)
    assert.equal(first.terms[0]?.signal.aborted, true)
  })

  it('leads again with a new epoch when the record is back', async () => {
    const { clock, start } = stage()
    const first = start('clock.1')
    await clock.pass(5_000)
    first.cutOff()
    await clock.pass(20_000)
    first.reconnect()
    await clock.pass(1_000)

    assert.equal(first.isLeading(), true)
    assert.deepEqual(
      first.terms.map(({ fence }) => fence.epoch),
      [1, 2],
    )
  })
})

interface Process {
  readonly terms: Term[]
  readonly ended: Promise<void>
  isLeading(): boolean
  stop(): void
  crash(): void
  cutOff(): void
  hang(): void
  slowDown(ms: number): void
  reconnect(): void
}

/** Processes beside one record. A crashed one never says anything again; its promises simply stay open. */
function stage(): { readonly clock: VirtualClock; readonly start: (holder: string) => Process } {
  const clock = new VirtualClock()
  const record = new MemoryRecord(clock)
  return { clock, start: (holder) => startProcess(holder, clock, record) }
}

function startProcess(holder: string, clock: VirtualClock, record: ControlRecord): Process {
  const served: Term[] = []
  const stop = new AbortController()
  let line: 'up' | 'cut' | 'hanging' = 'up'
  let answerAfterMs = 0
  const call = async <T>(send: () => Promise<T>): Promise<T> => {
    if (line === 'cut') throw new Error('connection refused')
    if (line === 'hanging') return new Promise<T>(() => {})
    const answer = await send()
    if (answerAfterMs > 0) await clock.sleep(answerAfterMs, new AbortController().signal)
    return answer
  }
  const wire: Pick<ControlRecord, 'hold' | 'release'> = {
    hold: (lease, name, forMs) => call(() => record.hold(lease, name, forMs)),
    release: (lease, name, epoch) => call(() => record.release(lease, name, epoch)),
  }
  const work = async (term: Term): Promise<void> => {
    served.push(term)
    await new Promise<void>((resolve) => term.signal.addEventListener('abort', () => resolve(), { once: true }))
  }
  const ended = lead({ ...terms, holder }, { record: wire, clock, say: () => {} }, work, stop.signal)
  return {
    terms: served,
    ended,
    isLeading: () => served.at(-1)?.isHeld() === true,
    stop: () => stop.abort(),
    crash: () => void (line = 'hanging'),
    cutOff: () => void (line = 'cut'),
    hang: () => void (line = 'hanging'),
    slowDown: (ms) => void (answerAfterMs = ms),
    reconnect: () => void (line = 'up'),
  }
}
