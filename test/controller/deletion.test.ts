import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { carryOut, examineDeletion, reconcile, subjectOf } from '../../src/controller/reconcile.ts'
import type { StreamApp } from '../../src/resource/stream-app.ts'
import { world, type World } from '../support/desired.ts'
import { CallerDied } from '../../src/verify/fake-heroku.ts'
import { goodManifest, parsed } from '../support/manifest.ts'

const live = new AbortController().signal
const orders = { signal: live, confirmed: 'example-app', deletion: true }

function streamApp(policy = ''): StreamApp {
  const [document] = parsed(goodManifest.replace('app: my-heroku-app', 'app: example-app') + policy).apps
  assert.ok(document !== undefined)
  return document.app
}

/** Everything of the manifest is there, and a topic of somebody else beside it. */
async function settled(): Promise<World> {
  const there = world()
  there.heroku.addTopic(there.cluster, {
    name: 'somebody-elses',
    partitions: 3,
    cleanupPolicy: 'delete',
    retentionMs: 1,
  })
  await reconcile(subjectOf(streamApp()), there.around, { signal: live })
  there.heroku.forgetCalls()
  return there
}

async function remove(there: World, app: StreamApp): Promise<string> {
  const found = await examineDeletion(app, there.around, live)
  assert.ok(found.ok, JSON.stringify(found))
  return (await carryOut(found.value, there.around, orders)).kind
}

/** After what was marked for deletion is gone. */
function topicsOf({ cluster, clock }: World): readonly string[] {
  clock.turn(60_000)
  return [...cluster.topics].filter(([, { goneAtMs }]) => goneAtMs > clock.now()).map(([name]) => name)
}

describe('a deletion', () => {
  it('never takes a topic of the user that its policy does not give up, whatever happens on the way', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 14 }), fc.boolean(), async (at, effect) => {
        const there = await settled()
        there.heroku.faultAt(at, { kind: 'dies', effect })
        await remove(there, streamApp()).catch((died: unknown) => assert.ok(died instanceof CallerDied, String(died)))
        there.heroku.forgetCalls()

        assert.equal(await remove(there, streamApp()), 'done')

        assert.deepEqual(topicsOf(there), ['somebody-elses', 'lines', 'word-counts'])
        const app = there.heroku.apps.get('example-app')
        assert.deepEqual([there.cluster.groups.size, app?.formation[0]?.quantity], [0, 0])
        assert.ok(Object.keys(app?.configVars ?? {}).every((name) => !name.startsWith('STREAMS_')))
      }),
    )
  })

  it('makes nothing afresh before what was there is gone', async () => {
    const there = await settled()
    await remove(there, streamApp())

    const early = await reconcile(subjectOf(streamApp()), there.around, { signal: live })
    there.clock.turn(60_000)
    const later = await reconcile(subjectOf(streamApp()), there.around, { signal: live })

    assert.ok(early.ok && early.value.kind === 'refused')
    assert.match(early.value.refusals[0]?.message ?? '', /is being deleted\. Once it is gone/)
    assert.ok(later.ok && later.value.kind === 'done')
  })

  it('takes only what the manifest names, even when everything may go', async () => {
    const there = await settled()

    await remove(there, streamApp('  deletionPolicy: { topics: Delete }\n'))

    assert.deepEqual(topicsOf(there), ['somebody-elses'])
  })

  it('waits for the workers before it takes what they stand on', async () => {
    const there = await settled()
    const app = there.heroku.apps.get('example-app')
    const stopping = [{ name: 'worker.1', type: 'worker', state: 'up', releaseVersion: 1, size: 'Standard-1X' }]
    const { platform } = there.heroku
    const looks = { left: 3 }
    const slow: typeof platform = {
      ...platform,
      dynos: async (name, signal) => {
        await platform.dynos(name, signal)
        looks.left -= 1
        return { ok: true, value: looks.left > 0 ? stopping : [] }
      },
    }

    const found = await examineDeletion(streamApp(), there.around, live)
    assert.ok(found.ok)
    await carryOut(found.value, { ...there.around, platform: slow }, orders)

    const names = there.heroku.calls.map(({ name }) => name)
    assert.equal(app?.formation[0]?.quantity, 0)
    assert.ok(names.lastIndexOf('dynos') < names.indexOf('deleteConsumerGroup'))
    assert.ok(names.indexOf('deleteConsumerGroup') < names.indexOf('deleteTopic'))
  })

  it('waits for them the second time, too, when the first was cut short', async () => {
    const there = await settled()
    there.heroku.faultAt(6, { kind: 'dies', effect: true })
    await remove(there, streamApp()).catch(() => undefined)
    there.heroku.forgetCalls()

    await remove(there, streamApp())

    const names = there.heroku.calls.map(({ name }) => name)
    assert.ok(!names.includes('patchFormation') && names.indexOf('dynos') < names.indexOf('deleteTopic'), names.join())
  })

  it('says which worker does not stop, and takes nothing from under it', async () => {
    const there = await settled()
    const { platform } = there.heroku
    const stubborn = [{ name: 'worker.1', type: 'worker', state: 'up', releaseVersion: 1, size: 'Standard-1X' }]
    const around = {
      ...there.around,
      platform: { ...platform, dynos: () => Promise.resolve({ ok: true, value: stubborn } as const) },
    }

    const found = await examineDeletion(streamApp(), around, live)
    assert.ok(found.ok)
    const outcome = await carryOut(found.value, around, orders)

    assert.ok(outcome.kind === 'timed-out')
    assert.deepEqual(outcome.waitingFor, ['dyno worker.1 to stop'])
    assert.equal(topicsOf(there).length, 4)
  })
})
