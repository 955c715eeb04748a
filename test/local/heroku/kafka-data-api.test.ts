import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { herokuKafkaPlans } from '../../../src/local/heroku/plans.ts'
import { startEmulator } from '../../support/heroku-emulator.ts'
import type { Emulator } from '../../support/heroku-emulator.ts'

const day = 86_400_000

async function withKafka(t: Parameters<typeof startEmulator>[0], plan?: string): Promise<Emulator & { id: string }> {
  const emulator = await startEmulator(t)
  await emulator.deployed('tide')
  return { ...emulator, id: await emulator.kafka('tide', plan) }
}

describe('topics of the Kafka data API', () => {
  it('take names without prefix and carry it on the wire', async (t) => {
    const { id, data, heroku, cluster, call } = await withKafka(t)
    const prefix = (await call('GET', '/apps/tide/config-vars')).body.KAFKA_PREFIX
    const topic = { name: 'lines', partition_count: '8', retention_time_ms: day, compaction: false }
    const { status, body } = await data('POST', `${id}/topics`, { topic })
    assert.deepEqual([status, typeof body.message], [200, 'string'])
    await heroku.knobs.settled()
    assert.deepEqual(
      (await cluster.topics()).map(({ name, partitions, config }) => [name, partitions, config]),
      [[`${prefix}lines`, 8, { cleanupPolicy: 'delete', retentionMs: day }]],
    )
    const list = (await data('GET', `${id}/topics`)).body
    assert.deepEqual(
      [list.prefix, list.topics[0].name, list.topics[0].prefix, list.topics[0].partitions],
      [prefix, 'lines', prefix, 8],
    )
    assert.deepEqual((await data('GET', id)).body.topics, ['lines'])
  })

  it('do not notice a prefix that the client added: the wire name then has two', async (t) => {
    const { id, data, heroku, cluster, call } = await withKafka(t)
    const prefix = (await call('GET', '/apps/tide/config-vars')).body.KAFKA_PREFIX
    await data('POST', `${id}/topics`, { topic: { name: `${prefix}lines`, retention_time_ms: day } })
    await heroku.knobs.settled()
    assert.deepEqual(
      (await cluster.topics()).map(({ name }) => name),
      [`${prefix}${prefix}lines`],
    )
  })

  it('are first not listed, then listed with no partitions, then ready', async (t) => {
    const turn = turnedClock()
    const emulator = await startEmulator(t, {
      clock: turn.clock,
      delays: { addonProvisionMs: 0, topicListedMs: 100, topicReadyMs: 300 },
    })
    await emulator.deployed('tide')
    const id = await emulator.kafka('tide')
    const partitions = async (): Promise<number | undefined> =>
      (await emulator.data('GET', `${id}/topics`)).body.topics[0]?.partitions
    await emulator.data('POST', `${id}/topics`, { topic: { name: 'lines', retention_time_ms: day } })
    assert.equal(await partitions(), undefined)
    await turn.by(100)
    assert.equal(await partitions(), 0)
    await turn.by(200)
    await emulator.heroku.knobs.settled()
    assert.equal(await partitions(), 8)
  })

  it('change retention, compaction and replication, and never partitions', async (t) => {
    const { id, data, heroku, cluster } = await withKafka(t, 'heroku-kafka:extended-0')
    await data('POST', `${id}/topics`, { topic: { name: 'lines', partition_count: 4, retention_time_ms: day } })
    await heroku.knobs.settled()
    const put = (topic: object) => data('PUT', `${id}/topics/lines`, { topic: { name: 'lines', ...topic } })
    assert.equal((await put({ compaction: true, retention_time_ms: null, replication_factor: '5' })).status, 200)
    assert.deepEqual((await cluster.topics())[0]?.config, { cleanupPolicy: 'compact', retentionMs: null })
    assert.equal((await data('GET', `${id}/topics`)).body.topics[0].replication_factor, 5)
    assert.equal((await put({ compaction: true, retention_time_ms: 2 * day })).status, 200)
    assert.deepEqual((await cluster.topics())[0]?.config, { cleanupPolicy: 'compact,delete', retentionMs: 2 * day })
    assert.equal((await put({ partition_count: 8 })).status, 400)
    assert.equal((await put({ compaction: false, retention_time_ms: null })).status, 400)
    assert.equal((await put({ replication_factor: 9 })).status, 400)
    assert.equal((await data('PUT', `${id}/topics/other`, { topic: { name: 'other', compaction: true } })).status, 404)
  })

  const refused: readonly [string, object][] = [
    ['without a retention when compaction is off', { name: 'a' }],
    ['with a retention below the least', { name: 'a', retention_time_ms: 1 }],
    ['with a retention above the most', { name: 'a', retention_time_ms: 8 * day }],
    ['with more partitions than a topic may have', { name: 'a', partition_count: 49, retention_time_ms: day }],
    ['with no partitions', { name: 'a', partition_count: '0', retention_time_ms: day }],
    ['with one replica', { name: 'a', replication_factor: '1', retention_time_ms: day }],
    ['with a name that Kafka refuses', { name: 'a b', retention_time_ms: day }],
    ['with a name that is too long with its prefix', { name: 'a'.repeat(245), retention_time_ms: day }],
    ['with a number that is none', { name: 'a', partition_count: 'eight', retention_time_ms: day }],
  ]
  for (const [what, topic] of refused) {
    it(`are refused ${what}`, async (t) => {
      const { id, data, cluster, heroku } = await withKafka(t)
      const { status, body } = await data('POST', `${id}/topics`, { topic })
      assert.deepEqual([status, body.id], [400, 'bad_request'])
      await heroku.knobs.settled()
      assert.deepEqual(await cluster.topics(), [])
    })
  }

  it('are refused beyond the partitions of the plan, counting those on their way', async (t) => {
    const { id, data } = await withKafka(t)
    const create = (name: string, partitions: number): Promise<number> =>
      data('POST', `${id}/topics`, { topic: { name, partition_count: partitions, retention_time_ms: day } }).then(
        ({ status }) => status,
      )
    for (let number = 0; number < 5; number += 1) assert.equal(await create(`big-${number}`, 48), 200)
    assert.equal(await create('one-more', 1), 400)
  })

  it('are refused beyond the topics of the plan', async (t) => {
    const { id, data } = await withKafka(t)
    const create = (name: string): Promise<number> =>
      data('POST', `${id}/topics`, { topic: { name, partition_count: 1, retention_time_ms: day } }).then(
        ({ status }) => status,
      )
    for (let number = 0; number < 40; number += 1) assert.equal(await create(`t-${number}`), 200)
    assert.equal(await create('t-40'), 400)
  })

  it('can be required to have a retention even when compacted, by the table of plans', async (t) => {
    const plans = herokuKafkaPlans.map(
      (plan) => ({ ...plan, retentionWhenCompacted: 'required', mixedCleanupPolicy: false }) as const,
    )
    const { deployed, kafka, data, heroku, cluster } = await startEmulator(t, { plans })
    await deployed('tide')
    const id = await kafka('tide')
    const create = (topic: object): Promise<number> =>
      data('POST', `${id}/topics`, { topic }).then(({ status }) => status)
    assert.equal(await create({ name: 'a', compaction: true }), 400)
    assert.equal(await create({ name: 'a', compaction: true, retention_time_ms: day }), 200)
    await heroku.knobs.settled()
    assert.equal((await cluster.topics())[0]?.config.cleanupPolicy, 'compact')
  })

  it('are marked for deletion, then gone, and can be made again', async (t) => {
    const { id, data, heroku } = await withKafka(t)
    const topic = { name: 'lines', retention_time_ms: day }
    await data('POST', `${id}/topics`, { topic })
    await heroku.knobs.settled()
    assert.equal((await data('POST', `${id}/topics`, { topic })).status, 400, 'it exists')
    assert.equal((await data('DELETE', `${id}/topics/lines`, { topic_name: 'other' })).status, 400)
    assert.equal((await data('DELETE', `${id}/topics/lines`, { topic_name: 'lines' })).status, 200)
    await heroku.knobs.settled()
    assert.deepEqual((await data('GET', `${id}/topics`)).body.topics, [])
    assert.equal((await data('DELETE', `${id}/topics/lines`)).status, 404)
    assert.equal((await data('POST', `${id}/topics`, { topic })).status, 200)
  })

  it('of other add-ons are not seen', async (t) => {
    const { id, data, kafka, heroku } = await withKafka(t)
    const ids = [id, await kafka('tide'), await kafka('tide', 'heroku-kafka:standard-0')]
    for (const [index, one] of ids.entries())
      await data('POST', `${one}/topics`, { topic: { name: `own-${index}`, retention_time_ms: day } })
    await heroku.knobs.settled()
    for (const [index, one] of ids.entries()) assert.deepEqual((await data('GET', one)).body.topics, [`own-${index}`])
  })
})

