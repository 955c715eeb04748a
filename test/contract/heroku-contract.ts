import assert from 'node:assert/strict'
import { it, type TestContext } from 'node:test'
import type { ClusterTopic, KafkaData } from '../../src/heroku/kafka-data.ts'
import type { HerokuPlatform } from '../../src/heroku/platform.ts'

/** A deployed app `example-app` with process types `web` and `worker`, and a cluster attached as KAFKA. */
export interface ContractWorld {
  readonly platform: HerokuPlatform
  readonly kafkaData: KafkaData
  readonly addonId: string
  /** Lets a moment of this world's time pass. */
  readonly wait: () => Promise<void>
}

export type OpenWorld = (t: TestContext, plan: 'basic-0' | 'standard-0') => Promise<ContractWorld>

const live = new AbortController().signal
const app = 'example-app'
const day = 24 * 3_600_000

/** What the engine relies on, whoever answers: the fake of its tests, or an http server behind our client. */
export function herokuContract(open: OpenWorld): void {
  it('lists the formation, and answers a change with what is then', async (t) => {
    const { platform } = await open(t, 'basic-0')

    const before = value(await platform.formation(app, live))
    const updates = [
      { type: 'web', quantity: 0, size: 'standard-1x' },
      { type: 'worker', quantity: 2, size: 'standard-2x' },
    ]
    const answered = value(await platform.patchFormation(app, updates, live))
    const after = value(await platform.formation(app, live))

    assert.deepEqual(before.map(({ type }) => type).toSorted(), ['web', 'worker'])
    const worker = { type: 'worker', quantity: 2, size: 'Standard-2X' }
    assert.deepEqual(
      answered.find(({ type }) => type === 'worker'),
      worker,
    )
    assert.deepEqual(
      after.find(({ type }) => type === 'worker'),
      worker,
    )
  })

  it('runs a dyno for each that was asked for', async (t) => {
    const { platform, wait } = await open(t, 'basic-0')

    const size = 'standard-1x'
    const updates = [
      { type: 'web', quantity: 0, size },
      { type: 'worker', quantity: 2, size },
    ]
    value(await platform.patchFormation(app, updates, live))

    await eventually(wait, async () => {
      const dynos = value(await platform.dynos(app, live)).filter(({ type }) => type === 'worker')
      assert.deepEqual(
        dynos.map(({ state }) => state),
        ['up', 'up'],
      )
    })
  })

  it('does not scale a process type that is not there', async (t) => {
    const { platform } = await open(t, 'basic-0')

    const answer = await platform.patchFormation(app, [{ type: 'absent', quantity: 1 }], live)

    assert.equal(!answer.ok && answer.error.kind, 'not-found')
  })

  it('does not mix basic dynos with others', async (t) => {
    const { platform } = await open(t, 'basic-0')
    const sized = (size: string) => [
      { type: 'web', quantity: 1, size },
      { type: 'worker', quantity: 0, size },
    ]
    value(await platform.patchFormation(app, sized('basic'), live))

    const answer = await platform.patchFormation(app, [{ type: 'worker', quantity: 1, size: 'standard-1x' }], live)

    assert.equal(!answer.ok && answer.error.kind, 'invalid')
  })

  it('sets and unsets config vars in one write, keeps the others, and makes a release', async (t) => {
    const { platform } = await open(t, 'basic-0')
    value(await platform.patchConfigVars(app, { STREAMS_A: '1', STREAMS_B: '2' }, live))
    const before = value(await platform.currentRelease(app, live))

    const answered = value(await platform.patchConfigVars(app, { STREAMS_A: null, STREAMS_C: '3' }, live))

    assert.deepEqual([answered['STREAMS_A'], answered['STREAMS_B'], answered['STREAMS_C']], [undefined, '2', '3'])
    assert.deepEqual(value(await platform.configVars(app, live)), answered)
    const after = value(await platform.currentRelease(app, live))
    assert.ok((after?.version ?? 0) > (before?.version ?? 0) && after?.hasSlug === true)
    assert.match(after.by, /@/)
    assert.match(after.description, /STREAMS_A.*config vars/)
  })

  it('names the plan of an attachment and its config vars, which are set', async (t) => {
    const { platform, addonId } = await open(t, 'basic-0')

    const attachment = value(await platform.attachments(app, live)).find(({ name }) => name === 'KAFKA')

    assert.deepEqual([attachment?.addon.id, attachment?.plan], [addonId, 'heroku-kafka:basic-0'])
    const vars = value(await platform.configVars(app, live))
    const names = attachment?.configVars ?? []
    assert.ok(names.includes('KAFKA_PREFIX'))
    assert.ok(names.every((name) => vars[name] !== undefined))
  })

  it('knows no app and no cluster that was not made', async (t) => {
    const { platform, kafkaData } = await open(t, 'basic-0')

    const answers = [
      await platform.formation('no-such-app', live),
      await kafkaData.topics('00000000-0000-4000-8000-000000000000', live),
    ]

    assert.deepEqual(
      answers.map((answer) => !answer.ok && answer.error.kind),
      ['not-found', 'not-found'],
    )
  })

  it('tells one prefix, to the app and with the topics', async (t) => {
    const { platform, kafkaData, addonId } = await open(t, 'basic-0')

    const { prefix } = value(await kafkaData.topics(addonId, live))

    assert.match(prefix ?? '', /\.$/)
    assert.equal(value(await platform.configVars(app, live))['KAFKA_PREFIX'], prefix)
    assert.equal(value(await kafkaData.cluster(addonId, live)).prefix, prefix)
  })

  it('tells the limits of the plan', async (t) => {
    const { kafkaData, addonId } = await open(t, 'basic-0')

    const { shared, limits, defaults } = value(await kafkaData.cluster(addonId, live))

    assert.ok(shared)
    assert.deepEqual([limits.maximumPartitions, limits.maximumRetentionMs, defaults.partitions], [240, 7 * day, 8])
  })

  const policies = [
    [false, day, 'delete'],
    [true, null, 'compact'],
    [true, 2 * day, 'compact,delete'],
  ] as const
  for (const [compaction, retentionMs, cleanupPolicy] of policies) {
    it(`makes a topic ${cleanupPolicy}, a moment later, under the name it was given`, async (t) => {
      const there = await open(t, 'basic-0')

      value(
        await there.kafkaData.createTopic(
          there.addonId,
          { name: 'lines', partitions: 6, compaction, retentionMs },
          live,
        ),
      )

      await eventually(there.wait, async () => {
        assert.deepEqual(await topicOf(there, 'lines'), {
          name: 'lines',
          partitions: 6,
          cleanupPolicy,
          retentionMs,
          isGoing: false,
        })
      })
    })
  }

  it('shows a topic that is not ready without partitions, never with others', async (t) => {
    const there = await open(t, 'basic-0')
    value(
      await there.kafkaData.createTopic(
        there.addonId,
        { name: 'lines', partitions: 6, compaction: true, retentionMs: null },
        live,
      ),
    )

    const seen = new Set<number | undefined>()
    await eventually(there.wait, async () => {
      seen.add((await topicOf(there, 'lines'))?.partitions)
      assert.ok(seen.has(6))
    })

    assert.ok([...seen].every((partitions) => partitions === undefined || partitions === 0 || partitions === 6))
  })

  it('makes no topic twice, and says that it exists', async (t) => {
    const { kafkaData, addonId } = await open(t, 'basic-0')
    const topic = { name: 'lines', partitions: 6, compaction: true, retentionMs: null }
    value(await kafkaData.createTopic(addonId, topic, live))

    const again = await kafkaData.createTopic(addonId, topic, live)

    assert.ok(!again.ok && again.error.kind === 'invalid')
    assert.match(again.error.said, /exist/)
  })

  it('makes no topic that deletes without a retention', async (t) => {
    const { kafkaData, addonId } = await open(t, 'basic-0')

    const answer = await kafkaData.createTopic(
      addonId,
      { name: 'lines', partitions: 6, compaction: false, retentionMs: null },
      live,
    )

    assert.equal(!answer.ok && answer.error.kind, 'invalid')
  })

  it('changes how a topic is cleaned up', async (t) => {
    const there = await open(t, 'basic-0')
    await madeTopic(there, 'lines')

    value(
      await there.kafkaData.configureTopic(
        there.addonId,
        { name: 'lines', compaction: false, retentionMs: 3 * day },
        live,
      ),
    )

    await eventually(there.wait, async () => {
      const { cleanupPolicy, retentionMs } = (await topicOf(there, 'lines')) ?? {}
      assert.deepEqual([cleanupPolicy, retentionMs], ['delete', 3 * day])
    })
  })

  it('takes a topic away, a moment later, and twice does no harm', async (t) => {
    const there = await open(t, 'basic-0')
    await madeTopic(there, 'lines')

    value(await there.kafkaData.deleteTopic(there.addonId, 'lines', live))
    assert.notEqual((await topicOf(there, 'lines'))?.isGoing, false)

    await eventually(there.wait, async () => assert.equal(await topicOf(there, 'lines'), undefined))
    value(await there.kafkaData.deleteTopic(there.addonId, 'lines', live))
  })

  it('makes a group, a moment later, and takes it away, and twice does no harm', async (t) => {
    const { kafkaData, addonId, wait } = await open(t, 'basic-0')
    const groups = async (): Promise<readonly string[]> => value(await kafkaData.consumerGroups(addonId, live))

    value(await kafkaData.createConsumerGroup(addonId, 'word-count', live))
    value(await kafkaData.createConsumerGroup(addonId, 'word-count', live))
    await eventually(wait, async () => assert.ok((await groups()).includes('word-count')))
    value(await kafkaData.deleteConsumerGroup(addonId, 'word-count', live))
    await eventually(wait, async () => assert.ok(!(await groups()).includes('word-count')))
    value(await kafkaData.deleteConsumerGroup(addonId, 'word-count', live))
  })

  it('has neither prefix nor groups to make on a dedicated plan', async (t) => {
    const { kafkaData, addonId } = await open(t, 'standard-0')

    value(await kafkaData.createConsumerGroup(addonId, 'word-count', live))

    assert.equal(value(await kafkaData.topics(addonId, live)).prefix, null)
    assert.equal(value(await kafkaData.cluster(addonId, live)).shared, false)
  })
}

function value<T>(
  answer: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown },
): T {
  assert.ok(answer.ok, JSON.stringify(answer))
  return answer.value
}

async function topicOf({ kafkaData, addonId }: ContractWorld, name: string): Promise<ClusterTopic | undefined> {
  return value(await kafkaData.topics(addonId, live)).topics.find((topic) => topic.name === name)
}

async function madeTopic(there: ContractWorld, name: string): Promise<void> {
  value(
    await there.kafkaData.createTopic(
      there.addonId,
      { name, partitions: 6, compaction: true, retentionMs: null },
      live,
    ),
  )
  await eventually(there.wait, async () => assert.equal((await topicOf(there, name))?.partitions, 6))
}

/** A few looks, a moment apart, until what must come is there. */
async function eventually(wait: () => Promise<void>, look: () => Promise<void>): Promise<void> {
  for (let left = 200; ; left -= 1) {
    try {
      return await look()
    } catch (error) {
      if (left === 0) throw error
      await wait()
    }
  }
}
