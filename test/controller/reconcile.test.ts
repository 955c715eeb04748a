import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import type { CleanupPolicy } from '../../src/heroku/kafka-data.ts'
import type { Desired, DesiredTopic, Retention } from '../../src/controller/desired/desired.ts'
import { examine, reconcile } from '../../src/controller/reconcile.ts'
import { desired, desiredTopic, subject, world, type World } from '../support/desired.ts'
import { CallerDied, type Fault } from '../../src/verify/fake-heroku.ts'

const live = new AbortController().signal
const agreed = { signal: live, confirmed: 'example-app' }
const hour = 3_600_000
const policies: readonly CleanupPolicy[] = ['delete', 'compact', 'compact,delete']

/** Few names and small numbers, so that what is there and what is asked for meet often. */
const retentions: fc.Arbitrary<Retention> = fc.oneof(
  fc.constantFrom<Retention>({ kind: 'longest' }, { kind: 'unmanaged' }),
  fc.integer({ min: 24, max: 48 }).map((hours) => ({ kind: 'exactly', ms: hours * hour }) as const),
)
const topics: fc.Arbitrary<readonly DesiredTopic[]> = fc
  .uniqueArray(fc.constantFrom('lines', 'counts', 'clicks', 'orders'), { minLength: 1 })
  .chain((names) =>
    fc.tuple(
      ...names.map((name) =>
        fc.record({
          name: fc.constant(name),
          role: fc.constantFrom('user' as const, 'changelog' as const, 'repartition' as const),
          partitions: fc.constant(name.length),
          cleanupPolicy: fc.constantFrom(...policies),
          retention: retentions,
        }),
      ),
    ),
  )
const wishes: fc.Arbitrary<Desired> = fc
  .record({
    topics,
    configVars: fc.dictionary(fc.constantFrom('STREAMS_A', 'STREAMS_B', 'STREAMS_C'), fc.constantFrom('1', '2')),
    formation: fc.record({
      type: fc.constant('worker'),
      quantity: fc.integer({ min: 0, max: 4 }),
      size: fc.constantFrom('standard-1x', 'standard-2x'),
    }),
  })
  .map((over) => desired(over))

/** Topics that were there before us: with the partitions that are asked for, the rest as it may be. */
const starts = fc.record({
  topics: fc.uniqueArray(
    fc.record({
      name: fc.constantFrom('lines', 'counts', 'clicks', 'orders', 'somebody-elses'),
      cleanupPolicy: fc.constantFrom(...policies),
      retentionMs: fc.constantFrom(24 * hour, 36 * hour, null),
    }),
    { selector: ({ name }) => name },
  ),
  group: fc.boolean(),
  quantity: fc.integer({ min: 0, max: 4 }),
})

function startedFrom(start: typeof starts extends fc.Arbitrary<infer T> ? T : never): World {
  const there = world()
  for (const topic of start.topics) there.heroku.addTopic(there.cluster, { ...topic, partitions: topic.name.length })
  if (start.group) there.cluster.groups.set('word-count', { listedAtMs: 0 })
  const app = there.heroku.apps.get('example-app')
  if (app !== undefined) app.formation = [{ type: 'worker', quantity: start.quantity, size: 'Standard-1X' }]
  return there
}

async function changesLeft({ around }: World, wish: Desired): Promise<readonly unknown[]> {
  const examined = await examine(subject(wish), around, live)
  assert.ok(examined.ok, JSON.stringify(examined))
  assert.deepEqual(examined.value.plan.refusals, [])
  return [...examined.value.plan.changes, ...examined.value.plan.awaited.topics]
}

