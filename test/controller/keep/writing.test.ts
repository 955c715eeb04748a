import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { RequestBudget } from '../../../src/controller/budget/request-budget.ts'
import { FullLooks } from '../../../src/controller/keep/full-looks.ts'
import { keepStreamApp } from '../../../src/controller/keep/keep-stream-app.ts'
import type { Verdict } from '../../../src/controller/keep/work.ts'
import { longestOnItsWayMs } from '../../../src/controller/keep/writing.ts'
import type { Term } from '../../../src/controller/lead/lead.ts'
import { MemoryRecord } from '../../../src/record/memory-record.ts'
import { markDeleted, type KeptObject } from '../../../src/record/object-life.ts'
import type { ControlRecord, Write, WriteResult } from '../../../src/record/record.ts'
import { CallerDied } from '../../../src/verify/fake-heroku.ts'
import { world, type World } from '../../support/desired.ts'
import { onlyOwn } from '../../support/heroku-way.ts'
import { conditionOf, keptWordCount, loadKept, storeKept } from '../../support/kept-object.ts'

const key = { kind: 'StreamApp', namespace: 'default', name: 'word-count' }
const live = new AbortController().signal

describe('a pass that writes', () => {
  it('says so in the record before, with its epoch, and that it ended after', async () => {
    const stage = await staged()
    const bodies: (KeptObject['status'] | undefined)[] = []
    stage.onWrite = async () => void bodies.push((await loadKept(stage.record, key))?.status)
    await stage.pass(1)

    assert.deepEqual(
      bodies.map((status) => epochIn(status)),
      [undefined, 1, undefined],
      'first what it holds',
    )
    assert.equal(
      stage.heroku.calls.some(({ kind }) => kind === 'write'),
      true,
    )
  })

  it('sends nothing for a manifest that somebody changed since the look', async () => {
    const stage = await staged()
    stage.beforeWrite = async () =>
      storeKept(
        stage.record,
        keptWordCount('word-count', (spec) => ({ ...spec, drift: 'Warn' })),
      )

    assert.deepEqual(await stage.pass(1), { kind: 'settled', againAfterMs: 0 })
    assert.equal(
      stage.heroku.calls.some(({ kind }) => kind === 'write'),
      false,
    )
  })

  it('sends nothing once another leads', async () => {
    const stage = await staged()
    stage.beforeWrite = async () => {
      stage.clock.turn(60_000)
      await stage.record.hold('controller', 'second', 10_000)
    }
    await stage.pass(1)

    assert.equal(
      stage.heroku.calls.some(({ kind }) => kind === 'write'),
      false,
    )
  })
})

describe('a leader after one that was writing', () => {
  it('makes no call for that object until what was sent has arrived, then goes on', async () => {
    const stage = await staged()
    await stage.dieAtFirstWrite()
    stage.heroku.forgetCalls()
    await stage.nextTerm()

    assert.deepEqual(await stage.pass(2), { kind: 'settled', againAfterMs: longestOnItsWayMs })
    const { status, reason } = conditionOf(await loadKept(stage.record, key), 'Ready')
    assert.deepEqual([stage.heroku.calls.length, status, reason], [0, 'Unknown', 'WriteUnanswered'])

    stage.clock.turn(longestOnItsWayMs)
    await stage.pass(2)
    assert.equal(
      stage.heroku.calls.some(({ kind }) => kind === 'write'),
      true,
    )
  })

  it('does not begin to wait anew where leaders follow one another fast', async () => {
    const stage = await staged()
    await stage.dieAtFirstWrite()
    const waits: unknown[] = []
    for (const epoch of [2, 3, 4]) {
      await stage.nextTerm()
      waits.push(await stage.pass(epoch))
    }
    assert.deepEqual(
      waits,
      [0, 10_000, 20_000].map((since) => ({ kind: 'settled', againAfterMs: longestOnItsWayMs - since })),
    )
  })

  it('does not wait for an object whose pass had ended', async () => {
    const stage = await staged()
    await stage.pass(1)
    stage.heroku.forgetCalls()
    await stage.nextTerm()
    await stage.pass(2)

    assert.notEqual(stage.heroku.calls.length, 0)
  })
})

