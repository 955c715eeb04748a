import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Result } from '../../../src/base/result.ts'
import type { ClusterAddress } from '../../../src/kafka/cluster-address.ts'
import type { AssignMembers } from '../../../src/kafka/group.ts'
import type { StreamFailure } from '../../../src/kafka/stream-failure.ts'
import type { Broker } from '../../../src/local/broker/broker.ts'
import { startCuttingProxy } from '../../support/cutting-proxy.ts'
import { basicTenant, startTestBroker } from '../../support/broker.ts'
import { good, openWire, readPartition } from '../../support/wire-system.ts'

const prefix = 'columbia-2.'
const never = new AbortController().signal
const nobody = { memberId: '', generation: -1 }

describe('transactions, as a tenant of the basic plan', () => {
  let broker: Broker | undefined
  let address: ClusterAddress = { brokers: [] }
  let topics = 0

  before(async () => {
    broker = await startTestBroker()
    address = await basicTenant(broker, prefix)
  })
  after(() => broker?.close())

  it('show records and offsets together once committed, and nothing before', async () => {
    const { topic, groupId } = await place()
    const client = openWire(address)
    const sink = client.openTransactionalSink({ transactionalId: `${prefix}visible`, groupId, timeoutMs: 10_000 })
    good(await sink.open())
    good(await sink.prepare([topic]))
    for (const value of ['a', 'b', 'c']) sink.send(record(topic, value))
    good(await sink.flush())
    assert.deepEqual(await values(topic), [])
    assert.deepEqual(await values(topic, false), ['a', 'b', 'c'])

    const offset = { topic, partition: 0, offset: 3, metadata: 'text' }
    const written = good(await sink.commit([offset], nobody))
    assert.equal(written.get(`${topic}-0`), 3)
    assert.deepEqual(await committed(topic, 3), ['a', 'b', 'c'])
    const group = client.openGroup({ groupId, ...timeouts })
    assert.deepEqual(good(await group.committed([{ topic, partition: 0 }])), { offsets: [offset], pending: [] })
    await group.leave()
    await sink.close()
    await client.close()
  })

  it('that were aborted stay hidden, and the next one begins clean', async () => {
    const { topic, groupId } = await place()
    const client = openWire(address)
    const sink = client.openTransactionalSink({ transactionalId: `${prefix}aborted`, groupId, timeoutMs: 10_000 })
    good(await sink.open())
    good(await sink.prepare([topic]))
    for (let round = 0; round < 5; round++) {
      sink.send(record(topic, `lost ${round}`))
      good(await sink.flush())
      sink.send(record(topic, `lost ${round}, never sent`))
      good(await sink.abort())
      sink.send(record(topic, `kept ${round}`))
      good(await sink.commit([], nobody))
    }
    assert.deepEqual(await committed(topic, 5), ['kept 0', 'kept 1', 'kept 2', 'kept 3', 'kept 4'])
    await sink.close()
    await client.close()
  })

  it('K4: a successor fences the one before, whose transaction is taken back', async () => {
    const { topic, groupId } = await place()
    const client = openWire(address)
    const options = { transactionalId: `${prefix}successor`, groupId, timeoutMs: 60_000 }
    const zombie = client.openTransactionalSink(options)
    good(await zombie.open())
    good(await zombie.prepare([topic]))
    zombie.send(record(topic, 'of the zombie'))
    good(await zombie.flush())

    const successor = client.openTransactionalSink(options)
    good(await successor.open())
    good(await successor.prepare([topic]))
    successor.send(record(topic, 'of the successor'))
    good(await successor.commit([], nobody))
    zombie.send(record(topic, 'late'))
    const refused = await zombie.commit([], nobody)
    assert.equal(refused.ok ? 'committed' : refused.error.kind, 'fenced')
    assert.deepEqual(await committed(topic, 1), ['of the successor'])
    await zombie.close()
    await successor.close()
    await client.close()
  })

  it('K5: a member that the group went on without cannot commit, and nothing becomes visible', async () => {
    const { topic, groupId } = await place()
    const client = openWire(address)
    const sink = client.openTransactionalSink({ transactionalId: `${prefix}member`, groupId, timeoutMs: 60_000 })
    good(await sink.open())
    good(await sink.prepare([topic]))
    const subscription = { topics: [topic], userData: new Uint8Array() }
    const options = { groupId, ...timeouts, rebalanceTimeoutMs: 500, heartbeatIntervalMs: 60_000 }
    const old = client.openGroup(options)
    const joined = good(await old.join(subscription, allToFirst(topic), never))
    const newcomer = client.openGroup(options)
    const next = good(await newcomer.join(subscription, allToFirst(topic), never))
    assert.ok(next.generation > joined.generation)

    sink.send(record(topic, 'from the past'))
    const offsets = [{ topic, partition: 0, offset: 1, metadata: '' }]
    const refused = await sink.commit(offsets, joined)
    assert.equal(refused.ok ? 'committed' : refused.error.kind, 'fenced')
    await sink.close() // takes the transaction back, so that readers do not wait for its time-out
    assert.deepEqual(await values(topic), [])
    assert.deepEqual(good(await newcomer.committed([{ topic, partition: 0 }])), { offsets: [], pending: [] })
    await old.leave()
    await newcomer.leave()
    await client.close()
  })

  it('in a row keep their order, over several partitions', async () => {
    const { topic, groupId } = await place(4)
    const client = openWire(address)
    const sink = client.openTransactionalSink({ transactionalId: `${prefix}row`, groupId, timeoutMs: 10_000 })
    good(await sink.open())
    good(await sink.prepare([topic]))
    for (let round = 0; round < 20; round++) {
      for (let index = 0; index < 40; index++) sink.send({ ...record(topic, `${round}`), partition: index % 4 })
      good(await sink.commit([{ topic, partition: 0, offset: round, metadata: '' }], nobody))
    }
    const expected = Array.from({ length: 20 }, (_, round) => Array.from({ length: 10 }, () => `${round}`)).flat()
    assert.deepEqual(await committed(topic, 200), expected)
    await sink.close()
    await client.close()
  })

  it('K5: through connections that are cut at any moment, each is there once and whole, or not at all', async (t) => {
    const { topic, groupId } = await place()
    const [host = '', port = ''] = (address.brokers[0] ?? '').split(':')
    const proxy = await startCuttingProxy({ host, port: Number(port) })
    t.after(() => proxy.close())
    const client = openWire(address, { route: () => proxy.address, batchBytes: 512 })
    t.after(() => client.close())
    const sink = client.openTransactionalSink({ transactionalId: `${prefix}cut`, groupId, timeoutMs: 60_000 })
    good(await untilNoRetry(() => sink.open()))
    good(await untilNoRetry(() => sink.prepare([topic])))
    const kept: string[] = []
    let cuts = 0
    for (let round = 0; round < 30; round++) {
      const isKept = round % 5 !== 4
      for (let index = 0; index < 30; index++) {
        sink.send(record(topic, `${round} ${index}`))
        if (isKept) kept.push(`${round} ${index}`)
      }
      // now while records go out, now while the transaction ends
      const cutting = setTimeout(() => (cuts += proxy.cut() > 0 ? 1 : 0), (round * 7) % 40)
      const offsets = [{ topic, partition: 0, offset: round, metadata: '' }]
      if (isKept) good(await untilNoRetry(() => sink.commit(offsets, nobody)))
      else good(await untilNoRetry(() => sink.abort()))
      clearTimeout(cutting)
    }
    assert.ok(cuts > 10, `only ${cuts} cuts`)
    assert.deepEqual(await committed(topic, kept.length), kept)
    await sink.close()
  })

  it('of a foreign id are refused with what to do', async () => {
    const { groupId } = await place()
    const client = openWire(address)
    const sink = client.openTransactionalSink({ transactionalId: 'yukon-9.mine', groupId, timeoutMs: 10_000 })
    const refused = await sink.open()
    assert.match(refused.ok ? '' : refused.error.reason, /TRANSACTIONAL_ID_AUTHORIZATION_FAILED/)
    await sink.close()
    await client.close()
  })

  async function place(partitions = 1): Promise<{ topic: string; groupId: string }> {
    const name = `${prefix}${++topics}`
    await broker?.createTopic({ name, partitions, config: { cleanupPolicy: 'delete', retentionMs: null } })
    await broker?.grantGroup(name)
    return { topic: name, groupId: name }
  }

  async function values(topic: string, readCommitted = true): Promise<(string | null)[]> {
    const client = openWire(address)
    const records = await readPartition(client, topic, { readCommitted })
    await client.close()
    return records.map(({ value }) => value)
  }

  /** Markers are written after the commit is answered: what is committed shows a moment later. */
  async function committed(topic: string, count: number): Promise<(string | null)[]> {
    const deadline = Date.now() + 5000
    for (;;) {
      const seen = await values(topic)
      if (seen.length >= count || Date.now() > deadline) return seen
    }
  }
})

async function untilNoRetry<Value>(
  call: () => Promise<Result<Value, StreamFailure>>,
): Promise<Result<Value, StreamFailure>> {
  for (let tries = 1; ; tries++) {
    const answer = await call()
    if (answer.ok || answer.error.kind !== 'retry' || tries === 20) return answer
  }
}

const timeouts = { sessionTimeoutMs: 10_000, heartbeatIntervalMs: 300, rebalanceTimeoutMs: 10_000 }

const record = (topic: string, value: string) => ({
  topic,
  partition: 0,
  timestamp: 1,
  key: null,
  value: Buffer.from(value),
  headers: [],
})

const allToFirst =
  (topic: string): AssignMembers =>
  async ([first]) => ({
    ok: true,
    value: new Map([[first?.memberId ?? '', { partitions: [{ topic, partition: 0 }], userData: new Uint8Array() }]]),
  })