describe('reconcile', () => {
  it('converges in one pass and is silent in the next, from any start', async () => {
    await fc.assert(
      fc.asyncProperty(starts, wishes, wishes, async (start, before, after) => {
        const there = startedFrom(start)
        await reconcile(subject(before), there.around, agreed)
        const outcome = await reconcile(subject(after), there.around, agreed)
        assert.ok(outcome.ok && outcome.value.kind === 'done', JSON.stringify(outcome))

        assert.deepEqual(await changesLeft(there, after), [])
        there.heroku.forgetCalls()
        await reconcile(subject(after), there.around, agreed)
        assert.deepEqual([there.heroku.count('platform', 'write'), there.heroku.count('data', 'write')], [0, 0])
      }),
    )
  })

  it('never touches a topic that no manifest names', async () => {
    await fc.assert(
      fc.asyncProperty(wishes, async (wish) => {
        const there = world()
        const other = {
          name: 'somebody-elses',
          partitions: 3,
          cleanupPolicy: 'delete',
          retentionMs: 36 * hour,
        } as const
        there.heroku.addTopic(there.cluster, other)
        const before = structuredClone(there.cluster.topics.get('somebody-elses'))

        await reconcile(subject(wish), there.around, agreed)

        assert.deepEqual(there.cluster.topics.get('somebody-elses'), before)
      }),
    )
  })

  it('converges after a crash at any call, before or after its effect', async () => {
    await fc.assert(
      fc.asyncProperty(starts, wishes, fc.nat({ max: 25 }), fc.boolean(), async (start, wish, at, effect) => {
        const there = startedFrom(start)
        there.heroku.faultAt(at, { kind: 'dies', effect })
        try {
          await reconcile(subject(wish), there.around, agreed)
        } catch (died) {
          if (!(died instanceof CallerDied)) throw died
        }
        there.heroku.forgetCalls()

        await reconcile(subject(wish), there.around, agreed)

        assert.deepEqual(await changesLeft(there, wish), [])
      }),
      { numRuns: 300 },
    )
  })

  it('tells the failure of any call, and the next pass finishes what it began', async () => {
    const faults = fc.record({ at: fc.nat({ max: 25 }), effect: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(starts, wishes, faults, async (start, wish, { at, effect }) => {
        const there = startedFrom(start)
        const failure = { kind: 'unavailable', call: 'any', status: 503, said: 'maintenance' } as const
        const fault: Fault = { kind: 'fails', failure, effect }
        there.heroku.faultAt(at, fault)

        const outcome = await reconcile(subject(wish), there.around, agreed)

        const wasReached = there.heroku.calls.length > at
        const told = !outcome.ok ? outcome.error : outcome.value
        assert.deepEqual('failure' in told ? told.failure : undefined, wasReached ? failure : undefined)
        there.heroku.forgetCalls()
        await reconcile(subject(wish), there.around, agreed)
        assert.deepEqual(await changesLeft(there, wish), [])
      }),
      { numRuns: 300 },
    )
  })

  it('writes topics and group, sees them, then the config vars once, then the formation once', async () => {
    const there = world()

    await reconcile(subject(), there.around, agreed)

    const writes = there.heroku.calls.filter(({ kind }) => kind === 'write').map(({ name }) => name)
    assert.deepEqual(writes, [
      ...Array.from({ length: 3 }, () => 'createTopic'),
      'createConsumerGroup',
      'patchConfigVars',
      'patchFormation',
    ])
    const names = there.heroku.calls.map(({ name }) => name)
    const lastLook = names.lastIndexOf('topics')
    assert.ok(lastLook > names.indexOf('createConsumerGroup') && lastLook < names.indexOf('patchConfigVars'))
  })

  it('costs 3 reads of the Platform API and 2 of the data API when there is nothing to do', async () => {
    const there = world()
    await reconcile(subject(), there.around, agreed)
    there.heroku.forgetCalls()

    await reconcile(subject(), there.around, agreed)

    const counts = (['platform', 'data'] as const).map((api) => [
      there.heroku.count(api, 'read'),
      there.heroku.count(api, 'write'),
    ])
    assert.deepEqual(counts, [
      [3, 0],
      [2, 0],
    ])
  })

  it('asks neither for groups nor to make one on a dedicated plan', async () => {
    const there = world('standard-0')

    await reconcile(subject(), there.around, agreed)

    assert.ok(there.heroku.calls.every(({ name }) => !name.includes('ConsumerGroup') && name !== 'consumerGroups'))
    assert.deepEqual(await changesLeft(there, desired()), [])
  })

  it('tells the app nothing before every topic and the group are there', async () => {
    await fc.assert(
      fc.asyncProperty(starts, wishes, fc.nat({ max: 12 }), async (start, wish, at) => {
        const there = startedFrom(start)
        const { platform } = there.heroku
        const looked: boolean[] = []
        const allThere = (): void => {
          const nowMs = there.clock.now()
          const topicsThere = wish.topics.every(
            ({ name }) => (there.cluster.topics.get(name)?.readyAtMs ?? Infinity) <= nowMs,
          )
          const groupThere = (there.cluster.groups.get('word-count')?.listedAtMs ?? Infinity) <= nowMs
          looked.push(topicsThere && groupThere)
        }
        const watched: typeof platform = {
          ...platform,
          patchConfigVars: (app, patch, signal) => {
            allThere()
            return platform.patchConfigVars(app, patch, signal)
          },
          patchFormation: (app, updates, signal) => {
            allThere()
            return platform.patchFormation(app, updates, signal)
          },
        }
        const around = { ...there.around, platform: watched }
        there.heroku.faultAt(at, { kind: 'dies', effect: true })
        await reconcile(subject(wish), around, agreed).catch(() => undefined)
        there.heroku.forgetCalls()
        await reconcile(subject(wish), around, agreed)

        assert.ok(looked.every(Boolean))
      }),
      { numRuns: 300 },
    )
  })

  it('asks before records of a user are lost, takes the hash of that plan or the name of the app, and no other', async () => {
    const shorter = desired({ topics: [desiredTopic({ retention: { kind: 'exactly', ms: 24 * hour } })] })
    const there = world()
    there.heroku.addTopic(there.cluster, {
      name: 'lines',
      partitions: 6,
      cleanupPolicy: 'delete',
      retentionMs: 48 * hour,
    })

    const unasked = await reconcile(subject(shorter), there.around, { signal: live })
    const wrong = await reconcile(subject(shorter), there.around, { signal: live, confirmed: '00000000' })
    const hash =
      unasked.ok && unasked.value.kind === 'refused' ? unasked.value.refusals[0]?.message.slice(-8) : undefined
    const right = await reconcile(subject(shorter), there.around, { signal: live, confirmed: hash })

    const kinds = [unasked, wrong, right].map((outcome) => outcome.ok && outcome.value.kind)
    assert.deepEqual(kinds, ['refused', 'refused', 'done'])
    assert.equal(there.cluster.topics.get('lines')?.retentionMs, 24 * hour)
  })

  it('makes a changelog compact on a plan that demands a retention beside it', async () => {
    const there = world()
    const { cluster } = there
    const plain = { ...cluster, cluster: { ...cluster.cluster, supportsMixedCleanupPolicy: false } }
    there.heroku.clusters.set('example-app-kafka-id', plain)
    const wish = desired({ topics: [desiredTopic({ role: 'changelog', cleanupPolicy: 'compact' })] })

    const outcome = await reconcile(subject(wish), there.around, agreed)

    assert.ok(outcome.ok && outcome.value.kind === 'done', JSON.stringify(outcome))
    const { cleanupPolicy, retentionMs } = plain.topics.get('lines') ?? {}
    assert.deepEqual([cleanupPolicy, retentionMs], ['compact', 7 * 24 * hour])
    assert.deepEqual(await changesLeft(there, wish), [])
  })

  it('refuses a mixture of policies that the plan does not have', async () => {
    const there = world()
    const { cluster } = there
    there.heroku.clusters.set('example-app-kafka-id', {
      ...cluster,
      cluster: { ...cluster.cluster, supportsMixedCleanupPolicy: false },
    })
    const wish = desired({ topics: [desiredTopic({ cleanupPolicy: 'compact,delete' })] })

    const outcome = await reconcile(subject(wish), there.around, agreed)

    assert.ok(outcome.ok && outcome.value.kind === 'refused')
    assert.match(outcome.value.refusals[0]?.message ?? '', /either compact or delete/)
  })

  it('writes nothing while one thing is refused', async () => {
    const there = world()
    there.heroku.addTopic(there.cluster, {
      name: 'lines',
      partitions: 5,
      cleanupPolicy: 'delete',
      retentionMs: 24 * hour,
    })

    const outcome = await reconcile(subject(), there.around, agreed)

    assert.ok(outcome.ok && outcome.value.kind === 'refused')
    assert.deepEqual(
      outcome.value.refusals.map(({ reason }) => reason),
      ['PartitionsCannotChange'],
    )
    assert.deepEqual([there.heroku.count('platform', 'write'), there.heroku.count('data', 'write')], [0, 0])
  })

  it('says what it still waits for when a topic does not come, and tells the app nothing', async () => {
    const there = world()
    there.heroku.delays.readyMs = Infinity

    const outcome = await reconcile(subject(desired({ topics: [desiredTopic()] })), there.around, agreed)

    assert.ok(outcome.ok && outcome.value.kind === 'timed-out', JSON.stringify(outcome))
    assert.deepEqual(outcome.value.waitingFor, ['topic lines'])
    assert.equal(there.heroku.count('platform', 'write'), 0)
  })
})
