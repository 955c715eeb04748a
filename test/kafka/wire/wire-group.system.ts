import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import type { TestContext } from 'node:test'
import { Worker } from 'node:worker_threads'
import { Secret } from '../../../src/base/secret.ts'
import type { ClusterAddress } from '../../../src/kafka/cluster-address.ts'
import type { AssignMembers, GroupAssignment, StreamGroup } from '../../../src/kafka/group.ts'
import type { WireClient } from '../../../src/kafka/wire/wire-client.ts'
import type { Broker } from '../../../src/local/broker/broker.ts'
import { addressFor } from '../../support/broker.ts'
import { basicTenant, startTestBroker } from '../../support/broker.ts'
import { until } from '../../support/until.ts'
import { good, openWire } from '../../support/wire-system.ts'

const prefix = 'columbia-3.'
const never = new AbortController().signal
const timeouts = { sessionTimeoutMs: 6000, heartbeatIntervalMs: 200, rebalanceTimeoutMs: 10_000 }

describe('a group of the wire client, as a tenant of the basic plan', () => {
  let started: Broker | undefined
  let address: ClusterAddress = { brokers: [] }

  before(async () => {
    started = await startTestBroker()
    address = await basicTenant(started, prefix)
    const config = { cleanupPolicy: 'delete', retentionMs: null } as const
    await started.createTopic({ name: `${prefix}t`, partitions: 3, config })
    for (const name of ['three', 'stall', 'frozen', 'interrupted']) await started.grantGroup(prefix + name)
  })
  after(() => started?.close())

  it('of three members gives each its own bytes, and again when one leaves', async (t) => {
    const groupId = `${prefix}three`
    const members = ['a', 'b', 'c'].map((name) => ({ name, group: client(t).openGroup({ groupId, ...timeouts }) }))
    const join = ({ name, group }: (typeof members)[number]) =>
      group.join({ topics: [`${prefix}t`], userData: Buffer.from(name) }, forEach, never)
    // whoever comes later makes those who came before join again
    const settle = async (present: typeof members) => {
      for (;;) {
        const joined = await Promise.all(present.map(async (each) => good(await join(each))))
        const everyone = new Set(joined.map(({ generation }) => generation)).size === 1
        if (everyone && joined.some(({ assignment }) => text(assignment).endsWith(`of ${present.length}`)))
          return joined
      }
    }
    const three = await settle(members)
    assert.deepEqual(
      three.map(({ assignment }) => text(assignment)),
      ['for a of 3', 'for b of 3', 'for c of 3'],
    )
    assert.equal(three.filter(({ leader }) => leader).length, 1)
    assert.deepEqual(
      three
        .flatMap(({ assignment }) => assignment.partitions.map((each) => each.partition))
        .toSorted((one, other) => one - other),
      [0, 1, 2],
    )

    await members[1]?.group.leave()
    const left = members.filter(({ name }) => name !== 'b')
    for (const { group } of left) await trouble(group, 'rebalance')
    assert.deepEqual(
      (await settle(left)).map(({ assignment }) => text(assignment)),
      ['for a of 2', 'for c of 2'],
    )
    for (const { group } of left) await group.leave()
  })

  it('G1: keeps its place while its thread stands still for longer than a session', async (t) => {
    const groupId = `${prefix}stall`
    const group = client(t).openGroup({ groupId, ...timeouts })
    const joined = good(await group.join({ topics: [`${prefix}t`], userData: Buffer.from('x') }, forEach, never))
    standStill(timeouts.sessionTimeoutMs + 2000)
    assert.equal(group.trouble, undefined)
    good(await group.commit([{ topic: `${prefix}t`, partition: 0, offset: 5, metadata: '' }]))
    // and what the coordinator said meanwhile is there at once, without a turn of the event loop
    const other = new Worker(joiner, { eval: true, workerData: { groupId, address: plainAddress(address) } })
    t.after(() => other.terminate())
    await new Promise((resolve) => other.once('online', resolve))
    const deadline = Date.now() + 8000
    while (kindOf(group) === undefined && Date.now() < deadline) standStill(20)
    assert.equal(kindOf(group), 'rebalance')
    assert.ok(joined.generation >= 1)
    await other.terminate()
    await group.leave()
  })

  it('gives its place up when its thread stands still for as long as the group would wait for it', async (t) => {
    const groupId = `${prefix}frozen`
    const group = client(t).openGroup({ groupId, ...timeouts, rebalanceTimeoutMs: 1500 })
    good(await group.join({ topics: [`${prefix}t`], userData: Buffer.from('x') }, forEach, never))
    standStill(3000)
    assert.equal(group.trouble?.kind, 'fenced')
    assert.match(group.trouble.reason, /stood still for 1500 ms/)
    const refused = await group.commit([{ topic: `${prefix}t`, partition: 0, offset: 5, metadata: '' }])
    assert.equal(refused.ok ? 'committed' : refused.error.kind, 'fenced')
    good(await group.join({ topics: [`${prefix}t`], userData: Buffer.from('x') }, forEach, never))
    assert.equal(group.trouble, undefined)
    await group.leave()
  })

  it('ends a join that waits for others when the signal fires', async (t) => {
    const groupId = `${prefix}interrupted`
    const first = client(t).openGroup({ groupId, ...timeouts })
    const second = client(t).openGroup({ groupId, ...timeouts })
    const subscription = { topics: [`${prefix}t`], userData: Buffer.from('x') }
    good(await first.join(subscription, forEach, never))
    const stop = new AbortController()
    const joining = second.join(subscription, forEach, stop.signal)
    await trouble(first, 'rebalance')
    stop.abort()
    const stopped = await joining
    assert.match(stopped.ok ? '' : stopped.error.reason, /stopped while joining/)
    await second.leave()
    good(await first.join(subscription, forEach, never))
    await first.leave()
  })

  it('that was not created is refused with what to do', async (t) => {
    const group = client(t).openGroup({ groupId: 'yukon-1.foreign', ...timeouts })
    const refused = await group.join({ topics: [], userData: Buffer.from('') }, forEach, never)
    assert.match(refused.ok ? '' : refused.error.reason, /GROUP_AUTHORIZATION_FAILED/)
    assert.match(refused.ok || refused.error.kind !== 'fatal' ? '' : refused.error.whatToDo, /consumer group/)
    await group.leave()
  })

  it('purging is for dedicated plans: here it is refused, there it is done', async (t) => {
    const position = { topic: `${prefix}t`, partition: 0, offset: 0 }
    const refused = await client(t).purge([position])
    assert.match(refused.ok ? '' : refused.error.reason, /purging .*TOPIC_AUTHORIZATION_FAILED/)
    if (started === undefined) return
    const dedicated = addressFor(started.addresses.dedicated, await started.issueCredentials(null))
    const owner = openWire(dedicated)
    t.after(() => owner.close())
    const sink = owner.openSink()
    good(await sink.prepare([position.topic]))
    for (let index = 0; index < 5; index++) {
      sink.send({ ...position, timestamp: 1, key: null, value: Buffer.from('x'), headers: [] })
    }
    good(await sink.flush())
    await sink.close()
    good(await owner.purge([{ ...position, offset: 3 }]))
    assert.equal(good(await owner.offsets([position], 'beginning')).get(`${prefix}t-0`), 3)
  })

  it('a certificate that is not accepted is told as one, and not sat out', async (t) => {
    const { tls } = address
    if (tls === undefined) throw new Error('the basic way in has TLS')
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const otherKey = new Secret(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
    const wrongs: readonly ClusterAddress['tls'][] = [
      { ...tls, trusted: tls.certificate },
      { ...tls, key: otherKey },
      { ...tls, key: new Secret('no key at all') },
    ]
    for (const wrong of wrongs) {
      const begun = Date.now()
      const refused = await openWire({ ...address, ...(wrong !== undefined && { tls: wrong }) }).partitions(['x'])
      assert.equal(refused.ok ? '' : refused.error.kind, 'fatal')
      assert.match(refused.ok || refused.error.kind !== 'fatal' ? '' : refused.error.whatToDo, /KAFKA_CLIENT_CERT_KEY/)
      assert.ok(Date.now() - begun < 3000)
    }
    t.diagnostic('three wrong certificates')
  })

  function client(t: TestContext): WireClient {
    const opened = openWire(address)
    t.after(() => opened.close())
    return opened
  }
})

const forEach: AssignMembers = async (members) => ({
  ok: true,
  value: new Map(
    members.map(({ memberId, userData }, index) => [
      memberId,
      {
        partitions: [0, 1, 2]
          .filter((partition) => partition % members.length === index)
          .map((partition) => ({ topic: `${prefix}t`, partition })),
        userData: Buffer.from(`for ${Buffer.from(userData).toString()} of ${members.length}`),
      },
    ]),
  ),
})

const kindOf = (group: StreamGroup): string | undefined => group.trouble?.kind

const text = ({ userData }: GroupAssignment): string => Buffer.from(userData).toString()

async function trouble(group: StreamGroup, kind: string): Promise<void> {
  await until(
    () => group.trouble?.kind === kind,
    () => `${kind}, but ${group.trouble?.kind}`,
    { withinMs: 8_000, everyMs: 20 },
  )
}

/** What a long computation in user code does to a thread. */
function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

const plainAddress = ({ brokers, tls }: ClusterAddress) => ({
  brokers,
  tls: tls === undefined ? undefined : { ...tls, key: tls.key.reveal() },
})

/** Joins the group from another thread, since the test's own stands still. */
const joiner = `
  const { workerData: { groupId, address } } = require('node:worker_threads')
  const base = ${JSON.stringify(new URL('../../../src/', import.meta.url).href)}
  Promise.all([
    import(base + 'kafka/wire/wire-client.ts'),
    import(base + 'host/system-clock.ts'),
    import(base + 'base/secret.ts'),
  ]).then(([{ WireClient }, { systemClock }, { Secret }]) => {
    const tls = { ...address.tls, key: new Secret(address.tls.key) }
    const options = { clientId: 'other', clock: systemClock, random: Math.random }
    const client = new WireClient({ brokers: address.brokers, tls }, options)
    const group = client.openGroup({ groupId, sessionTimeoutMs: 6000, heartbeatIntervalMs: 200, rebalanceTimeoutMs: 10000 })
    void group.join({ topics: [], userData: Buffer.from('other') }, async () => ({ ok: true, value: new Map() }), new AbortController().signal)
  })
`
