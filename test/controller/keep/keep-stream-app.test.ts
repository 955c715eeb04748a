import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { RequestBudget } from '../../../src/controller/budget/request-budget.ts'
import { confirmAnnotation } from '../../../src/controller/keep/consent.ts'
import { keepStreamApp } from '../../../src/controller/keep/keep-stream-app.ts'
import { suspendUntilAnnotation } from '../../../src/controller/keep/suspension.ts'
import { FullLooks } from '../../../src/controller/keep/full-looks.ts'
import { heardFromAnnotation } from '../../../src/controller/keep/hear-app.ts'
import type { Verdict } from '../../../src/controller/keep/work.ts'
import type { ProcessFormation } from '../../../src/heroku/platform.ts'
import { markDeleted, type KeptObject } from '../../../src/record/object-life.ts'
import { MemoryRecord } from '../../../src/record/memory-record.ts'
import { ownWrite } from '../../../src/record/own-write.ts'
import type { ControlRecord } from '../../../src/record/record.ts'
import { world, type World } from '../../support/desired.ts'
import { CallerDied, type FakeApp, type Fault } from '../../../src/verify/fake-heroku.ts'
import { onlyOwn } from '../../support/heroku-way.ts'
import { conditionOf, keptWordCount, loadKept, ownersOf, storeKept } from '../../support/kept-object.ts'

const key = { kind: 'StreamApp', namespace: 'default', name: 'word-count' }
const live = new AbortController().signal

