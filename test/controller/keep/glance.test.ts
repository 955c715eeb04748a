import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { FullLooks } from '../../../src/controller/keep/full-looks.ts'
import { heardAnnotation } from '../../../src/controller/keep/hear-app.ts'
import { RequestBudget } from '../../../src/controller/budget/request-budget.ts'
import { keepStreamApp } from '../../../src/controller/keep/keep-stream-app.ts'
import { MemoryRecord } from '../../../src/record/memory-record.ts'
import type { FakeApp, FakeCluster } from '../../../src/verify/fake-heroku.ts'
import { world, type World } from '../../support/desired.ts'
import { onlyOwn } from '../../support/heroku-way.ts'
import { conditionOf, keptWordCount, loadKept, storeKept } from '../../support/kept-object.ts'

const key = { kind: 'StreamApp', namespace: 'default', name: 'word-count' }
const live = new AbortController().signal
const sixHours = 6 * 3_600_000

describe('a look at a settled StreamApp', () => {
  it('costs one call, and those that its cluster’s StreamApps share', async () => {
    const stage = await settled()
    await stage.pass()

    assert.deepEqual(stage.calls(), ['dynos', 'topics', 'consumerGroups'])
    assert.equal(await stage.ready(), 'True Converged')
  })

  it('writes nothing down where nothing changed', async () => {
    const stage = await settled()
    const before = await stage.version()
    await stage.pass()

    assert.equal(await stage.version(), before)
  })

  it('is a whole one now and then, and after each webhook', async () => {
    const stage = await settled()
    stage.clock.turn(sixHours)
    await stage.pass()
    assert.ok(stage.calls().includes('configVars'))

    await stage.hear('2026-01-01T00:00:00.000Z')
    await stage.pass()
    assert.ok(stage.calls().includes('configVars'))
    await stage.pass()
    assert.equal(stage.calls().includes('configVars'), false)
  })

  const drifts: readonly (readonly [what: string, meddle: (stage: Stage) => unknown, done: RegExp])[] = [
    ['a formation scaled by hand', (stage) => stage.reform({ quantity: 1 }), /dynos worker of word-count: 1 → 2/],
    ['a config var changed by hand', (stage) => stage.set('STREAMS_NUM_STREAM_THREADS', '9'), /config vars/],
    ['a config var unset by hand', (stage) => stage.set('STREAMS_NUM_STREAM_THREADS', null), /config vars/],
    ['a topic deleted by hand', ({ cluster }) => cluster.topics.delete('word-counts'), /topic word-counts/],
    ['a group deleted by hand', ({ cluster }) => cluster.groups.delete('word-count'), /group word-count/],
  ]
  for (const [what, meddle, done] of drifts) {
    it(`finds and heals ${what}`, async () => {
      const stage = await settled()
      await meddle(stage)
      await stage.runToRest()

      const events = (await stage.record.events(key)).filter(({ reason }) => reason === 'Applied')
      assert.match(events.map(({ message }) => message).join('\n'), done)
      assert.equal(await stage.ready(), 'True Converged')
      assert.equal(stage.calls().length, 3, 'the last look is a glance again')
    })
  }

  it('goes on after credentials were rotated: Heroku restarts the dynos, and nothing is written', async () => {
    const stage = await settled()
    stage.world.heroku.delays.dynoMs = 60_000
    await stage.set('KAFKA_CLIENT_CERT', 'another')
    stage.world.heroku.forgetCalls()
    await stage.pass()
    assert.equal(await stage.ready(), 'False DynosStarting')

    stage.clock.turn(60_000)
    await stage.runToRest()
    assert.equal(await stage.ready(), 'True Converged')
    assert.equal(stage.calls().length, 3)
    assert.equal(stage.world.heroku.count('platform', 'write'), 0)
  })

  it('takes up a changed plan of the add-on, and stays Ready', async () => {
    const stage = await settled()
    stage.app.attachments = stage.app.attachments.map((each) => ({ ...each, plan: 'heroku-kafka:basic-2' }))
    await stage.set('KAFKA_URL', 'kafka+ssl://127.0.0.1:9097')
    await stage.runToRest()

    assert.equal(await stage.ready(), 'True Converged')
    assert.match(JSON.stringify((await loadKept(stage.record, key))?.status?.['seen']), /basic-2/)
  })

  it('tells of an attachment that was renamed, with the name it has now', async () => {
    const stage = await settled()
    stage.app.attachments = stage.app.attachments.map((each) => ({ ...each, name: 'EVENTS' }))
    await stage.set('EVENTS_URL', 'kafka+ssl://127.0.0.1:9096')
    await stage.pass()

    const { reason, message } = conditionOf(await loadKept(stage.record, key), 'Stalled')
    assert.equal(reason, 'AddonMissing')
    assert.match(message, /say one of EVENTS in spec.kafka.addon/)
  })

  it('does not say Ready of a dyno that crashed', async () => {
    const stage = await settled()
    stage.app.dynos = stage.app.dynos.map((dyno, index) => (index === 0 ? { ...dyno, state: 'crashed' } : dyno))
    await stage.pass()

    assert.equal(await stage.ready(), 'False DynosCrashed')
  })

  it('looks at the whole where a glance is not answered', async () => {
    const stage = await settled()
    const failure = { kind: 'unavailable', call: 'x', status: 503, said: 'maintenance' } as const
    stage.world.heroku.faultAt(0, { kind: 'fails', effect: false, failure })
    await stage.pass()

    assert.equal(await stage.ready(), 'True Converged')
    assert.ok(stage.calls().includes('configVars'))
  })
})