describe('consumer groups of the Kafka data API', () => {
  it('are listed without prefix once they are granted with it', async (t) => {
    const { id, data, heroku, cluster, call } = await withKafka(t)
    const prefix = (await call('GET', '/apps/tide/config-vars')).body.KAFKA_PREFIX
    const body = { consumer_group: { name: 'count' } }
    for (let again = 0; again < 2; again += 1)
      assert.equal((await data('POST', `${id}/consumer_groups`, body)).status, 200)
    await heroku.knobs.settled()
    assert.deepEqual(cluster.admitted.groups, [`${prefix}count`])
    assert.deepEqual((await data('GET', `${id}/consumer_groups`)).body, {
      attachment_name: 'KAFKA',
      consumer_groups: [{ name: 'count' }],
    })
    assert.equal((await data('DELETE', `${id}/consumer_groups`, body)).status, 200)
    await heroku.knobs.settled()
    assert.deepEqual(cluster.admitted.groups, [])
    assert.equal((await data('DELETE', `${id}/consumer_groups`, body)).status, 404)
  })

  it("are refused on dedicated plans in Heroku's own words", async (t) => {
    const { id, data } = await withKafka(t, 'heroku-kafka:standard-0')
    const { status, body } = await data('POST', `${id}/consumer_groups`, { consumer_group: { name: 'count' } })
    assert.equal(status, 400)
    assert.equal(body.message, 'this command is not required or enabled on dedicated clusters')
  })

  it('are refused beyond the plan', async (t) => {
    const { id, data } = await withKafka(t)
    const create = (name: string): Promise<number> =>
      data('POST', `${id}/consumer_groups`, { consumer_group: { name } }).then(({ status }) => status)
    for (let number = 0; number < 50; number += 1) assert.equal(await create(`g${number}`), 200)
    assert.equal(await create('g50'), 400)
    assert.equal(await create('g1'), 200)
  })
})

