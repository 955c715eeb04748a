import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { RequestBudget } from '../../../src/controller/budget/request-budget.ts'
import { foresee } from '../../../src/controller/keep/foresee.ts'
import { FullLooks } from '../../../src/controller/keep/full-looks.ts'
import { keepStreamApp } from '../../../src/controller/keep/keep-stream-app.ts'
import { readKept } from '../../../src/controller/keep/kept-stream-app.ts'
import type { Verdict } from '../../../src/controller/keep/work.ts'
import { MemoryRecord } from '../../../src/record/memory-record.ts'
import { markDeleted } from '../../../src/record/object-life.ts'
import type { ObjectKey } from '../../../src/record/record.ts'
import { keptClaims } from '../../../src/resource/claims.ts'
import type { FakeApp } from '../../../src/verify/fake-heroku.ts'
import { world, type World } from '../../support/desired.ts'
import { onlyOwn } from '../../support/heroku-way.ts'
import { conditionOf, keptWordCount, loadKept, storeKept } from '../../support/kept-object.ts'

const live = new AbortController().signal
const id = 'first-kafka-id'

describe('two StreamApps of one application id, on an add-on that both apps have attached', () => {
  it('the first that is looked at has it; the other is refused by name, and nothing is written for it', async () => {
    const stage = await staged()
    await stage.runToRest('first')
    stage.world.heroku.forgetCalls()
    await stage.pass('second')

    assert.equal(await stage.condition('second', 'Ready'), 'False ApplicationIdTaken')
    assert.equal(await stage.condition('second', 'Stalled'), 'True ApplicationIdTaken')
    assert.match(await stage.message('second'), /word-count on kafka-curved-12346 is taken by StreamApp default\/first/)
    assert.match(await stage.message('second'), /give one of them another applicationName, or remove the other/)
    assert.equal(stage.writes(), 0)
    assert.equal(stage.app('second').configVars['STREAMS_APPLICATION_ID'], undefined)
    assert.equal(await stage.condition('first', 'Ready'), 'True Converged')
  })

  it('of two passes at once, one takes it', async () => {
    const stage = await staged()
    await Promise.all([stage.pass('first'), stage.pass('second')])
    const reasons = [await stage.condition('first', 'Ready'), await stage.condition('second', 'Ready')]
    assert.equal(reasons.filter((reason) => reason === 'False ApplicationIdTaken').length, 1, reasons.join())
  })

  it('the second goes on once the first is gone', async () => {
    const stage = await staged()
    await stage.runToRest('first')
    await stage.pass('second')
    await stage.remove('first')
    await stage.pass('first')
    await stage.pass('second')
    assert.equal(await stage.condition('second', 'Ready'), 'False ApplicationIdTaken', 'it is being tidied up')
    await stage.runToRest('first')
    assert.equal(await stage.record.get(stage.key('first')), undefined)
    await stage.runToRest('second')
    assert.equal(await stage.condition('second', 'Ready'), 'True Converged')
  })

  it('the second goes on under another name', async () => {
    const stage = await staged()
    await stage.runToRest('first')
    await stage.pass('second')
    await storeKept(stage.record, wordCount('second', { applicationName: 'other-count' }))
    await stage.runToRest('second')
    assert.equal(await stage.condition('second', 'Ready'), 'True Converged')
  })

  it('the second goes without taking anything away that the first works with', async () => {
    const stage = await staged()
    const before = stage.app('second').formation.map((process) => ({ ...process, quantity: 1 }))
    stage.app('second').formation = before
    await stage.runToRest('first')
    const topics = [...stage.world.cluster.topics.keys()]
    await stage.pass('second')
    await stage.remove('second')
    await stage.runToRest('second')

    assert.equal(await stage.record.get(stage.key('second')), undefined)
    assert.deepEqual([...stage.world.cluster.topics.keys()], topics)
    assert.deepEqual([...stage.world.cluster.groups.keys()], ['word-count'])
    assert.equal(stage.app('second').formation[0]?.quantity, 0, 'its own dynos are stopped')
    await stage.runToRest('first')
    assert.equal(await stage.condition('first', 'Ready'), 'True Converged')
  })

  it('is held by the id, however the add-on is called by then', async () => {
    const stage = await staged()
    await stage.runToRest('first')
    for (const app of [stage.app('first'), stage.app('second')]) {
      app.attachments = app.attachments.map((known) => ({ ...known, addon: { id, name: 'orders-kafka' } }))
    }
    await stage.pass('second')
    assert.match(await stage.message('second'), /word-count on add-on first-kafka-id is taken by/)
  })

  it('is taken by what was Ready before there was anything to take', async () => {
    const stage = await staged()
    await stage.runToRest('first')
    const held = await loadKept(stage.record, stage.key('first'))
    assert.ok(held)
    const { cluster: _held, ...status } = held.status ?? {}
    await stage.record.write([
      { kind: 'remove', key: stage.key('first'), expected: 'any', actor: 'test' },
      { kind: 'put', key: stage.key('first'), expected: 'any', actor: 'test', body: { ...held, status } },
    ])
    await stage.pass('first')
    assert.equal(await stage.condition('first', 'Ready'), 'True Converged')
    await stage.pass('second')
    assert.equal(await stage.condition('second', 'Ready'), 'False ApplicationIdTaken')
  })

  it('is written down without saying of a new declaration what was seen of the one before', async () => {
    const stage = await staged()
    await stage.runToRest('first')
    const before = await loadKept(stage.record, stage.key('first'))
    assert.ok(before)
    const { spec } = wordCount('first', { kafka: { addon: 'kafka-curved-12346' } })
    await storeKept(stage.record, { ...before, metadata: { ...before.metadata, generation: 2 }, spec })
    const { version } = await stage.record.list('StreamApp')
    await stage.pass('first')
    const written = await stage.record.changesSince(version, 10)
    assert.ok(written.kind === 'changes' && written.changes.length > 0)
    for (const { object } of written.changes) {
      const { conditions, cluster } = JSON.parse(JSON.stringify(object.body['status']))
      assert.equal(cluster.addon, 'kafka-curved-12346')
      const ready = conditions.filter(({ type }: { readonly type: string }) => type === 'Ready')
      assert.ok(ready.every((one: { readonly observedGeneration: number }) => one.observedGeneration === 2))
    }
  })

  it('is no clash on another cluster, or under another name', async () => {
    const stage = await staged({ second: { applicationName: 'other-count' } })
    stage.world.heroku.addApp('third')
    stage.world.heroku.addCluster('third')
    await storeKept(stage.record, wordCount('third'))
    for (const name of ['first', 'second', 'third']) {
      await stage.runToRest(name)
      assert.equal(await stage.condition(name, 'Ready'), 'True Converged', name)
    }
  })

  it('is foreseen by a plan, also of the deletion', async () => {
    const stage = await staged()
    await stage.runToRest('first')
    const refused = await stage.foresee('second')
    assert.deepEqual([refused.reasons, refused.changes], [['ApplicationIdTaken'], []])
    assert.deepEqual((await stage.foresee('first')).reasons, [])
    await stage.remove('second')
    assert.deepEqual((await stage.foresee('second')).changes, [])
    await stage.remove('first')
    assert.ok((await stage.foresee('first')).changes.includes('delete-group'))
  })
})

