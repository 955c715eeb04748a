import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { after, before, describe, it } from 'node:test'
import { openKafkajs } from '../../../src/kafka/kafkajs-admin-client.ts'
import { startBroker, type Broker } from '../../../src/local/broker/broker.ts'
import type { KafkaCredentials } from '../../../src/local/cluster.ts'
import { addressFor, startTestBroker } from '../../support/broker.ts'
import { localClusterContract } from '../cluster-contract.ts'
import { machineCache } from '../../support/machine-cache.ts'
import { until } from '../../support/until.ts'

const config = { cleanupPolicy: 'compact', retentionMs: null } as const

describe('the local broker', () => {
  it('starts with a class-data archive once one was made, and stays under 200 MB', async (test) => {
    const first = await startTestBroker()
    assert.equal(await first.archived, undefined)
    await first.close()
    const began = performance.now()
    await using broker = closing(await startTestBroker())
    const readyMs = Math.round(performance.now() - began)

    const memory = residentMb(broker.pid)
    test.diagnostic(`ready in ${readyMs} ms, ${memory ?? '?'} MB resident`)
    assert.ok(readyMs < 20_000, `${readyMs} ms`)
    assert.match(commandLine(broker.pid), /-XX:SharedArchiveFile=/)
    if (memory !== undefined) assert.ok(memory < 200, `${memory} MB`)
  })

  it('leaves no process, no port and no folder behind', async () => {
    const broker = await startTestBroker()
    const folder = dirname(broker.logFile)
    assert.ok(existsSync(folder) && isAlive(broker.pid))

    await broker.close()
    await broker.close()

    assert.equal(await broker.exited, 'exit code 143')
    assert.ok(!isAlive(broker.pid))
    assert.ok(!existsSync(folder))
    for (const address of Object.values(broker.addresses)) assert.equal(await isListening(address), false)
  })

  it('does not outlive a parent that is killed, nor does a temporary folder; a kept one stays', async () => {
    const kept = await mkdtemp(join(tmpdir(), 'weirkeeper-test-'))
    try {
      const [temporary, keeping] = await Promise.all([killedParent([]), killedParent([kept])])

      await until(() => !isAlive(temporary.pid) && !existsSync(dirname(temporary.logFile)), 'the end of the broker', {
        everyMs: 20,
      })
      await until(() => !isAlive(keeping.pid), 'the end of the broker', { everyMs: 20 })
      assert.ok(existsSync(join(kept, 'data', 'meta.properties')))
    } finally {
      await rm(kept, { recursive: true, force: true })
    }
  })

  it('keeps topics, records, rights and certificates in a folder of its own', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'weirkeeper-test-'))
    try {
      const first = await startBroker({ cache: machineCache(), folder })
      const credentials = await first.issueCredentials('yukon-1.')
      await first.createTopic({ name: 'yukon-1.lines', partitions: 2, config })
      await first.grantGroup('yukon-1.readers')
      await produce(first, credentials, 'yukon-1.lines')
      await first.close()

      await using again = closing(await startBroker({ cache: machineCache(), folder }))
      const later = await again.issueCredentials('yukon-1.')

      assert.equal(await firstValue(again, credentials, 'yukon-1.lines'), 'a line')
      assert.equal(await firstValue(again, later, 'yukon-1.lines'), 'a line')
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })

  it('shows the end of its log when it cannot start', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'weirkeeper-test-'))
    await mkdir(join(folder, 'data'))
    await writeFile(
      join(folder, 'data', 'meta.properties'),
      'version=1\nnode.id=77\ncluster.id=MkU3OEVBNTcwNTJENDM2Qg\n',
    )
    try {
      await assert.rejects(
        startBroker({ cache: machineCache(), folder }),
        /ended before it was ready \(exit code 1\)\. The end of its log:[^]*node id 77/,
      )
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})

describe('the local broker as the emulator’s cluster', () => {
  let broker: Broker
  before(async () => {
    broker = await startTestBroker()
  })
  after(() => broker.close())

  localClusterContract(() => broker)

  it('takes groups away again, and counts the bytes of a topic', async () => {
    const credentials = await broker.issueCredentials('yukon-1.')
    await broker.createTopic({ name: 'yukon-1.counts', partitions: 4, config })
    await broker.grantGroup('yukon-1.readers')
    await produce(broker, credentials, 'yukon-1.counts')
    const topics = await broker.topics()
    assert.ok((topics.find(({ name }) => name === 'yukon-1.counts')?.sizeBytes ?? 0) > 60)
    assert.equal(await firstValue(broker, credentials, 'yukon-1.counts'), 'a line')

    await broker.revokeGroup('yukon-1.readers')

    await assert.rejects(firstValue(broker, credentials, 'yukon-1.counts'))
  })
})

/** A process that starts a broker and is killed as soon as the broker is ready. */
async function killedParent(args: readonly string[]): Promise<{ readonly pid: number; readonly logFile: string }> {
  const script = fileURLToPath(new URL('../../support/broker-parent.ts', import.meta.url))
  const parent = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line]: unknown[] = await once(parent.stdout.setEncoding('utf8'), 'data')
  const [id = '', logFile = ''] = String(line).trim().split(' ')
  const pid = Number(id)
  assert.ok(isAlive(pid))
  parent.kill('SIGKILL')
  return { pid, logFile }
}

/** For `await using`. */
const closing = (broker: Broker): Broker & AsyncDisposable =>
  Object.assign(broker, { [Symbol.asyncDispose]: () => broker.close() })

const kafka = (broker: Broker, credentials: KafkaCredentials): ReturnType<typeof openKafkajs> =>
  openKafkajs(addressFor(broker.addresses.basic, credentials), {
    clientId: 'test',
    retries: 5,
    connectionTimeoutMs: 3_000,
  })

async function produce(broker: Broker, credentials: KafkaCredentials, topic: string): Promise<void> {
  const producer = kafka(broker, credentials).producer()
  await producer.connect()
  await producer.send({ topic, messages: [{ key: 'k', value: 'a line' }] })
  await producer.disconnect()
}

async function firstValue(broker: Broker, credentials: KafkaCredentials, topic: string): Promise<string | undefined> {
  const consumer = kafka(broker, credentials).consumer({ groupId: 'yukon-1.readers', maxWaitTimeInMs: 100 })
  await consumer.connect()
  try {
    await consumer.subscribe({ topic, fromBeginning: true })
    return await new Promise((resolve, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error))
      consumer
        .run({ autoCommit: false, eachMessage: ({ message }) => Promise.resolve(resolve(message.value?.toString())) })
        .catch(reject)
    })
  } finally {
    await consumer.disconnect()
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function isListening(address: string): Promise<boolean> {
  const [host, port] = address.split(':')
  const socket = connect({ host: host ?? '', port: Number(port) })
  const listening = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true))
    socket.once('error', () => resolve(false))
  })
  socket.destroy()
  return listening
}

/** Megabytes in memory, where the system tells. */
function residentMb(pid: number): number | undefined {
  const status = `/proc/${pid}/status`
  if (!existsSync(status)) return undefined
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(status, 'utf8'))?.[1]) / 1024)
}

function commandLine(pid: number): string {
  const file = `/proc/${pid}/cmdline`
  return existsSync(file) ? readFileSync(file, 'utf8') : '-XX:SharedArchiveFile= (not told by this system)'
}
