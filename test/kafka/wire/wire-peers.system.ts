import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Kafka, logLevel } from 'kafkajs'
import type { ClusterAddress } from '../../../src/kafka/cluster-address.ts'
import { tlsOptions } from '../../../src/kafka/kafkajs-cluster.ts'
import type { Compression } from '../../../src/kafka/wire/batch/codec.ts'
import type { Broker } from '../../../src/local/broker/broker.ts'
import { addressFor, startTestBroker } from '../../support/broker.ts'
import { startCuttingProxy } from '../../support/cutting-proxy.ts'
import { good, openWire, pollRecords, readPartition } from '../../support/wire-system.ts'

const compressions: readonly Compression[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd']
/** What kafkajs can unpack by itself. */
const kafkajsReads: ReadonlySet<Compression> = new Set<Compression>(['none', 'gzip'])

describe('the wire client among its peers, on the dedicated way in', () => {
  let broker: Broker | undefined
  let address: ClusterAddress = { brokers: [] }
  let kafka = new Kafka({ brokers: ['127.0.0.1:1'] })

  before(async () => {
    broker = await startTestBroker()
    address = addressFor(broker.addresses.dedicated, await broker.issueCredentials(null))
    const { tls, brokers } = address
    kafka = new Kafka({
      brokers: [...brokers],
      logLevel: logLevel.NOTHING,
      ...(tls !== undefined && { ssl: tlsOptions(tls) }),
    })
  })
  after(() => broker?.close())

  for (const compression of compressions) {
    // the broker unpacks and checks every batch it is given, and packs anew what a topic wants packed otherwise
    it(`${compression}: the broker takes what we pack, and we read what the broker packs`, async () => {
      const [theirs, ours] = [`packed-by-broker-${compression}`, `packed-by-us-${compression}`]
      await create(theirs, compression === 'none' ? 'uncompressed' : compression)
      await create(ours, compression === 'none' ? 'gzip' : 'uncompressed')
      const plain = openWire(address)
      const packing = openWire(address, { compression })
      for (const [client, topic] of [
        [plain, theirs],
        [packing, ours],
      ] as const) {
        const sink = client.openSink()
        good(await sink.prepare([topic]))
        for (let index = 0; index < 300; index++) sink.send(record(topic, index))
        good(await sink.flush())
        await sink.close()
        const records = await readPartition(client, topic)
        assert.deepEqual(
          records.map(({ value }) => value),
          Array.from({ length: 300 }, (_, index) => text(index)),
        )
      }
      await plain.close()
      await packing.close()
    })
  }

  for (const compression of kafkajsReads) {
    it(`${compression}: kafkajs reads what we write, headers and all`, async () => {
      const topic = `for-kafkajs-${compression}`
      await create(topic, 'producer')
      const client = openWire(address, { compression })
      const sink = client.openSink()
      good(await sink.prepare([topic]))
      for (let index = 0; index < 50; index++) sink.send(record(topic, index))
      good(await sink.flush())
      await sink.close()
      await client.close()
      const read = await consume(topic, 50)
      assert.deepEqual(
        read,
        Array.from({ length: 50 }, (_, index) => [`key ${index}`, text(index), `${1000 + index}`, 'h', `${index}`]),
      )
    })
  }

  it('we read what kafkajs writes', async () => {
    await create('from-kafkajs', 'producer')
    const producer = kafka.producer({ idempotent: true })
    await producer.connect()
    await producer.send({
      topic: 'from-kafkajs',
      compression: 1,
      messages: Array.from({ length: 50 }, (_, index) => ({
        key: `${index}`,
        value: index % 2 === 0 ? null : text(index),
        headers: { h: 'x' },
        timestamp: `${5000 + index}`,
      })),
    })
    await producer.disconnect()
    const client = openWire(address)
    const records = await readPartition(client, 'from-kafkajs')
    await client.close()
    assert.deepEqual(
      records,
      Array.from({ length: 50 }, (_, index) => ({
        offset: index,
        timestamp: 5000 + index,
        key: `${index}`,
        value: index % 2 === 0 ? null : text(index),
        headers: [['h', 'x']],
      })),
    )
  })

  it('K1: a connection that is cut again and again loses no record, writes none twice, and keeps their order', async (t) => {
    const topic = 'through-cuts'
    await create(topic, 'producer')
    const [host = '', port = ''] = (address.brokers[0] ?? '').split(':')
    const proxy = await startCuttingProxy({ host, port: Number(port) })
    t.after(() => proxy.close())
    const client = openWire(address, { route: () => proxy.address, batchBytes: 2048 })
    t.after(() => client.close())
    const sink = client.openSink()
    good(await sink.prepare([topic]))
    const count = 6000
    let cuts = 0
    for (let index = 0; index < count; index++) {
      sink.send(record(topic, index))
      if (index % 400 !== 399) continue
      const deadline = Date.now() + 2000
      while (proxy.connections === 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 1))
      // in the middle of requests and of answers, at another place each time
      await new Promise((resolve) => setTimeout(resolve, index % 11))
      if (proxy.cut() > 0) cuts++
    }
    const written = good(await sink.flush())
    assert.ok(cuts > 5, `only ${cuts} cuts`)
    assert.equal(written.get(`${topic}-0`), count)
    await sink.close()
    const reader = openWire(address)
    const records = await readPartition(reader, topic)
    await reader.close()
    assert.deepEqual(
      records.map(({ value }) => value),
      Array.from({ length: count }, (_, index) => text(index)),
    )
  })

  it('S1 K2: a cluster that is away says retry, and costs nothing but time', async (t) => {
    const topic = 'away-and-back'
    await create(topic, 'producer')
    const [host = '', port = ''] = (address.brokers[0] ?? '').split(':')
    const proxy = await startCuttingProxy({ host, port: Number(port) })
    t.after(() => proxy.close())
    const client = openWire(address, { route: () => proxy.address, patienceMs: 300 })
    t.after(() => client.close())
    const sink = client.openSink()
    good(await sink.prepare([topic]))
    const source = client.openSource({ readCommitted: false, maxBytesPerPartition: 100_000 })
    source.assign([{ topic, partition: 0, offset: 0 }])
    sink.send(record(topic, 0))
    good(await sink.flush())
    assert.equal((await pollRecords(source, 1)).length, 1)

    proxy.shut()
    sink.send(record(topic, 1))
    const [flushed, polled] = await Promise.all([sink.flush(), source.poll(500, new AbortController().signal)])
    assert.equal(flushed.ok ? '' : flushed.error.kind, 'retry')
    assert.equal(polled.ok ? '' : polled.error.kind, 'retry')
    proxy.open()
    sink.send(record(topic, 2))
    for (let tries = 0; tries < 20 && !(await sink.flush()).ok; tries++);
    assert.equal(sink.pendingBytes, 0)
    const read = await pollRecords(source, 2)
    assert.deepEqual(
      read.map(({ offset, value }) => [offset, value]),
      [
        [1, text(1)],
        [2, text(2)],
      ],
    )
    await sink.close()
    await source.close()
  })

  it('S3: a record is there as soon as it is written, however long a fetch may wait at partitions without any', async (t) => {
    const topic = 'one-of-many'
    await create(topic, 'producer', 6)
    const client = openWire(address, { fetchWaitMs: 5000 })
    t.after(() => client.close())
    const sink = client.openSink()
    good(await sink.prepare([topic]))
    const source = client.openSource({ readCommitted: false, maxBytesPerPartition: 100_000 })
    source.assign([0, 1, 2, 3, 4, 5].map((partition) => ({ topic, partition, offset: 0 })))
    good(await source.poll(100, new AbortController().signal))
    const begun = performance.now()
    for (let index = 0; index < 20; index++) {
      sink.send(record(topic, index))
      assert.equal((await pollRecords(source, 1)).length, 1)
    }
    assert.ok(performance.now() - begun < 4000, `${performance.now() - begun} ms for 20 records`)
    await sink.close()
    await source.close()
  })

  it('K1: requests that arrive after their sender gave them up are written once, and in order', async (t) => {
    const topic = 'late-arrivals'
    await create(topic, 'producer')
    const [host = '', port = ''] = (address.brokers[0] ?? '').split(':')
    const proxy = await startCuttingProxy({ host, port: Number(port) })
    t.after(() => proxy.close())
    const options = { route: () => proxy.address, patienceMs: 200, requestTimeoutMs: 250, batchBytes: 512 }
    const client = openWire(address, options)
    t.after(() => client.close())
    const sink = client.openSink()
    for (let tries = 0; tries < 20 && !(await sink.prepare([topic])).ok; tries++);
    const count = 600
    for (let index = 0; index < count; index++) {
      sink.send(record(topic, index))
      if (index % 150 !== 149) continue
      proxy.delay(400) // longer than anybody waits for an answer
      await sink.flush()
      proxy.delay(0)
      for (let tries = 0; tries < 50 && !(await sink.flush()).ok; tries++);
    }
    assert.equal(sink.pendingBytes, 0)
    await sink.close()
    await proxy.delivered()
    const reader = openWire(address)
    const records = await readPartition(reader, topic)
    await reader.close()
    assert.deepEqual(
      records.map(({ value }) => value),
      Array.from({ length: count }, (_, index) => text(index)),
    )
  })

  async function create(topic: string, compression: string, numPartitions = 1): Promise<void> {
    const admin = kafka.admin()
    await admin.connect()
    const configEntries = [{ name: 'compression.type', value: compression }]
    await admin.createTopics({ topics: [{ topic, numPartitions, configEntries }] })
    await admin.disconnect()
  }

  async function consume(topic: string, count: number): Promise<unknown[]> {
    const consumer = kafka.consumer({ groupId: `read-${topic}` })
    await consumer.connect()
    await consumer.subscribe({ topic, fromBeginning: true })
    const read: unknown[] = []
    const { promise, resolve } = Promise.withResolvers<void>()
    await consumer.run({
      eachMessage: async ({ message: { key, value, timestamp, headers } }) => {
        const [name = '', content] = Object.entries(headers ?? {})[0] ?? []
        read.push([String(key), String(value), timestamp, name, String(content)])
        if (read.length === count) resolve()
      },
    })
    await promise
    await consumer.disconnect()
    return read
  }
})

const text = (index: number): string => `value ${index} ${'lorem ipsum '.repeat(index % 20)}`

const record = (topic: string, index: number) => ({
  topic,
  partition: 0,
  timestamp: 1000 + index,
  key: Buffer.from(`key ${index}`),
  value: Buffer.from(text(index)),
  headers: [{ key: 'h', value: Buffer.from(`${index}`) }],
})