describe('keptClaims', () => {
  it('has what was found only while the manifest names the same app and add-on', () => {
    const spec = { app: 'words', kafka: { addon: 'KAFKA' } }
    const cluster = { app: 'words', addon: 'KAFKA', name: 'kafka-flat-1', id: 'x' }
    const claims = (over: object): readonly string[] =>
      keptClaims('count', { spec, status: { cluster: { ...cluster, ...over } } }).map(({ name }) => name)
    assert.deepEqual(claims({}), [
      'Heroku app words',
      'application name count on kafka-flat-1',
      'application name count on add-on x',
    ])
    for (const over of [{ app: 'other' }, { addon: 'OTHER' }, { name: 1 }, { id: '' }]) {
      assert.deepEqual(claims(over), ['Heroku app words'], JSON.stringify(over))
    }
  })
})

interface Stage {
  readonly world: World
  readonly record: MemoryRecord
  readonly key: (name: string) => ObjectKey
  readonly app: (name: string) => FakeApp
  readonly pass: (name: string) => Promise<Verdict>
  readonly runToRest: (name: string) => Promise<void>
  readonly remove: (name: string) => Promise<void>
  readonly condition: (name: string, type: string) => Promise<string>
  readonly message: (name: string) => Promise<string>
  readonly foresee: (
    name: string,
  ) => Promise<{ readonly reasons: readonly string[]; readonly changes: readonly string[] }>
  readonly writes: () => number
}

