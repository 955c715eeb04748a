import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { systemClock } from '../../src/host/system-clock.ts'
import { KafkajsClient } from '../../src/kafka/kafkajs-client.ts'
import type { RecordBatch } from '../../src/kafka/record.ts'
import type { RecordSink } from '../../src/kafka/record-sink.ts'
import type { StreamClient } from '../../src/kafka/stream-client.ts'
import { WireClient } from '../../src/kafka/wire/wire-client.ts'
import { addressFor, startTestBroker } from '../../test/support/broker.ts'
import type { Tell } from '../run-by-name.ts'
import type { Bench } from './bench.ts'
import { describeMachine } from './machine.ts'
import { markdownTable } from './markdown-table.ts'
import { writeResults } from './write-results.ts'
import { good } from '../../test/support/wire-system.ts'

const partitions = 8
const rounds = 2
const mostPendingBytes = 8 * 1024 * 1024
const never = new AbortController().signal

export const bench: Bench = {
  summary: 'kafkajs and the wire client on one broker over mTLS, in turns: produce, consume, map; 100-byte records',
  usage: '[--records 300000]',
  async run(args, tell) {
    const { values } = parseArgs({ args: [...args], options: { records: { type: 'string', default: '300000' } } })
    await compareClients(Number(values.records), tell)
  },
}

interface Measured {
  readonly perSecond: number
  readonly perCpuSecond: number
}

const clientNames = ['kafkajs', 'wire'] as const

async function compareClients(records: number, tell: Tell): Promise<void> {
  const machine = describeMachine(loadavg()[0] ?? 0)
  await using broker = await openBroker()
  const clients = {
    kafkajs: () => new KafkajsClient(broker.address, 'bench'),
    wire: () => new WireClient(broker.address, { clientId: 'bench', clock: systemClock, random: Math.random }),
  }
  await broker.createTopics(['warm', 'in', ...clientNames.map((name) => `out-${name}`)])
  for (const name of clientNames) await withClient(clients[name], (client) => produce(client, 'warm', records))
  await withClient(clients.wire, (client) => produce(client, 'in', records))
  const tasks = {
    produce: (client: StreamClient, to: string) => produce(client, to, records),
    consume: (client: StreamClient) => consume(client, records),
    map: (client: StreamClient, to: string) => map(client, to, records),
  }
  const results = new Map<string, Measured[]>()
  for (let round = 0; round < rounds; round++) {
    for (const [task, run] of Object.entries(tasks)) {
      for (const name of clientNames) {
        const measured = await measure(records, () => withClient(clients[name], (client) => run(client, `out-${name}`)))
        results.set(`${task} ${name}`, [...(results.get(`${task} ${name}`) ?? []), measured])
        tell(
          `${task} with ${name}: ${thousands(measured.perSecond)} k/s, ${thousands(measured.perCpuSecond)} k per CPU-second`,
        )
      }
    }
  }
  const rows = Object.keys(tasks).map((task) => {
    const [kafkajs, wire] = [best(results, `${task} kafkajs`), best(results, `${task} wire`)]
    return { task, kafkajs, wire, ratio: wire.perCpuSecond / kafkajs.perCpuSecond }
  })
  const markdown = markdownTable(
    ['thousands of records', 'kafkajs /s', 'wire /s', 'kafkajs /CPU-s', 'wire /CPU-s', 'ratio per CPU-s'],
    rows.map(({ task, kafkajs, wire, ratio }) => [
      task,
      ...[kafkajs.perSecond, wire.perSecond, kafkajs.perCpuSecond, wire.perCpuSecond].map(thousands),
      ratio.toFixed(1),
    ]),
  )
  for (const line of markdown) tell(line)
  tell(`written to ${await writeResults({ name: 'wire', machine, rows, markdown })}`)
}

async function produce(client: StreamClient, topic: string, records: number): Promise<void> {
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

async function consume(client: StreamClient, records: number): Promise<void> {
  let bytes = 0
  await read(client, records, async (batch) => {
    for (let index = 0; index < batch.length; index++) {
      bytes += (batch.key(index)?.length ?? 0) + (batch.value(index)?.length ?? 0)
    }
  })
  if (bytes < records * 90) throw new Error(`only ${bytes} bytes were read`)
}

async function map(client: StreamClient, to: string, records: number): Promise<void> {
  const sink = client.openSink()
  good(await sink.prepare([to]))
  await read(client, records, async (batch) => {
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

async function read(client: StreamClient, records: number, take: Take): Promise<void> {
  const source = client.openSource({ readCommitted: false, maxBytesPerPartition: 1024 * 1024 })
  source.assign(Array.from({ length: partitions }, (_, partition) => ({ topic: 'in', partition, offset: 0 })))
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

async function measure(records: number, work: () => Promise<void>): Promise<Measured> {
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
  const started = await startTestBroker()
  const address = addressFor(started.addresses.dedicated, await started.issueCredentials(null))
  return {
    address,
    async createTopics(names: readonly string[]) {
      const config = { cleanupPolicy: 'delete', retentionMs: null } as const
      for (const name of names) await started.createTopic({ name, partitions, config })
    },
    [Symbol.asyncDispose]: () => started.close(),
  }
}

function best(results: ReadonlyMap<string, Measured[]>, key: string): Measured {
  const [first, ...rest] = results.get(key) ?? []
  if (first === undefined) throw new Error(`${key} was not measured`)
  return rest.reduce((most, each) => (each.perCpuSecond > most.perCpuSecond ? each : most), first)
}

const thousands = (count: number): string => String(Math.round(count / 1000))
