import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { systemClock } from '../../../src/host/system-clock.ts'
import type { RecordSource } from '../../../src/kafka/record-source.ts'
import type { StreamClient } from '../../../src/kafka/stream-client.ts'
import type { Broker } from '../../../src/local/broker/broker.ts'
import { kafkaConfigVars } from '../../../src/local/kafka-config-vars.ts'
import { addressFor, startTestBroker } from '../../support/broker.ts'
import { until } from '../../support/until.ts'
import { good, openWire } from '../../support/wire-system.ts'
import { startWorker, type WorkerProcess } from '../../support/worker-process.ts'

const file = fileURLToPath(new URL('../../fixtures/runtime/enrich.ts', import.meta.url))
const prefix = 'shop-1.'
const never = new AbortController().signal
const withinMs = 40_000

describe('workers that join a global table, as a tenant of the basic plan', () => {
  let broker: Broker | undefined
  let client: StreamClient | undefined
  let bills: RecordSource | undefined
  const folders: string[] = []
  const workers: WorkerProcess[] = []
  const written: string[] = []
  let vars: Readonly<Record<string, string>> = {}

  before(async () => {
    broker = await startTestBroker()
    const credentials = await broker.issueCredentials(prefix)
    // no changelog: the topic that the table is read from is one
    for (const [name, partitions, cleanupPolicy] of [
      ['orders', 2, 'delete'],
      ['prices', 3, 'compact'],
      ['bills', 1, 'delete'],
    ] as const)
      await broker.createTopic({ name: prefix + name, partitions, config: { cleanupPolicy, retentionMs: null } })
    await broker.grantGroup(`${prefix}shop`)
    client = openWire(addressFor(broker.addresses.basic, credentials))
    bills = client.openSource({ readCommitted: true, maxBytesPerPartition: 1024 * 1024 })
    bills.assign([{ topic: `${prefix}bills`, partition: 0, offset: 0 }])
    vars = {
      ...kafkaConfigVars('KAFKA', broker.addresses.basic, credentials),
      KAFKA_PREFIX: prefix,
      STREAMS_APPLICATION_ID: `${prefix}shop`,
      STREAMS_NUM_STREAM_THREADS: '2',
      WEIR_METRICS_PORT: '0',
      STREAMS_SESSION_TIMEOUT_MS: '6000',
      STREAMS_HEARTBEAT_INTERVAL_MS: '500',
    }
  })

  after(async () => {
    for (const worker of workers) await worker.kill()
    await bills?.close()
    await client?.close()
    await broker?.close()
    for (const folder of folders) await rm(folder, { recursive: true, force: true })
  })

  async function start(dyno: string): Promise<WorkerProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'weirkeeper-dyno-'))
    folders.push(folder)
    const worker = startWorker(file, { ...vars, DYNO: dyno, STREAMS_STATE_DIR: folder })
    workers.push(worker)
    return worker
  }

  async function send(topic: string, records: readonly (readonly [key: string, value: string, partition: number])[]) {
    assert.ok(client)
    const sink = client.openSink()
    good(await sink.prepare([prefix + topic]))
    for (const [key, value, partition] of records) {
      const bytes = { key: Buffer.from(key), value: Buffer.from(value) }
      sink.send({ topic: prefix + topic, partition, timestamp: Date.now(), headers: [], ...bytes })
    }
    good(await sink.flush())
    await sink.close()
  }

  /** Reads bills until one of them is that, or tells what came and what the workers said. */
  async function readUntil(isEnough: () => boolean): Promise<void> {
    const deadline = systemClock.now() + withinMs
    while (!isEnough()) {
      const told = workers.map(({ lines }) => lines.slice(-8).join('\n')).join('\n--\n')
      assert.ok(systemClock.now() < deadline, `not within ${withinMs} ms: ${written.join(', ')}\n${told}`)
      const polled = await bills?.poll(200, never)
      for (const batch of polled?.ok === true ? polled.value.batches : [])
        for (let at = 0; at < batch.length; at += 1) written.push(Buffer.from(batch.value(at) ?? []).toString())
    }
  }

  it('G3: every order finds the price that was there before the worker was, on whatever partition it lies', async () => {
    const articles = Array.from({ length: 60 }, (_, index) => `article-${index}`)
    await send(
      'prices',
      articles.map((article, index) => [article, '1', index % 3]),
    )
    await send(
      'orders',
      articles.map((article, index) => ['ann', article, index % 2]),
    )
    await start('worker.1')
    await readUntil(() => written.length >= articles.length)
    assert.deepEqual(written.toSorted(), articles.map((article) => `${article} 1`).toSorted())
  })

  it('follows the topic while it runs, and a dyno that comes later knows everything', async () => {
    await send('prices', [['article-7', '2', 1]])
    // the price comes into each thread in its own time: orders are placed until both have it
    const isNew = () => written.filter((bill) => bill === 'article-7 2').length >= 2
    const deadline = systemClock.now() + withinMs
    while (!isNew() && systemClock.now() < deadline) {
      const seen = written.length
      await send('orders', [
        ['ann', 'article-7', 0],
        ['bob', 'article-7', 1],
      ])
      await readUntil(() => written.length >= seen + 2)
    }
    assert.ok(isNew())
    const [first] = workers
    const second = await start('worker.2')
    await awaitLine(second, 'joined the group')
    assert.equal(await first?.stop(), 0)
    const seen = written.length
    await send('orders', [
      ['ann', 'article-7', 0],
      ['bob', 'article-7', 1],
    ])
    await readUntil(() => written.length >= seen + 2)
    assert.deepEqual(written.slice(seen), ['article-7 2', 'article-7 2'])
    const [{ port } = { port: 0 }] = second.logged('serving metrics and stores')
    assert.deepEqual(await answer(`http://127.0.0.1:${String(port)}/stores/prices/article-7`), {
      dyno: 'worker.2',
      task: 'global',
      role: 'global',
      lag: 'unknown',
      key: 'article-7',
      value: '2',
    })
  })
})

async function awaitLine(worker: WorkerProcess, message: string): Promise<void> {
  await until(
    () => worker.logged(message).length > 0,
    () => `${message}\n${worker.lines.slice(-8).join('\n')}`,
    { withinMs, everyMs: 50 },
  )
}

/** What the worker answers, without its time; threads report once a second, and one has to have done so. */
async function answer(url: string): Promise<object> {
  const response = await until(
    async () => {
      const asked = await fetch(url)
      return asked.ok && asked
    },
    url,
    { withinMs, everyMs: 100 },
  )
  const { timestamp: _, ...told } = Object(await response.json())
  return told
}
