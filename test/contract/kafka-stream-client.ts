import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { AssignMembers, GroupAssignment, StreamGroup } from '../../src/kafka/group.ts'
import type { RecordBatch } from '../../src/kafka/record.ts'
import type { Position, RecordSource } from '../../src/kafka/record-source.ts'
import type { StreamClient } from '../../src/kafka/stream-client.ts'
import type { StreamFailure } from '../../src/kafka/stream-failure.ts'
import { until } from '../support/until.ts'
import { good } from '../support/wire-system.ts'

/** A cluster with topics `<prefix>one` (3 partitions), `<prefix>two` (1 partition) and nothing else; any group may be joined. */
export interface ClusterUnderTest {
  readonly prefix: string
  readonly group: (name: string) => Promise<string>
  readonly openClient: () => StreamClient
  /** Whether the ACLs allow records to be deleted. */
  readonly mayPurge: boolean
}

const never = new AbortController().signal
const timeouts = { sessionTimeoutMs: 10_000, heartbeatIntervalMs: 300, rebalanceTimeoutMs: 10_000 }

/** Values of org.apache.kafka.common.utils.Utils.murmur2. */
const murmur2 = { '21': -973932308, foobar: -790332482, abc: 479470107, 'a-little-bit-long-string': -985981536 }

