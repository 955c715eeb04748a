import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { keep, type Keeper } from '../../../src/controller/keep/keep.ts'
import type { Verdict } from '../../../src/controller/keep/work.ts'
import { MemoryRecord } from '../../../src/record/memory-record.ts'
import type { ControlRecord, JsonObject, Write } from '../../../src/record/record.ts'
import { HandSchedule } from '../../support/hand-schedule.ts'
import { VirtualClock } from '../../../src/verify/virtual-clock.ts'

describe('keep', () => {
  it('looks at everything when it begins, and at what is declared as it is declared', async () => {
    const { clock, record, passes, start } = stage()
    await record.write([put('a', 1)])
    start()
    await clock.pass(1)
    await record.write([put('b', 1)])
    await clock.pass(1)

    assert.deepEqual(passes, ['a', 'b'])
  })

  it('is not called by its own report, and is by a change of the spec or a deletion', async () => {
    const { clock, record, passes, start } = stage()
    start()
    await record.write([put('a', 1)])
    await clock.pass(1)
    await record.write([put('a', 1, { observedGeneration: 1 })])
    await clock.pass(1)
    assert.deepEqual(passes, ['a'])

    await record.write([put('a', 2, { observedGeneration: 1 })])
    await clock.pass(1)
    assert.deepEqual(passes, ['a', 'a'])
  })

  it('looks at everything again by the calendar, spread out, and more so when calls are short', async () => {
    const { clock, record, passes, start, schedule } = stage({ stretch: 3 })
    await record.write([put('a', 1), put('b', 1)])
    start()
    await clock.pass(1)
    await schedule.tick()
    await clock.pass(2_999)
    assert.deepEqual(passes, ['a', 'b'])
    await clock.pass(1)
    assert.deepEqual(passes, ['a', 'b', 'a', 'b'])
  })

  it('never looks again at what is gone', async () => {
    const { clock, record, passes, start, schedule } = stage()
    await record.write([put('a', 1)])
    start()
    await clock.pass(1)
    await record.write([remove('a')])
    await clock.pass(1)
    await schedule.tick()
    await clock.pass(60_000)

    assert.deepEqual(passes, ['a'])
  })

  it('looks when it is told to, and stops with its term', async () => {
    const { clock, record, passes, start, stop } = stage()
    await record.write([put('a', 1)])
    const { keeper, ended } = start()
    await clock.pass(1)
    keeper().look({ kind: 'StreamApp', namespace: 'default', name: 'a' }, 'webhook')
    await clock.pass(1)
    stop()
    await ended

    assert.deepEqual(passes, ['a', 'a'])
  })
})

interface Stage {
  readonly clock: VirtualClock
  readonly record: ControlRecord
  readonly schedule: HandSchedule
  readonly passes: string[]
  readonly start: () => { readonly keeper: () => Keeper; readonly ended: Promise<void> }
  readonly stop: () => void
}

function stage({ stretch = 1 } = {}): Stage {
  const clock = new VirtualClock()
  const record = new MemoryRecord(clock)
  const schedule = new HandSchedule()
  const passes: string[] = []
  const ended = new AbortController()
  const pass = ({ name }: { readonly name: string }): Promise<Verdict> => {
    passes.push(name)
    return Promise.resolve({ kind: 'settled' })
  }
  const start = (): { keeper: () => Keeper; ended: Promise<void> } => {
    let keeper: Keeper = { look: () => {} }
    const term = { fence: { lease: 'controller', epoch: 1 }, signal: ended.signal, isHeld: () => true }
    const pace = {
      queue: { backoff: { firstMs: 1_000, ceilingMs: 60_000 }, ageingMs: 60_000 },
      workers: 2,
      resync: '*/10 * * * *',
      resyncSpreadMs: 2_000,
    }
    const around = { record, clock, schedule, chance: () => 0.5, stretch: () => stretch, pass, say: () => {} }
    return { ended: keep(pace, around, term, (ready) => void (keeper = ready)), keeper: () => keeper }
  }
  return { clock, record, schedule, passes, start, stop: () => ended.abort() }
}

function put(name: string, generation: number, status: JsonObject = {}): Write {
  const body = { metadata: { name, generation }, status }
  return { kind: 'put', key: { kind: 'StreamApp', namespace: 'default', name }, body, expected: 'any', actor: 'test' }
}

function remove(name: string): Write {
  return { kind: 'remove', key: { kind: 'StreamApp', namespace: 'default', name }, expected: 'any', actor: 'test' }
}