describe('clusters of the Kafka data API', () => {
  it('tell limits, defaults and capabilities from the table of plans', async (t) => {
    const { id, data, call } = await withKafka(t)
    const { body } = await data('GET', id)
    assert.equal(body.addon_id, id)
    assert.equal(body.shared_cluster, true)
    assert.equal(body.topic_prefix, (await call('GET', '/apps/tide/config-vars')).body.KAFKA_PREFIX)
    assert.equal(body.limits.max_number_of_total_partitions, 240)
    assert.equal(body.limits.produce_quota_bytes_per_second, 64 * 1024)
    assert.deepEqual(body.defaults, { partition_count: 8, retention_time_ms: day })
  })

  it('are found by name too, and are 404 until provisioned, while wait_status says to wait', async (t) => {
    const turn = turnedClock()
    const { deployed, call, data, heroku } = await startEmulator(t, {
      clock: turn.clock,
      delays: { addonProvisionMs: 500 },
    })
    await deployed('tide')
    const { body: addon } = await call('POST', '/apps/tide/addons', { body: { plan: 'heroku-kafka:basic-0' } })
    const early = await data('GET', addon.name)
    assert.deepEqual([early.status, early.body.id], [404, 'not_found'])
    assert.equal((await data('GET', `${addon.id}/wait_status`)).body['waiting?'], true)
    await turn.by(500)
    await heroku.knobs.settled()
    assert.equal((await data('GET', addon.name)).status, 200)
    assert.deepEqual((await data('GET', `${addon.id}/wait_status`)).body, {
      message: 'available',
      'waiting?': false,
      'healthy?': true,
    })
  })

  it('answer 404 with a message, or without a body when a test wants it', async (t) => {
    const { data, heroku } = await withKafka(t)
    assert.equal(typeof (await data('GET', 'nope')).body.message, 'string')
    heroku.knobs.emptyNotFound = true
    const { status, body } = await data('GET', 'nope')
    assert.deepEqual([status, body], [404, null])
  })

  it('rotate credentials in one release, and revoke the old ones', async (t) => {
    const { id, data, call, cluster } = await withKafka(t)
    const before = (await call('GET', '/apps/tide/config-vars')).body
    const releases = (await call('GET', '/apps/tide/releases')).body.length
    assert.equal((await data('POST', `${id}/rotate-credentials`)).status, 200)
    const after = (await call('GET', '/apps/tide/config-vars')).body
    assert.notEqual(after.KAFKA_CLIENT_CERT, before.KAFKA_CLIENT_CERT)
    assert.equal(after.KAFKA_PREFIX, before.KAFKA_PREFIX)
    assert.equal(cluster.admitted.principals.length, 1)
    assert.equal((await call('GET', '/apps/tide/releases')).body.length, releases + 1)
  })

  it('say what one local broker cannot play', async (t) => {
    const { id, data } = await withKafka(t)
    assert.equal((await data('POST', `${id}/induce-failure`, { catastrophic: true })).status, 400)
    assert.equal((await data('PUT', `${id}/upgrade`, { version: '3.7' })).status, 400)
    assert.equal((await data('PUT', `${id}/upgrade`, { version: '4.3' })).status, 200)
  })
})

/** A clock whose sleepers wake when a test turns it. */
function turnedClock() {
  let now = 1_700_000_000_000
  const sleepers = new Set<{ at: number; wake: () => void }>()
  return {
    clock: {
      now: () => now,
      sleep: (ms: number, signal: AbortSignal) =>
        new Promise<void>((resolve) => {
          sleepers.add({ at: now + ms, wake: resolve })
          signal.addEventListener('abort', () => resolve(), { once: true })
        }),
    },
    by: async (ms: number): Promise<void> => {
      now += ms
      for (const sleeper of sleepers) {
        if (sleeper.at > now) continue
        sleepers.delete(sleeper)
        sleeper.wake()
      }
      await new Promise((resolve) => setImmediate(resolve))
    },
  }
}