/** What every StreamClient promises. Run inside a `describe`; clients are closed by each test. */
export function streamClientContract(setUp: () => ClusterUnderTest): void {
  it('says how many partitions topics have, and leaves out what is not there', async () => {
    const { openClient, prefix } = setUp()
    await withClient(openClient, async (client) => {
      const counts = good(await client.partitions([`${prefix}one`, `${prefix}two`, `${prefix}nothing`]))
      assert.deepEqual(Object.fromEntries(counts), { [`${prefix}one`]: 3, [`${prefix}two`]: 1 })
    })
  })

  it('names the topics that may be seen, and none that the brokers keep for themselves', async () => {
    const { openClient, prefix } = setUp()
    await withClient(openClient, async (client) => {
      const names = good(await client.topics())
      assert.deepEqual(names.filter((name) => name.startsWith(prefix)).toSorted(), [`${prefix}one`, `${prefix}two`])
      assert.ok(!names.includes('__consumer_offsets'))
    })
  })

  it('K1 K2: what is flushed has offsets, and is read back whole and in order, with headers (S1)', async () => {
    const { openClient, prefix } = setUp()
    await withClient(openClient, async (client) => {
      const topic = `${prefix}two`
      const begin = await endOf(client, topic, 0)
      const sink = client.openSink()
      good(await sink.prepare([topic]))
      const records = Array.from({ length: 500 }, (_, index) => ({
        topic,
        partition: 0,
        timestamp: 1_000 + index,
        key: bytes(`key ${index}`),
        value: index % 7 === 0 ? null : bytes(`value ${index}`),
        headers: index % 5 === 0 ? [{ key: 'h', value: bytes(`${index}`) }] : [],
      }))
      for (const record of records) sink.send(record)
      const written = good(await sink.flush())
      assert.equal(written.get(`${topic}-0`), begin + 500)
      assert.equal(sink.pendingBytes, 0)

      const source = client.openSource({ readCommitted: false, maxBytesPerPartition: 4096 })
      source.assign([{ topic, partition: 0, offset: begin }])
      const read = await readAll(source, 500)
      assert.deepEqual(
        read.map(({ key, value, timestamp }) => ({ key, value, timestamp })),
        records.map(({ key, value, timestamp }) => ({ key: text(key), value: text(value), timestamp })),
      )
      assert.deepEqual(
        read.map(({ offset }) => offset),
        records.map((_, index) => begin + index),
      )
      assert.deepEqual(read[5]?.headers, [{ key: 'h', value: '5' }])
      await sink.close()
      await source.close()
    })
  })

  it('puts records with a key where Kafka’s default partitioner puts them', async () => {
    const { openClient, prefix } = setUp()
    await withClient(openClient, async (client) => {
      const topic = `${prefix}one`
      const sink = client.openSink()
      good(await sink.prepare([topic]))
      for (const word of Object.keys(murmur2))
        sink.send({ topic, partition: null, timestamp: 1, key: bytes(word), value: bytes(word), headers: [] })
      good(await sink.flush())
      const source = client.openSource({ readCommitted: false, maxBytesPerPartition: 65_536 })
      source.assign([0, 1, 2].map((partition) => ({ topic, partition, offset: 0 })))
      const read = await readAll(source, 4)
      const where = Object.fromEntries(read.map(({ key, partition }) => [key, partition]))
      assert.deepEqual(
        where,
        Object.fromEntries(Object.entries(murmur2).map(([word, hash]) => [word, (hash & 0x7fffffff) % 3])),
      )
      await sink.close()
      await source.close()
    })
  })

  it('S2: a paused partition brings nothing and goes on where it stood', async () => {
    const { openClient, prefix } = setUp()
    await withClient(openClient, async (client) => {
      const topic = `${prefix}two`
      const begin = await endOf(client, topic, 0)
      const sink = client.openSink()
      good(await sink.prepare([topic]))
      for (const value of ['a', 'b']) sink.send(record(topic, value))
      good(await sink.flush())
      const source = client.openSource({ readCommitted: false, maxBytesPerPartition: 65_536 })
      source.assign([{ topic, partition: 0, offset: begin }])
      source.pause([{ topic, partition: 0 }])
      assert.deepEqual(good(await source.poll(50, never)).batches, [])
      source.resume([{ topic, partition: 0 }])
      assert.deepEqual(
        (await readAll(source, 2)).map(({ value }) => value),
        ['a', 'b'],
      )
      await sink.close()
      await source.close()
    })
  })

  it('tells how far it is behind the end, once it has fetched', async () => {
    const { openClient, prefix } = setUp()
    await withClient(openClient, async (client) => {
      const topic = `${prefix}two`
      const partition = { topic, partition: 0 }
      const begin = await endOf(client, topic, 0)
      const sink = client.openSink()
      good(await sink.prepare([topic]))
      for (const value of ['a', 'b']) sink.send(record(topic, value))
      good(await sink.flush())
      const source = client.openSource({ readCommitted: true, maxBytesPerPartition: 65_536 })
      source.assign([{ ...partition, offset: begin }])
      assert.equal(source.lag(partition), undefined)
      await readAll(source, 2)
      assert.equal(source.lag(partition), 0)
      assert.equal(source.lag({ topic, partition: 7 }), undefined)
      await sink.close()
      await source.close()
    })
  })

  it('tells a position that is not in the log by name', async () => {
    const { openClient, prefix } = setUp()
    await withClient(openClient, async (client) => {
      const topic = `${prefix}two`
      const source = client.openSource({ readCommitted: false, maxBytesPerPartition: 65_536 })
      source.assign([{ topic, partition: 0, offset: 1_000_000_000 }])
      const failure = await firstFailure(source)
      assert.ok(failure.kind === 'out-of-range', failure.kind)
      assert.deepEqual(failure.partitions, [{ topic, partition: 0 }])
      await source.close()
    })
  })

  it('deletes records before a position, or says that it may not and what to do, and deletes nothing', async () => {
    const { openClient, prefix, mayPurge } = setUp()
    await withClient(openClient, async (client) => {
      const at = { topic: `${prefix}two`, partition: 0 }
      const sink = client.openSink()
      good(await sink.prepare([at.topic]))
      for (const value of ['a', 'b', 'c']) sink.send(record(at.topic, value))
      good(await sink.flush())
      await sink.close()
      const beginning = async () => good(await client.offsets([at], 'beginning')).get(`${at.topic}-0`)
      const [before, offset] = [await beginning(), (await endOf(client, at.topic, 0)) - 1]
      const purged = await client.purge([{ ...at, offset }])
      assert.equal(await beginning(), mayPurge ? offset : before)
      if (mayPurge) good(purged)
      else assert.match(purged.ok || purged.error.kind !== 'fatal' ? '' : purged.error.reason, /AUTHORIZATION_FAILED/)
    })
  })

  it('hands each member of a group its own bytes, and commits offsets with their text (G1)', async () => {
    const { openClient, prefix, group } = setUp()
    const groupId = await group('own-bytes')
    await withClient(openClient, (client) =>
      withClient(openClient, async (other) => {
        const one = client.openGroup({ groupId, ...timeouts })
        const two = other.openGroup({ groupId, ...timeouts })
        const subscription = { topics: [`${prefix}one`], userData: bytes('one') }
        const first = good(await one.join(subscription, shareOut(`${prefix}one`), never))
        assert.equal(first.leader, true)
        assert.equal(text(first.assignment.userData), 'for one')
        assert.equal(first.assignment.partitions.length, 3)

        const joining = two.join({ ...subscription, userData: bytes('two') }, shareOut(`${prefix}one`), never)
        await untilTrouble(one, 'rebalance')
        const again = one.join(subscription, shareOut(`${prefix}one`), never)
        const [mine, theirs] = [good(await again), good(await joining)]
        assert.deepEqual([text(mine.assignment.userData), text(theirs.assignment.userData)], ['for one', 'for two'])
        assert.equal(mine.generation, theirs.generation)
        assert.equal(one.trouble, undefined)

        const offset = { topic: `${prefix}one`, partition: 0, offset: 7, metadata: 'AgAAAA==' }
        good(await one.commit([offset]))
        const committed = good(
          await two.committed([
            { topic: `${prefix}one`, partition: 0 },
            { topic: `${prefix}one`, partition: 1 },
          ]),
        )
        assert.deepEqual(committed, { offsets: [offset], pending: [] })
        await two.leave()
        await untilTrouble(one, 'rebalance')
        await one.leave()
      }),
    )
  })

  it('G3: a member whose place was lost cannot commit', async () => {
    const { openClient, prefix, group } = setUp()
    const groupId = await group('lost-place')
    await withClient(openClient, (client) =>
      withClient(openClient, async (other) => {
        const options = { ...timeouts, groupId, heartbeatIntervalMs: 60_000, rebalanceTimeoutMs: 1_000 }
        const member = client.openGroup(options)
        const newcomer = other.openGroup(options)
        const subscription = { topics: [`${prefix}one`], userData: bytes('one') }
        good(await member.join(subscription, shareOut(`${prefix}one`), never))
        // The member does not join again in time: the coordinator goes on without it.
        good(await newcomer.join(subscription, shareOut(`${prefix}one`), never))
        const refused = await member.commit([{ topic: `${prefix}one`, partition: 0, offset: 1, metadata: '' }])
        assert.equal(refused.ok ? 'committed' : refused.error.kind, 'fenced')
        assert.equal(member.trouble?.kind, 'fenced')
        await newcomer.leave()
        good(await member.join(subscription, shareOut(`${prefix}one`), never))
        await member.leave()
      }),
    )
  })
}