describe('a write without an answer', () => {
  it('keeps a deleted object until it would have arrived, and takes away what it made', async () => {
    const stage = await staged()
    const failure = { kind: 'unreachable', call: 'x', host: 'x', reason: 'timeout' } as const
    const writes = await stage.callsBeforeFirstWrite()
    stage.heroku.faultAt(writes, { kind: 'fails', effect: false, failure })
    await stage.pass(1)
    await stage.remove()

    assert.deepEqual(await stage.pass(1), { kind: 'settled', againAfterMs: longestOnItsWayMs })
    stage.clock.turn(longestOnItsWayMs)
    assert.equal((await stage.pass(1)).kind, 'gone')
  })
})

function epochIn(status: KeptObject['status'] | undefined): unknown {
  const writing = status?.['writing']
  return typeof writing === 'object' && writing !== null && 'epoch' in writing ? writing['epoch'] : undefined
}

interface Stage extends Pick<World, 'clock' | 'heroku'> {
  readonly record: ControlRecord
  readonly pass: (epoch: number) => Promise<Verdict>
  readonly nextTerm: () => Promise<void>
  readonly dieAtFirstWrite: () => Promise<void>
  readonly callsBeforeFirstWrite: () => Promise<number>
  readonly remove: () => Promise<void>
  beforeWrite: () => Promise<void>
  onWrite: () => Promise<void>
}

async function staged(): Promise<Stage> {
  const { clock, heroku, around } = world()
  heroku.addApp('word-count')
  heroku.addCluster('word-count')
  const record = new MemoryRecord(clock)
  await storeKept(record, keptWordCount())
  await record.hold('controller', 'first', 10_000)
  const reserves = { resync: 1_000, lag: 500, webhook: 200, person: 10 }
  const budget = new RequestBudget({ capacity: 4_500, refillPerMinute: 75 }, reserves, clock.now())
  const fullLooks = new FullLooks(6 * 3_600_000, () => 0.5)
  const engine = { ...around, lately: around.kafkaData, patience: { firstMs: 250, ceilingMs: 250, withinMs: 0 } }
  const begins = new Map([[1, clock.now()]])
  const nothing = (): Promise<void> => Promise.resolve()
  const stage: Stage = {
    clock,
    heroku,
    record,
    beforeWrite: nothing,
    onWrite: nothing,
    pass: (epoch) => {
      const term: Term = {
        fence: { lease: 'controller', epoch },
        sinceMs: begins.get(epoch) ?? 0,
        signal: live,
        isHeld: () => true,
      }
      const watched = withHooks(record, stage)
      return keepStreamApp(
        key,
        { record: watched, heroku: onlyOwn({ engine, budget }), fullLooks, clock, say: () => {} },
        term,
        live,
      )
    },
    nextTerm: async () => {
      clock.turn(10_000)
      const hold = await record.hold('controller', `leader ${begins.size + 1}`, 10_000)
      assert.deepEqual([hold.kind, hold.epoch], ['held', begins.size + 1])
      begins.set(begins.size + 1, clock.now())
    },
    dieAtFirstWrite: async () => {
      heroku.faultAt(await stage.callsBeforeFirstWrite(), { kind: 'dies', effect: false })
      await assert.rejects(stage.pass(1), CallerDied)
    },
    callsBeforeFirstWrite: async () => {
      const other = await staged()
      await other.pass(1)
      return other.heroku.calls.findIndex(({ kind }) => kind === 'write')
    },
    remove: async () => {
      const object = await loadKept(record, key)
      const marked = object === undefined ? undefined : markDeleted(object, new Date(clock.now()))
      assert.ok(marked)
      await storeKept(record, marked)
    },
  }
  return stage
}

/** The record, with something between a pass and each of its writes. */
function withHooks(record: ControlRecord, stage: Stage): ControlRecord {
  return new Proxy(record, {
    get: (target, name) => {
      if (name !== 'write') {
        const value: unknown = Reflect.get(target, name)
        return typeof value === 'function' ? value.bind(target) : value
      }
      return async (writes: readonly Write[]): Promise<readonly WriteResult[]> => {
        await stage.beforeWrite()
        const results = await target.write(writes)
        await stage.onWrite()
        return results
      }
    },
  })
}
