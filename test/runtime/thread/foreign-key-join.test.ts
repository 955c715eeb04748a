import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { serdes, StreamsBuilder } from '../../../src/index.ts'
import { systemClock } from '../../../src/host/system-clock.ts'
import { partitionForKey } from '../../../src/kafka/murmur2.ts'
import { readWorkerConfig } from '../../../src/runtime/config.ts'
import { StateFolder } from '../../../src/runtime/state/task-stores.ts'
import { openLmdb } from '../../support/open-lmdb.ts'
import { StreamThread } from '../../../src/runtime/thread/stream-thread.ts'
import { runWorker } from '../../../src/runtime/worker.ts'
import { FakeKafka } from '../../support/fake-kafka.ts'
import { until } from '../../support/until.ts'

const texts = { keySerde: serdes.string, valueSerde: serdes.string }

function namedOrders() {
  const builder = new StreamsBuilder()
  builder
    .table('orders', texts, { name: 'orders', store: 'in-memory' })
    .leftJoin(
      builder.table('customers', texts, { name: 'customers', store: 'in-memory' }),
      (customer) => customer,
      (customer, name) => `${customer}=${name ?? '?'}`,
      { ...texts, name: 'named', store: 'in-memory' },
      { name: 'fk' },
    )
    .toStream()
    .to('named-orders', texts)
  return builder.build()
}

/** Orders lie on three partitions and customers on two, so that every request and answer crosses tasks. */
const topics = {
  orders: 3,
  customers: 2,
  'named-orders': 1,
  'app-fk-subscription-registration-topic': 2,
  'app-fk-subscription-response-topic': 3,
  'app-orders-changelog': 3,
  'app-customers-changelog': 2,
  'app-fk-subscription-store-changelog': 2,
  'app-named-changelog': 3,
}

function append(kafka: FakeKafka, topic: 'orders' | 'customers', key: string, value: string | null): void {
  const bytes = Buffer.from(key)
  const byKey = partitionForKey(bytes, topics[topic])
  // Where the hash would not put it: only the partition that travels with the subscription leads back.
  const partition = topic === 'orders' ? (byKey + 1) % topics.orders : byKey
  const record = {
    topic,
    partition,
    timestamp: 5,
    headers: [],
    key: bytes,
    value: value === null ? null : Buffer.from(value),
  }
  kafka.log.append(record)
}

function results(kafka: FakeKafka): Readonly<Record<string, string>> {
  const text = (bytes: Uint8Array | null) => (bytes === null ? 'nothing' : Buffer.from(bytes).toString())
  return Object.fromEntries(kafka.log.all('named-orders').map(({ key, value }) => [text(key), text(value)]))
}

describe('a foreign-key join in a stream thread, over several partitions', () => {
  it('answers where the row came from: each order has its customer, and changes reach all orders of one', async () => {
    const kafka = new FakeKafka()
    const folder = mkdtempSync(join(tmpdir(), 'weirkeeper-foreign-key-'))
    for (const [topic, partitions] of Object.entries(topics)) kafka.log.createTopic(topic, partitions)
    const orders = Array.from({ length: 24 }, (_, index) => [`o${index}`, `c${index % 5}`] as const)
    for (const customer of ['c0', 'c1', 'c2', 'c3']) append(kafka, 'customers', customer, `${customer}!`)
    for (const [order, customer] of orders) append(kafka, 'orders', order, customer)
    const read = readWorkerConfig({
      DYNO: 'worker.1',
      KAFKA_URL: 'kafka://fake:9092',
      STREAMS_APPLICATION_ID: 'app',
      STREAMS_COMMIT_INTERVAL_MS: '0',
      STREAMS_POLL_MS: '1',
    })
    assert.ok(read.ok)
    const say = () => {}
    const thread = new StreamThread({
      number: 1,
      start: 'now',
      config: read.value.config,
      topology: namedOrders(),
      client: kafka.openClient(),
      folder: new StateFolder({ stateDir: folder, applicationId: 'app', era: 'today', thread: 1, openDisk: openLmdb }),
      clock: systemClock,
      log: { info: say, warn: say, error: say },
    })
    const stop = new AbortController()
    const ended = runWorker(thread, systemClock, stop.signal)
    try {
      const names: Record<string, string> = { c0: 'c0!', c1: 'c1!', c2: 'c2!', c3: 'c3!', c4: '?' }
      const expected = () =>
        Object.fromEntries(orders.map(([order, customer]) => [order, `${customer}=${names[customer]}`]))
      await untilResults(kafka, expected())
      append(kafka, 'customers', 'c4', 'c4!')
      append(kafka, 'customers', 'c1', null)
      append(kafka, 'orders', 'o3', null)
      Object.assign(names, { c4: 'c4!', c1: '?' })
      await untilResults(kafka, { ...expected(), o3: 'nothing' })
    } finally {
      stop.abort()
      await ended
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

async function untilResults(kafka: FakeKafka, expected: Readonly<Record<string, string>>): Promise<void> {
  await until(
    () => isDeepStrictEqual(results(kafka), expected),
    () => JSON.stringify({ results: results(kafka), expected }),
  )
}