const wordCount = (app: string, over: object = {}): ReturnType<typeof keptWordCount> =>
  keptWordCount(app, (spec) => ({ ...spec, app, ...over }))

/** The word count twice, of the apps `first` and `second`, which share the add-on of the first. */
async function staged(over: { readonly second?: object } = {}): Promise<Stage> {
  const there = world()
  const { heroku, clock } = there
  heroku.addApp('first')
  heroku.addApp('second')
  const cluster = heroku.addCluster('first')
  heroku.attach('second', id)
  const record = new MemoryRecord(clock)
  await storeKept(record, wordCount('first'))
  await storeKept(record, wordCount('second', over.second))

  const reserves = { resync: 1_000, lag: 500, webhook: 200, person: 10 }
  const budget = new RequestBudget({ capacity: 4_500, refillPerMinute: 75 }, reserves, clock.now())
  const fence = { lease: 'controller', epoch: 0 }
  const term = { fence, sinceMs: 0, signal: live, isHeld: () => true }
  const patience = { firstMs: 250, ceilingMs: 250, withinMs: 0 }
  const engine = { ...there.around, lately: there.around.kafkaData, patience }
  const fullLooks = new FullLooks(6 * 3_600_000, () => 0.5)
  const around = { record, heroku: onlyOwn({ engine, budget }), fullLooks, clock, say: () => {} }
  const key = (name: string): ObjectKey => ({ kind: 'StreamApp', namespace: 'default', name })
  const pass = (name: string): Promise<Verdict> => keepStreamApp(key(name), around, term, live)
  return {
    world: { ...there, cluster },
    record,
    key,
    pass,
    app: (name) => {
      const app = heroku.apps.get(name)
      assert.ok(app)
      return app
    },
    runToRest: async (name) => {
      for (let passes = 0; passes < 100; passes += 1) {
        const verdict = await pass(name)
        if (verdict.kind === 'gone') return
        const againAfterMs = verdict.kind === 'settled' ? verdict.againAfterMs : 1_000
        if (againAfterMs === undefined) return
        clock.turn(againAfterMs)
      }
      assert.fail('it never came to rest')
    },
    remove: async (name) => {
      const object = await loadKept(record, key(name))
      const marked = object && markDeleted(object, new Date(clock.now()))
      assert.ok(marked)
      await storeKept(record, marked)
    },
    condition: async (name, type) => {
      const { status, reason } = conditionOf(await loadKept(record, key(name)), type)
      return `${status} ${reason}`
    },
    message: async (name) => conditionOf(await loadKept(record, key(name)), 'Ready').message,
    foresee: async (name) => {
      const kept = await readKept(record, key(name))
      assert.ok(kept)
      const { objects } = await record.list('StreamApp')
      const others = objects.map(({ key: other, body }) => ({ ...body, key: other }))
      const plan = await foresee(kept, engine, { nowMs: clock.now(), signal: live, others })
      assert.ok(plan.ok)
      const { refusals, changes } = plan.value
      return { reasons: refusals.map(({ reason }) => reason), changes: changes.map(({ kind }) => kind) }
    },
    writes: () => heroku.calls.filter(({ kind }) => kind === 'write').length,
  }
}
