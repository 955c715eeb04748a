/**
 * kafkajs and the wire client side by side on one broker over mTLS, in turns:
 * produce, consume, and map (consume, change nothing, produce), 100-byte records.
 * `node scripts/bench-wire.ts [records]`; prints records a second and records a CPU-second.
 */
import { homedir } from 'node:os'
import { Kafka, logLevel } from 'kafkajs'
import type { Result } from '../src/base/result.ts'
import { Secret } from '../src/base/secret.ts'
import { systemClock } from '../src/host/system-clock.ts'
import type { ClusterAddress } from '../src/kafka/cluster-address.ts'
import { KafkajsClient } from '../src/kafka/kafkajs-client.ts'
import type { RecordBatch } from '../src/kafka/record.ts'
import type { RecordSink } from '../src/kafka/record-sink.ts'
import type { StreamClient } from '../src/kafka/stream-client.ts'
import type { StreamFailure } from '../src/kafka/stream-failure.ts'
import { WireClient } from '../src/kafka/wire/wire-client.ts'
import { tlsOptions } from '../src/kafka/kafkajs-cluster.ts'
import { cacheFolder } from '../src/local/artifact/cache-folder.ts'
import { startBroker } from '../src/local/broker/broker.ts'

const records = Number(process.argv[2] ?? 300_000)
const partitions = 8
const rounds = 2
const mostPendingBytes = 8 * 1024 * 1024
const never = new AbortController().signal

interface Measured {
  readonly perSecond: number
  readonly perCpuSecond: number
}

const tasks = { produce, consume, map }

await using broker = await openBroker()
const clients: Readonly<Record<string, () => StreamClient>> = {
  kafkajs: () => new KafkajsClient(broker.address, 'bench'),
  wire: () => new WireClient(broker.address, { clientId: 'bench', clock: systemClock, random: Math.random }),
}
await broker.createTopics(['warm', 'in', ...Object.keys(clients).map((name) => `out-${name}`)])
for (const open of Object.values(clients)) await withClient(open, (client) => produce(client, '', 'warm'))
await withClient(clients['wire'] ?? fail, (client) => produce(client, '', 'in'))

const results = new Map<string, Measured[]>()
for (let round = 0; round < rounds; round++) {
  for (const [task, run] of Object.entries(tasks)) {
    for (const [name, open] of Object.entries(clients)) {
      const measured = await measure(() => withClient(open, (client) => run(client, 'in', `out-${name}`)))
      results.set(`${task} ${name}`, [...(results.get(`${task} ${name}`) ?? []), measured])
    }
  }
}
for (const task of Object.keys(tasks)) {
  const [kafkajs, wire] = [best(`${task} kafkajs`), best(`${task} wire`)]
  console.log(
    `${task.padEnd(8)} kafkajs ${show(kafkajs)}   wire ${show(wire)}   ratio per CPU-second ${(wire.perCpuSecond / kafkajs.perCpuSecond).toFixed(1)}`,
  )
}

async function produce(client: StreamClient, _from: string, topic: string): Promise<void> {
  const sink = client.openSink()
  good(await sink.prepare([topic]))
  const value = Buffer.alloc(90, 'x')
  const begun = Date.now() // an old one would be deleted by the topic's retention
  for (let index = 0; index < records; index++) {
    const key = Buffer.from(`key ${index % 10_000}`)
    sink.send({ topic, partition: null, timestamp: begun + index, key, value, headers: [] })
    if (index % 1000 === 0) await drain(sink)
  }
  good(await sink.flush())
  await sink.close()
}

async function consume(client: StreamClient, from: string): Promise<void> {
  let bytes = 0
  await read(client, from, async (batch) => {
    for (let index = 0; index < batch.length; index++) {
      bytes += (batch.key(index)?.length ?? 0) + (batch.value(index)?.length ?? 0)
    }
  })
  if (bytes < records * 90) throw new Error(`only ${bytes} bytes were read`)
}

async function map(client: StreamClient, from: string, to: string): Promise<void> {
  const sink = client.openSink()
  good(await sink.prepare([to]))
  await read(client, from, async (batch) => {
    for (let index = 0; index < batch.length; index++) {
      const [key, value, timestamp] = [batch.key(index), batch.value(index), batch.timestamp(index)]
      sink.send({ topic: to, partition: null, timestamp, key, value, headers: batch.headers(index) })
    }
    await drain(sink)
  })
  good(await sink.flush())
  await sink.close()
}

type Take = (batch: RecordBatch) => Promise<void>

async function read(client: StreamClient, topic: string, take: Take): Promise<void> {
  const source = client.openSource({ readCommitted: false, maxBytesPerPartition: 1024 * 1024 })
  source.assign(Array.from({ length: partitions }, (_, partition) => ({ topic, partition, offset: 0 })))
  for (let count = 0; count < records;) {
    for (const batch of good(await source.poll(500, never)).batches) {
      await take(batch)
      count += batch.length
    }
  }
  await source.close()
}

/** kafkajs writes on flush only. */
async function drain(sink: RecordSink): Promise<void> {
  if (sink.pendingBytes > mostPendingBytes) good(await sink.flush())
}

async function measure(work: () => Promise<void>): Promise<Measured> {
  const [begun, cpu] = [performance.now(), process.cpuUsage()]
  await work()
  const { user, system } = process.cpuUsage(cpu)
  return {
    perSecond: (records / (performance.now() - begun)) * 1e3,
    perCpuSecond: (records / (user + system)) * 1e6,
  }
}

async function withClient(open: () => StreamClient, use: (client: StreamClient) => Promise<void>): Promise<void> {
  const client = open()
  await use(client)
  await client.close()
}

async function openBroker() {
  const repository = process.env['WEIRKEEPER_MAVEN_REPOSITORY']
  const started = await startBroker({ cache: { folder: cacheFolder(process.env, homedir()), repository } })
  const { trustedCert, clientCert, clientKey } = await started.issueCredentials(null)
  const tls = { trusted: trustedCert, certificate: clientCert, key: new Secret(clientKey) }
  const address: ClusterAddress = { brokers: [started.addresses.dedicated], tls }
  return {
    address,
    async createTopics(names: readonly string[]) {
      const kafka = new Kafka({ brokers: [...address.brokers], logLevel: logLevel.NOTHING, ssl: tlsOptions(tls) })
      const admin = kafka.admin()
      await admin.connect()
      await admin.createTopics({ topics: names.map((topic) => ({ topic, numPartitions: partitions })) })
      await admin.disconnect()
    },
    [Symbol.asyncDispose]: () => started.close(),
  }
}

function best(key: string): Measured {
  const [first, ...rest] = results.get(key) ?? []
  if (first === undefined) throw new Error(`${key} was not measured`)
  return rest.reduce((most, each) => (each.perCpuSecond > most.perCpuSecond ? each : most), first)
}

function show({ perSecond, perCpuSecond }: Measured): string {
  return `${Math.round(perSecond / 1000)} k/s, ${Math.round(perCpuSecond / 1000)} k per CPU-s`.padEnd(28)
}

function good<Value>(result: Result<Value, StreamFailure>): Value {
  if (!result.ok) throw new Error(result.error.reason)
  return result.value
}

function fail(): never {
  throw new Error('no such client')
}