describe('keepStreamApp', () => {
  it('brings a declared StreamApp to Ready, says so only then, and is silent afterwards', async () => {
    const stage = await declared()
    const first = await stage.pass()
    assert.equal(await stage.ready(), 'False ChangesPending', await stage.message('Ready'))
    assert.notDeepEqual(first, { kind: 'settled' })

    await stage.runToRest()
    assert.equal(await stage.ready(), 'True Converged')
    assert.equal(stage.world.cluster.topics.size, 4)

    stage.world.heroku.forgetCalls()
    const { version } = await stage.record.list('StreamApp')
    await stage.pass()
    assert.equal(stage.world.heroku.calls.filter(({ kind }) => kind === 'write').length, 0)
    assert.equal((await stage.record.list('StreamApp')).version, version)
  })

  it('owns the status that it writes, and nothing of what others declare', async () => {
    const stage = await declared()
    const object = await loadKept(stage.record, key)
    assert.ok(object)
    const declaredByGit = { before: undefined, after: object, writer: 'weirkeeper-git', subresource: '' } as const
    await storeKept(stage.record, ownWrite({ ...declaredByGit, at: new Date(0) }))
    await stage.runToRest()
    assert.equal(await stage.ready(), 'True Converged')
    const owners = ['weirkeeper-controller Update status', 'weirkeeper-git Update']
    assert.deepEqual(ownersOf(await loadKept(stage.record, key)).toSorted(), owners)
    const { version } = await stage.record.list('StreamApp')
    await stage.pass()
    assert.equal((await stage.record.list('StreamApp')).version, version)
  })

  it('heals what was changed behind its back, and tells it in events', async () => {
    const stage = await declared()
    await stage.runToRest()
    const app = stage.world.heroku.apps.get('word-count')
    app?.formation.splice(0, 1, { type: 'worker', quantity: 0, size: 'Standard-1X' })
    await stage.runToRest()

    assert.equal(app?.formation[0]?.quantity, 2)
    const messages = (await stage.record.events(key)).map(({ reason, message }) => `${reason}: ${message}`)
    assert.ok(
      messages.some((message) => message.startsWith('Applied: ~ dynos worker of word-count: 0 → 2')),
      messages.join('\n'),
    )
  })

  it('names who changed what it heals, by the release or by what Heroku told', async () => {
    const stage = await declared()
    await stage.runToRest()
    const app = stage.world.heroku.apps.get('word-count')
    assert.ok(app)
    delete app.configVars['STREAMS_NUM_STREAM_THREADS']
    app.releases += 1
    app.dynos = [] // a release restarts them
    app.newest = { by: 'somebody@example.com', description: 'Remove STREAMS_NUM_STREAM_THREADS config vars' }
    await stage.runToRest()
    await stage.annotate(heardFromAnnotation, 'api:formation update by else@example.com')
    app.formation.splice(0, 1, { type: 'worker', quantity: 0, size: 'Standard-1X' })
    app.dynos = []
    await stage.runToRest()

    const told = (await stage.record.events(key)).filter(({ reason }) => reason === 'DriftFound')
    assert.deepEqual(
      told.map(({ message }) => message.split('; ').at(-1)),
      [
        'Heroku told of api:formation update by else@example.com',
        'release v3 by somebody@example.com: Remove STREAMS_NUM_STREAM_THREADS config vars',
      ],
    )
  })

  it('stops the dynos of the process type that it ran before', async () => {
    const { stage, app } = await runByAnotherType()
    await stage.runToRest()

    assert.deepEqual(running(app.formation), ['counter=2'])
    assert.deepEqual((await loadKept(stage.record, key))?.status?.['ran'], ['counter'])
    app.formation.splice(0, 1, { type: 'worker', quantity: 1, size: 'Standard-1X' })
    await stage.runToRest()
    assert.deepEqual(running(app.formation), ['worker=1', 'counter=2'], 'worker is somebody else’s by now')
  })

  it('leaves the dynos of a process type alone that was only named', async () => {
    const stage = await declared((spec) => ({ ...spec, process: { type: 'web' }, scaling: { policy: 'lag', min: 1 } }))
    const app = stage.world.heroku.apps.get('word-count')
    assert.ok(app)
    app.formation.push({ type: 'web', quantity: 3, size: 'Standard-1X' })
    await stage.pass()
    assert.equal(await stage.condition('Stalled'), 'True NotBuiltYet')
    await stage.declare((spec) => spec)
    await stage.runToRest()

    assert.deepEqual(running(app.formation), ['worker=2', 'web=3'])
  })

  it('stops the dynos of an earlier process type, too, when it is deleted', async () => {
    const { stage, app } = await runByAnotherType()
    await stage.remove()
    await stage.runToRest()

    assert.deepEqual(running(app.formation), [])
    assert.equal((await stage.record.list('StreamApp')).objects.length, 0)
  })

  it('with drift: Warn carries a declaration out, then only tells what differs', async () => {
    const stage = await declared((spec) => ({ ...spec, drift: 'Warn' }))
    await stage.runToRest()
    const app = stage.world.heroku.apps.get('word-count')
    app?.formation.splice(0, 1, { type: 'worker', quantity: 0, size: 'Standard-1X' })
    await stage.runToRest()

    assert.equal(app?.formation[0]?.quantity, 0)
    assert.equal(await stage.condition('Drifted'), 'True DriftFound')
  })

  it('changes nothing while it is suspended, and goes on by itself when its time is over', async () => {
    const stage = await declared((spec) => ({ ...spec, suspend: true }))
    const ends = stage.world.clock.now() + 7_200_000
    await stage.annotate(suspendUntilAnnotation, new Date(ends).toISOString())

    assert.deepEqual(await stage.pass(), { kind: 'settled', againAfterMs: 7_200_000 })
    assert.equal(stage.world.heroku.calls.filter(({ kind }) => kind === 'write').length, 0)
    stage.world.clock.turn(7_200_000)
    await stage.runToRest()
    assert.equal(await stage.ready(), 'True Converged')
  })

  it('stops fighting over what somebody changes back again and again, until it is declared anew', async () => {
    const stage = await declared()
    await stage.runToRest()
    const app = stage.world.heroku.apps.get('word-count')
    for (let round = 0; round < 5; round += 1) {
      app?.formation.splice(0, 1, { type: 'worker', quantity: 0, size: 'Standard-1X' })
      await stage.runToRest()
    }
    assert.deepEqual([app?.formation[0]?.quantity, await stage.condition('Stalled')], [0, 'True FieldContention'])

    stage.world.clock.turn(3_600_000)
    await stage.runToRest()
    assert.deepEqual([app?.formation[0]?.quantity, await stage.ready()], [2, 'True Converged'])
  })

  it('with drift: Warn still only tells what differs after a look that failed', async () => {
    const stage = await declared((spec) => ({ ...spec, drift: 'Warn' }))
    await stage.runToRest()
    const app = stage.world.heroku.apps.get('word-count')
    app?.formation.splice(0, 1, { type: 'worker', quantity: 0, size: 'Standard-1X' })
    stage.world.heroku.forgetCalls()
    const failure = { kind: 'unavailable', call: 'x', status: 503, said: 'maintenance' } as const
    stage.world.heroku.faultAt(0, { kind: 'fails', effect: false, failure })
    await stage.runToRest()

    assert.equal(app?.formation[0]?.quantity, 0)
    assert.equal(await stage.condition('Drifted'), 'True DriftFound')
  })

  it('after a crash at any call, or a failure at any call, the next passes come to the same end', async () => {
    const reference = await declared()
    await reference.runToRest()
    const calls = reference.world.heroku.calls.length
    const end = endState(reference.world)
    for (let call = 0; call < calls; call += 1) {
      for (const fault of faults) {
        const stage = await declared()
        stage.world.heroku.faultAt(call, fault)
        await stage.runToRest()
        assert.equal(await stage.ready(), 'True Converged', `${JSON.stringify(fault)} at call ${call}`)
        assert.deepEqual(endState(stage.world), end, `${JSON.stringify(fault)} at call ${call}`)
      }
    }
  })

  it('comes to the same end under any mixture of crashes and failures', async () => {
    const mixtures = fc.array(fc.tuple(fc.nat(40), fc.constantFrom(...faults)), { maxLength: 6 })
    const reference = await declared()
    await reference.runToRest()
    await fc.assert(
      fc.asyncProperty(mixtures, async (mixture) => {
        const stage = await declared()
        for (const [call, fault] of mixture) stage.world.heroku.faultAt(call, fault)
        await stage.runToRest()
        assert.deepEqual(endState(stage.world), endState(reference.world))
      }),
      { numRuns: 100 },
    )
  })

  it('takes away by policy what is deleted, workers first, and lets the object go', async () => {
    const stage = await declared()
    await stage.runToRest()
    await stage.remove()
    await stage.runToRest()

    assert.equal(await stage.record.get(key), undefined)
    assert.deepEqual([...stage.world.cluster.topics.keys()].toSorted(), ['lines', 'word-counts'])
    assert.equal(stage.world.heroku.apps.get('word-count')?.formation[0]?.quantity, 0)
  })

  it('keeps a user topic until the deletion is confirmed for that plan', async () => {
    const stage = await declared((spec) => ({ ...spec, deletionPolicy: { topics: 'Delete' } }))
    await stage.runToRest()
    await stage.remove()
    await stage.runToRest(3)
    assert.match(await stage.message('Ready'), /this plan loses records .* --confirm [0-9a-f]{8}/)
    assert.ok(stage.world.cluster.topics.has('lines'))

    await stage.annotate(confirmAnnotation, 'word-count')
    await stage.runToRest()
    assert.equal(stage.world.cluster.topics.size, 0)
    assert.equal(await stage.record.get(key), undefined)
  })

  it('takes the app’s name for consent to one declaration, and asks again for the next and for the deletion', async () => {
    const stage = await declared(kept('72h'))
    await stage.runToRest()
    const keptMs = (): number | null | undefined => stage.world.cluster.topics.get('lines')?.retentionMs
    await stage.declare(kept('48h'))
    await stage.annotate(confirmAnnotation, 'word-count')
    await stage.runToRest()
    assert.deepEqual([await stage.ready(), keptMs()], ['True Converged', 48 * 3_600_000])

    await stage.declare(kept('24h'))
    await stage.runToRest(3)
    assert.deepEqual([await stage.condition('Stalled'), keptMs()], ['True ConfirmationMissing', 48 * 3_600_000])
    const hash = /--confirm ([0-9a-f]{8})/.exec(await stage.message('Ready'))?.[1] ?? ''
    await stage.annotate(confirmAnnotation, hash)
    await stage.runToRest()
    assert.deepEqual([await stage.ready(), keptMs()], ['True Converged', 24 * 3_600_000])

    await stage.annotate(confirmAnnotation, 'word-count')
    await stage.declare(kept('26h'))
    await stage.runToRest()
    await stage.remove()
    await stage.runToRest()
    assert.equal(await stage.record.get(key), undefined, 'said anew after a hash, and not used up since')
  })

  it('asks before a deletion, though the app’s name stands there from an earlier consent', async () => {
    const stage = await declared(kept('48h'))
    await stage.runToRest()
    await stage.declare(kept('24h'))
    await stage.annotate(confirmAnnotation, 'word-count')
    await stage.runToRest()
    assert.equal(await stage.ready(), 'True Converged')
    await stage.remove()
    await stage.runToRest(3)
    assert.match(await stage.message('Ready'), /this plan loses records .* --confirm [0-9a-f]{8}/)
    assert.ok(stage.world.cluster.topics.has('lines'))
  })

  it('lets go at once of what was in an app that is gone', async () => {
    const stage = await declared()
    await stage.runToRest()
    stage.world.heroku.apps.delete('word-count')
    await stage.remove()
    await stage.runToRest()

    assert.equal(await stage.record.get(key), undefined)
  })

  it('waits for its share of the budget, says so, and makes no call meanwhile', async () => {
    const stage = await declared()
    await stage.runToRest()
    stage.budget.learn(100, 0, stage.world.clock.now())
    stage.world.heroku.forgetCalls()

    assert.deepEqual(await stage.pass(), { kind: 'retry', notBeforeMs: stage.world.clock.now() + 720_000 })
    assert.deepEqual([stage.world.heroku.calls.length, await stage.ready()], [0, 'Unknown BudgetExhausted'])
  })

  it('leaves the object as it is once another controller leads', async () => {
    const stage = await declared()
    await stage.record.hold('controller', 'another', 1)
    const audit = await stage.record.audit(key, 100)
    const { objects } = await stage.record.list('StreamApp')
    await stage.pass()

    assert.deepEqual((await stage.record.list('StreamApp')).objects, objects)
    assert.deepEqual(await stage.record.audit(key, 100), audit)
  })
})