interface Stage {
  readonly world: World
  readonly app: FakeApp
  readonly cluster: FakeCluster
  readonly clock: World['clock']
  readonly record: MemoryRecord
  readonly pass: () => Promise<void>
  readonly runToRest: () => Promise<void>
  readonly ready: () => Promise<string>
  readonly version: () => Promise<number>
  /** Of the last pass. */
  readonly calls: () => readonly string[]
  readonly hear: (at: string) => Promise<void>
  readonly set: (name: string, value: string | null) => Promise<unknown>
  readonly reform: (to: { readonly quantity: number }) => Promise<unknown>
}

/** The word count, declared, carried out, and Ready. */
async function settled(): Promise<Stage> {
  const there = world()
  const { heroku, clock, around } = there
  const app = heroku.addApp('word-count')
  const cluster = heroku.addCluster('word-count')
  const record = new MemoryRecord(clock)
  await storeKept(record, keptWordCount())
  const reserves = { resync: 1_000, lag: 500, webhook: 200, person: 10 }
  const budget = new RequestBudget({ capacity: 4_500, refillPerMinute: 75 }, reserves, clock.now())
  const term = { fence: { lease: 'controller', epoch: 0 }, sinceMs: 0, signal: live, isHeld: () => true }
  const engine = {
    ...around,
    lately: around.kafkaData,
    patience: { firstMs: 250, ceilingMs: 250, withinMs: 0 },
  }
  const fullLooks = new FullLooks(sixHours, () => 0.99)
  let from = 0
  const pass = (): ReturnType<typeof keepStreamApp> => {
    from = heroku.calls.length
    return keepStreamApp(
      key,
      { record, heroku: onlyOwn({ engine, budget }), fullLooks, clock, say: () => {} },
      term,
      live,
    )
  }
  const runToRest = async (): Promise<void> => {
    for (let passes = 0; passes < 50; passes += 1) {
      const verdict = await pass()
      if (verdict.kind === 'settled' && verdict.againAfterMs === undefined) break
      clock.turn(2_000)
    }
    await pass()
  }
  const stage: Stage = {
    world: there,
    app,
    cluster,
    clock,
    record,
    pass: async () => void (await pass()),
    runToRest,
    ready: async () => {
      const { status, reason } = conditionOf(await loadKept(record, key), 'Ready')
      return `${status} ${reason}`
    },
    version: async () => (await record.get(key))?.version ?? 0,
    calls: () => heroku.calls.slice(from).map(({ name }) => name),
    hear: async (at) => {
      const object = await loadKept(record, key)
      assert.ok(object)
      const annotations = { ...object.metadata.annotations, [heardAnnotation]: at }
      await storeKept(record, { ...object, metadata: { ...object.metadata, annotations } })
    },
    set: (name, value) => heroku.platform.patchConfigVars('word-count', { [name]: value }, live),
    reform: ({ quantity }) => heroku.platform.patchFormation('word-count', [{ type: 'worker', quantity }], live),
  }
  await stage.runToRest()
  heroku.forgetCalls()
  return stage
}
