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
    const { clock, record, looks, start } = stage()
    await record.write([put('a', 1)])
    start()
    await clock.pass(1)
    await record.write([put('b', 1)])
    await clock.pass(1)

    assert.deepEqual(looks, ['a', 'b'])
  })

  it('is not called by its own report, and is by a change of the spec or a deletion', async () => {
    const { clock, record, looks, start } = stage()
    start()
    await record.write([put('a', 1)])
    await clock.pass(1)
    await record.write([put('a', 1, { status: { observedGeneration: 1 } })])
    await clock.pass(1)
    assert.deepEqual(looks, ['a'])

    await record.write([put('a', 2, { status: { observedGeneration: 1 } })])
    await clock.pass(1)
    assert.deepEqual(looks, ['a', 'a'])
  })

  it('looks at everything again by the calendar, spread out, and more so when calls are short', async () => {
    const { clock, record, looks, start, schedule } = stage({ stretch: 3 })
    await record.write([put('a', 1), put('b', 1)])
    start()
    await clock.pass(1)
    await schedule.tick()
    await clock.pass(1_499)
    assert.deepEqual(looks, ['a', 'b'])
    await clock.pass(1)
    assert.deepEqual(looks, ['a', 'b', 'a'])
    await clock.pass(3_000)
    assert.deepEqual(looks, ['a', 'b', 'a', 'b'])
  })

  it('gives each of many objects its time, and begins no round before the last one is over', async () => {
    const { clock, record, looks, start, schedule } = stage({ msPerObject: 10_000 })
    await record.write([put('a', 1), put('b', 1)])
    start()
    await clock.pass(1)
    await schedule.tick()
    await clock.pass(15_000)
    await schedule.tick()
    assert.deepEqual(looks, ['a', 'b', 'a', 'b'])
    await clock.pass(5_000)
    assert.equal(looks.length, 4)
    await schedule.tick()
    await clock.pass(5_000)
    assert.deepEqual(looks.slice(4), ['a'])
  })

  it('passes over each kind in its own way, and keeps two objects of one name apart', async () => {
    const { clock, record, looks, start } = stage()
    await record.write([put('a', 1), put('a', 1, { kind: 'GitSource' }), put('a', 1, { kind: 'Secret' })])
    start()
    await clock.pass(1)
    await record.write([put('a', 2, { kind: 'GitSource' })])
    await clock.pass(1)

    assert.deepEqual(looks, ['a', 'source a', 'source a'])
  })

  it('hears at once what somebody asks for by an annotation, and not twice', async () => {
    const { clock, record, looks, start } = stage()
    const settled = { status: { observedGeneration: 1 } }
    await record.write([put('a', 1, settled)])
    start()
    await clock.pass(1)
    await record.write([put('a', 1, { ...settled, annotations: { confirm: '1234abcd' } })])
    await clock.pass(1)
    await record.write([
      put('a', 1, { status: { observedGeneration: 1, seen: 2 }, annotations: { confirm: '1234abcd' } }),
    ])
    await clock.pass(1)

    assert.deepEqual(looks, ['a', 'a'])
  })

  it('never looks again at what is gone', async () => {
    const { clock, record, looks, start, schedule } = stage()
    await record.write([put('a', 1)])
    start()
    await clock.pass(1)
    await record.write([remove('a')])
    await clock.pass(1)
    await schedule.tick()
    await clock.pass(60_000)

    assert.deepEqual(looks, ['a'])
  })

  it('looks when it is told to, and stops with its term', async () => {
    const { clock, record, looks, start, stop } = stage()
    await record.write([put('a', 1)])
    const { keeper, ended } = start()
    await clock.pass(1)
    keeper().look({ kind: 'StreamApp', namespace: 'default', name: 'a' }, 'webhook')
    await clock.pass(1)
    stop()
    await ended

    assert.deepEqual(looks, ['a', 'a'])
  })
})

interface Stage {
  readonly clock: VirtualClock
  readonly record: ControlRecord
  readonly schedule: HandSchedule
  readonly looks: string[]
  readonly start: () => { readonly keeper: () => Keeper; readonly ended: Promise<void> }
  readonly stop: () => void
}

function stage({ stretch = 1, msPerObject = 0 } = {}): Stage {
  const clock = new VirtualClock()
  const record = new MemoryRecord(clock)
  const schedule = new HandSchedule()
  const looks: string[] = []
  const ended = new AbortController()
  const pass = ({ name }: { readonly name: string }): Promise<Verdict> => {
    looks.push(name)
    return Promise.resolve({ kind: 'settled' })
  }
  const passOfSources = ({ name }: { readonly name: string }): Promise<Verdict> => pass({ name: `source ${name}` })
  const passes = { StreamApp: pass, GitSource: passOfSources }
  const start = (): { keeper: () => Keeper; ended: Promise<void> } => {
    let keeper: Keeper = { look: () => {} }
    const term = { fence: { lease: 'controller', epoch: 1 }, sinceMs: 0, signal: ended.signal, isHeld: () => true }
    const pace = {
      queue: { backoff: { firstMs: 1_000, ceilingMs: 60_000 }, ageingMs: 60_000 },
      workers: 2,
      resync: '*/10 * * * *',
      resyncSpreadMs: 2_000,
      resyncMsPerObject: msPerObject,
    }
    const around = { record, clock, schedule, chance: () => 0.5, stretch: () => stretch, passes, say: () => {} }
    return { ended: keep(pace, around, term, (ready) => void (keeper = ready)), keeper: () => keeper }
  }
  return { clock, record, schedule, looks, start, stop: () => ended.abort() }
}

interface More {
  readonly status?: JsonObject
  readonly annotations?: JsonObject
  readonly kind?: string
}

function put(
  name: string,
  generation: number,
  { status = {}, annotations = {}, kind = 'StreamApp' }: More = {},
): Write {
  const body = { metadata: { name, generation, annotations }, status }
  return { kind: 'put', key: { kind, namespace: 'default', name }, body, expected: 'any', actor: 'test' }
}

function remove(name: string): Write {
  return { kind: 'remove', key: { kind: 'StreamApp', namespace: 'default', name }, expected: 'any', actor: 'test' }
}