const shareOut =
  (topic: string): AssignMembers =>
  async (members) => ({
    ok: true,
    value: new Map<string, GroupAssignment>(
      members.map(({ memberId, userData }, index) => [
        memberId,
        {
          partitions: [0, 1, 2].filter((p) => p % members.length === index).map((partition) => ({ topic, partition })),
          userData: bytes(`for ${text(userData)}`),
        },
      ]),
    ),
  })

async function untilTrouble(group: StreamGroup, kind: StreamFailure['kind']): Promise<void> {
  await until(
    () => group.trouble?.kind === kind,
    () => `${kind}, but ${group.trouble?.kind}`,
    { everyMs: 20 },
  )
}

async function withClient(open: () => StreamClient, use: (client: StreamClient) => Promise<void>): Promise<void> {
  const client = open()
  try {
    await use(client)
  } finally {
    await client.close()
  }
}

async function endOf(client: StreamClient, topic: string, partition: number): Promise<number> {
  const ends = good(await client.offsets([{ topic, partition }], 'end'))
  return ends.get(`${topic}-${partition}`) ?? 0
}

interface Read extends Position {
  readonly key: string | null
  readonly value: string | null
  readonly timestamp: number
  readonly headers: readonly { key: string; value: string | null }[]
}

async function readAll(source: RecordSource, count: number): Promise<readonly Read[]> {
  const deadline = Date.now() + 15_000
  const read: Read[] = []
  while (read.length < count) {
    assert.ok(Date.now() < deadline, `${read.length} of ${count} records within 15 s`)
    const polled = await source.poll(200, never)
    if (polled.ok) read.push(...polled.value.batches.flatMap(readBatch))
    else assert.equal(polled.error.kind, 'retry')
  }
  return read
}

async function firstFailure(source: RecordSource): Promise<StreamFailure> {
  const deadline = Date.now() + 10_000
  for (;;) {
    assert.ok(Date.now() < deadline, 'no failure within 10 s')
    const polled = await source.poll(200, never)
    if (!polled.ok && polled.error.kind !== 'retry') return polled.error
  }
}

function readBatch(batch: RecordBatch): readonly Read[] {
  return Array.from({ length: batch.length }, (_, index) => ({
    topic: batch.topic,
    partition: batch.partition,
    offset: batch.offset(index),
    timestamp: batch.timestamp(index),
    key: text(batch.key(index)),
    value: text(batch.value(index)),
    headers: batch.headers(index).map(({ key, value }) => ({ key, value: text(value) })),
  }))
}

const record = (topic: string, value: string) => ({
  topic,
  partition: 0,
  timestamp: 1,
  key: null,
  value: bytes(value),
  headers: [],
})

const bytes = (content: string): Uint8Array => new TextEncoder().encode(content)
function text(content: Uint8Array): string
function text(content: Uint8Array | null): string | null
function text(content: Uint8Array | null): string | null {
  return content === null ? null : new TextDecoder().decode(content)
}