const faults: readonly Fault[] = [
  { kind: 'dies', effect: false },
  { kind: 'dies', effect: true },
  { kind: 'fails', effect: false, failure: { kind: 'unavailable', call: 'x', status: 503, said: 'maintenance' } },
  { kind: 'fails', effect: true, failure: { kind: 'unreachable', call: 'x', host: 'h', reason: 'time-out' } },
  { kind: 'fails', effect: false, failure: { kind: 'rate-limited', call: 'x', retryAfterMs: 30_000 } },
]

/** The word count, Ready with `worker`, whose manifest says `counter` since then. */
async function runByAnotherType(): Promise<{ readonly stage: Stage; readonly app: FakeApp }> {
  const stage = await declared()
  const app = stage.world.heroku.apps.get('word-count')
  assert.ok(app)
  app.formation.push({ type: 'counter', quantity: 0, size: 'Standard-1X' })
  await stage.runToRest()
  await stage.declare((spec) => ({ ...spec, process: { type: 'counter' } }))
  return { stage, app }
}

const running = (formation: readonly ProcessFormation[]): readonly string[] =>
  formation.filter(({ quantity }) => quantity > 0).map(({ type, quantity }) => `${type}=${quantity}`)

interface Stage {
  readonly world: World
  readonly record: ControlRecord
  readonly budget: RequestBudget
  readonly pass: () => Promise<Verdict>
  readonly runToRest: (passes?: number) => Promise<void>
  readonly ready: () => Promise<string>
  readonly condition: (type: string) => Promise<string>
  readonly message: (type: string) => Promise<string>
  readonly declare: (edit: Parameters<typeof keptWordCount>[1]) => Promise<void>
  readonly remove: () => Promise<void>
  readonly annotate: (name: string, value: string) => Promise<void>
}

