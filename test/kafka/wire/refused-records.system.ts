import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Kafka } from 'kafkajs'
import type { ClusterAddress } from '../../../src/kafka/cluster-address.ts'
import type { RecordSink, RefusedRecord, SinkOptions, TransactionalSink } from '../../../src/kafka/record-sink.ts'
import type { GivenWireOptions, WireClient } from '../../../src/kafka/wire/wire-client.ts'
import type { Broker } from '../../../src/local/broker/broker.ts'
import { addressFor, startTestBroker } from '../../support/broker.ts'
import { good, openWire, readPartition } from '../../support/wire-system.ts'

const nobody = { memberId: '', generation: -1 }
const hourMs = 3_600_000

describe('records that only the broker refuses', () => {
  let started: { broker: Broker; address: ClusterAddress; kafka: Kafka } | undefined
  const cluster = () => started ?? assert.fail('the broker did not start')

  before(async () => {
    const broker = await startTestBroker()
    const credentials = await broker.issueCredentials(null)
    const { trustedCert: ca, clientCert: cert, clientKey: key } = credentials
    const ssl = { ca, cert, key, checkServerIdentity: () => undefined }
    const kafka = new Kafka({ brokers: [broker.addresses.dedicated], ssl, logLevel: 0 })
    started = { broker, address: addressFor(broker.addresses.dedicated, credentials), kafka }
  })
  after(() => started?.broker.close())

  for (const kind of ['idempotent', 'transactional'] as const)
    describe(`by an ${kind} sink`, () => {
      it('too large for the topic: are dropped one by one, and all others arrive in order', async () => {
        const topic = await create(`large-${kind}`, { 'max.message.bytes': '2000' })
        const refused: RefusedRecord[] = []
        await write(kind, { ...dropping(refused), topic }, (sink) => {
          for (let index = 0; index < 300; index += 1) {
            const value = index % 100 === 50 ? `${index} `.padEnd(3_000, 'x') : `${index} `.padEnd(90, '.')
            sink.send({ ...record(topic, value), cause: index })
          }
        })
        await arrive(topic, without(300, [50, 150, 250]))
        assert.deepEqual(
          refused.map(({ cause }) => cause),
          [50, 150, 250],
        )
        assert.deepEqual(
          refused.map(({ value }) => value?.length),
          [3_000, 3_000, 3_000],
        )
        assert.match(refused[0]?.reason ?? '', /a record of 3001 bytes .*MESSAGE_TOO_LARGE/)
      })

      it('with times that the topic does not take: the broker names them, and nothing else is asked about', async () => {
        const topic = await create(`times-${kind}`, { 'message.timestamp.after.max.ms': String(hourMs) })
        const refused: RefusedRecord[] = []
        await write(kind, { ...dropping(refused), topic }, (sink) => {
          for (let index = 0; index < 100; index += 1) {
            const timestamp = Date.now() + (index % 10 === 3 ? 24 * hourMs : 0)
            sink.send({ ...record(topic, String(index)), timestamp, cause: index })
          }
        })
        const threes = Array.from({ length: 10 }, (_, index) => 10 * index + 3)
        await arrive(topic, without(100, threes))
        assert.deepEqual(
          refused.map(({ cause }) => cause),
          threes,
        )
        assert.match(refused[0]?.reason ?? '', /INVALID_TIMESTAMP/)
      })

      it('are made good by what is sent in their stead, with the same flush, to a topic that was not looked at yet', async () => {
        const topic = await create(`instead-${kind}`, { 'max.message.bytes': '500' })
        const letters = await create(`letters-${kind}`, {})
        const onRefused = ({ key, cause }: RefusedRecord) => ({
          isDropped: true,
          instead: [{ ...record(letters, `letter ${String(cause)}`), key }],
        })
        await write(kind, { onRefused, topic }, (sink) => {
          for (const index of [0, 1, 2])
            sink.send({ ...record(topic, `${index}`.padEnd(index === 1 ? 900 : 9)), cause: index })
        })
        await arrive(topic, [0, 2])
        assert.deepEqual(await values(letters, 1), ['letter 1'])
      })

      it('are the end of the sink where nobody is asked: the message names the record', async () => {
        const topic = await create(`end-${kind}`, { 'max.message.bytes': '500' })
        const client = openWire(cluster().address)
        const sink = openSink(client, kind, {})
        good(await open(sink, topic))
        for (const size of [9, 900, 9]) sink.send(record(topic, ''.padEnd(size, 'x')))
        const flushed = await sink.flush()
        assert.ok(!flushed.ok)
        assert.equal(flushed.error.kind, 'fatal')
        assert.match(flushed.error.reason, new RegExp(`writing to ${topic}-0 a record of 901 bytes`))
        await sink.close()
        await client.close()
      })
    })

  it('are found in compressed batches, too', async () => {
    const topic = await create('packed', {
      'max.message.bytes': '1000',
      'message.timestamp.after.max.ms': String(hourMs),
    })
    const refused: RefusedRecord[] = []
    await write('idempotent', { ...dropping(refused), topic, compression: 'lz4' }, (sink) => {
      for (let index = 0; index < 200; index += 1) {
        const timestamp = Date.now() + (index === 77 ? 24 * hourMs : 0)
        // what no codec makes small
        const value = index === 99 ? [...Array(900).keys()].map((each) => Math.sin(each)).join('') : String(index)
        sink.send({ ...record(topic, value), timestamp, cause: index })
      }
    })
    await arrive(topic, without(200, [77, 99]))
    assert.deepEqual(new Set(refused.map(({ cause }) => cause)), new Set([77, 99]))
  })

  async function create(name: string, config: Readonly<Record<string, string>>): Promise<string> {
    const admin = cluster().kafka.admin()
    await admin.connect()
    const configEntries = Object.entries(config).map(([key, value]) => ({ name: key, value }))
    await admin.createTopics({ topics: [{ topic: name, numPartitions: 1, configEntries }], waitForLeaders: true })
    await admin.disconnect()
    return name
  }

  interface Written extends SinkOptions, Pick<Partial<GivenWireOptions>, 'compression'> {
    readonly topic: string
  }

  async function write(
    kind: Kind,
    { topic, onRefused, compression = 'none' }: Written,
    send: (sink: RecordSink) => void,
  ) {
    const client = openWire(cluster().address, { compression })
    const sink = openSink(client, kind, { onRefused })
    good(await open(sink, topic))
    send(sink)
    good(await (isTransactional(sink) ? sink.commit([], nobody) : sink.flush()))
    await sink.close()
    await client.close()
  }

  /** As many, once they are there: the end of a transaction is written after its commit was answered. */
  async function values(topic: string, count: number): Promise<readonly string[]> {
    const client = openWire(cluster().address)
    const deadline = Date.now() + 20_000
    try {
      for (;;) {
        const records = await readPartition(client, topic, { readCommitted: true })
        if (records.length >= count || Date.now() > deadline) return records.map(({ value }) => value ?? '')
      }
    } finally {
      await client.close()
    }
  }

  async function arrive(topic: string, expected: readonly number[]): Promise<void> {
    const arrived = (await values(topic, expected.length)).map((value) => Number.parseInt(value, 10))
    assert.deepEqual(arrived, expected)
  }
})

type Kind = 'idempotent' | 'transactional'

const openSink = (client: WireClient, kind: Kind, options: SinkOptions): RecordSink =>
  kind === 'idempotent'
    ? client.openSink(options)
    : client.openTransactionalSink({ ...options, transactionalId: 'refused', groupId: 'refused', timeoutMs: 30_000 })

const isTransactional = (sink: RecordSink): sink is TransactionalSink => 'commit' in sink

async function open(sink: RecordSink, topic: string) {
  if (isTransactional(sink)) good(await sink.open())
  return sink.prepare([topic])
}

function dropping(refused: RefusedRecord[]): SinkOptions {
  return {
    onRefused: (record) => {
      refused.push(record)
      return { isDropped: true, instead: [] }
    },
  }
}

const record = (topic: string, value: string) => ({
  topic,
  partition: null,
  key: Buffer.from('k'),
  value: Buffer.from(value),
  timestamp: Date.now(),
  headers: [],
})

const without = (count: number, gone: readonly number[]) =>
  Array.from({ length: count }, (_, index) => index).filter((index) => !gone.includes(index))