/** The word count of `manifests/`, declared in a record beside an account with its app, its add-on and a slug. */
async function declared(edit?: Parameters<typeof keptWordCount>[1]): Promise<Stage> {
  const there = world()
  there.heroku.addApp('word-count')
  const cluster = there.heroku.addCluster('word-count')
  const record = new MemoryRecord(there.clock)
  await storeKept(record, keptWordCount('word-count', edit))
  return staged({ ...there, cluster }, record)
}

function staged(there: World, record: ControlRecord): Stage {
  const { clock } = there
  const reserves = { resync: 1_000, lag: 500, webhook: 200, person: 10 }
  const budget = new RequestBudget({ capacity: 4_500, refillPerMinute: 75 }, reserves, clock.now())
  const term = { fence: { lease: 'controller', epoch: 0 }, sinceMs: 0, signal: live, isHeld: () => true }
  const fullLooks = new FullLooks(6 * 3_600_000, () => 0.5)
  const engine = {
    ...there.around,
    lately: there.around.kafkaData,
    patience: { firstMs: 250, ceilingMs: 250, withinMs: 0 },
  }
  const pass = (): Promise<Verdict> =>
    keepStreamApp(key, { record, heroku: onlyOwn({ engine, budget }), fullLooks, clock, say: () => {} }, term, live)

  const runToRest = async (most = 200): Promise<void> => {
    for (let passes = 0; passes < most; passes += 1) {
      const verdict = await pass().catch((cause: unknown): Verdict => {
        if (cause instanceof CallerDied) return { kind: 'retry', notBeforeMs: 0 }
        throw cause
      })
      if (verdict.kind === 'gone' || (verdict.kind === 'settled' && verdict.againAfterMs === undefined)) return
      clock.turn(
        verdict.kind === 'settled' ? (verdict.againAfterMs ?? 0) : Math.max(1_000, verdict.notBeforeMs - clock.now()),
      )
    }
    if (most === 200) assert.fail('it never came to rest')
  }
  const load = (): Promise<KeptObject | undefined> => loadKept(record, key)
  const condition = async (type: string): Promise<string> => {
    const { status, reason } = conditionOf(await load(), type)
    return `${status} ${reason}`
  }
  return {
    world: there,
    record,
    budget,
    pass,
    runToRest,
    condition,
    ready: () => condition('Ready'),
    message: async (type) => conditionOf(await load(), type).message,
    declare: async (edit) => {
      const object = await load()
      assert.ok(object)
      const metadata = { ...object.metadata, generation: object.metadata.generation + 1 }
      await storeKept(record, { ...object, metadata, spec: keptWordCount('word-count', edit).spec })
    },
    remove: async () => {
      const object = await load()
      const marked = object === undefined ? undefined : markDeleted(object, new Date(clock.now()))
      if (marked !== undefined) await storeKept(record, marked)
    },
    annotate: async (name, value) => {
      const object = await load()
      assert.ok(object)
      await storeKept(record, { ...object, metadata: { ...object.metadata, annotations: { [name]: value } } })
    },
  }
}

function endState({ heroku, cluster }: World): unknown {
  const app = heroku.apps.get('word-count')
  return {
    formation: app?.formation,
    configVars: app?.configVars,
    groups: [...cluster.groups.keys()],
    topics: [...cluster.topics]
      .map(([name, { partitions, cleanupPolicy, retentionMs }]) => ({ name, partitions, cleanupPolicy, retentionMs }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  }
}

/** A declaration that keeps `lines` for so long, and takes its topics with it when it is deleted. */
const kept = (retention: string) => (spec: object) => ({
  ...spec,
  topics: [
    { name: 'lines', partitions: 6, retention },
    { name: 'word-counts', partitions: 6 },
  ],
  deletionPolicy: { topics: 'Delete' },
})
