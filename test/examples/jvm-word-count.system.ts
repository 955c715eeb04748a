import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { parseDuration } from '../../src/base/duration.ts'
import { streamsConfigVars } from '../../src/controller/desired/config-vars.ts'
import { readFacts } from '../../src/controller/desired/read-topology.ts'
import { openKafkajs } from '../../src/kafka/kafkajs-admin-client.ts'
import type { Broker } from '../../src/local/broker/broker.ts'
import type { KafkaCredentials, LocalTopic } from '../../src/local/cluster.ts'
import { kafkaConfigVars } from '../../src/local/kafka-config-vars.ts'
import { parseManifests } from '../../src/resource/parse-manifests.ts'
import type { StreamApp } from '../../src/resource/stream-app.ts'
import { internalTopics } from '../../src/topology/internal-topics.ts'
import { parseDescription } from '../../src/topology/parse-description.ts'
import { addressFor, startTestBroker } from '../support/broker.ts'
import { DynoProcess } from '../support/dyno-process.ts'
import { buildJvmWordCount } from '../support/jvm-word-count.ts'
import { until } from '../support/until.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const prefix = 'yukon-12345.'
const { app } = readManifest()
const applicationId = `${prefix}${app.spec.applicationName}`
const patience = { withinMs: 60_000, everyMs: 200 }

/** The text to count: a licence that nobody here wrote. */
const lines = readFileSync(join(root, 'node_modules/typebox/license'), 'utf8').split('\n')

describe('a Kafka Streams app on the JVM, on the basic way in', () => {
  let slug: string
  let broker: Broker
  let tenant: KafkaCredentials
  let vars: Readonly<Record<string, string>>

  before(async () => {
    slug = await mkdtemp(join(tmpdir(), 'weirkeeper-test-'))
    await buildJvmWordCount(join(slug, 'app'))
    broker = await startTestBroker()
    tenant = await broker.issueCredentials(prefix)
    vars = {
      ...kafkaConfigVars('KAFKA', broker.addresses.basic, tenant),
      KAFKA_PREFIX: prefix,
      ...streamsConfigVars(applicationId, app.spec.streams),
      STREAMS_SESSION_TIMEOUT_MS: '6000',
      JAVA_OPTS: '-Xmx128m -XX:+UseSerialGC -XX:TieredStopAtLevel=1',
    }
    for (const topic of userTopics()) await broker.createTopic(topic)
  })
  after(async () => {
    await broker.close()
    await rm(slug, { recursive: true, force: true })
  })

  it('describes itself as its manifest says', async () => {
    const command = join(slug, 'app')
    const classPath = `${command}/target/classes:${command}/target/lib/*`
    const { stdout } = await promisify(execFile)('java', ['-cp', classPath, 'WordCount', '--describe'])

    // YAML's block text ends with one line break.
    assert.equal(stdout.trimEnd(), app.spec.topology.describe?.trimEnd())
  })

  it('dies of the broker’s refusal while nobody has made its group and its internal topics', async () => {
    await using withoutGroup = await startDyno(slug, 'refused.1', vars)
    assert.equal(await withoutGroup.ended, 'exit code 1')
    assert.match(
      withoutGroup.output,
      /GroupAuthorizationException: Not authorized to access group: yukon-12345\.jvm-word-count/,
    )

    await broker.grantGroup(applicationId)
    await using withoutTopics = await startDyno(slug, 'refused.2', vars)
    assert.equal(await withoutTopics.ended, 'exit code 1')
    assert.match(
      withoutTopics.output,
      /StreamsException: Could not create topic yukon-12345\.jvm-word-count-by-word-repartition[^]*TopicAuthorizationException: Authorization failed/,
    )
  })

  it('counts right in two dynos with two threads and a standby each, and hands over when one stops', async () => {
    for (const topic of operatorTopics()) await broker.createTopic(topic)
    await broker.grantGroup(applicationId)
    await using first = await startDyno(slug, 'worker.1', vars)
    await using second = await startDyno(slug, 'worker.2', vars)
    await produceLines(broker, tenant, lines)
    await until(async () => sameCounts(await readCounts(broker), countWords(lines)), 'every count', patience)
    for (const dyno of [first, second]) await until(() => dyno.output.includes('-> RUNNING'), 'RUNNING', patience)

    // A task and its standby each have a folder: with one standby, every store is on both dynos.
    const stores = ['1_0', '1_1', '1_2', '1_3', '1_4', '1_5']
    for (const dyno of ['worker.1', 'worker.2']) {
      await until(() => stores.every((task) => existsSync(stateFolder(slug, dyno, task))), 'the stores', patience)
    }

    const stopping = performance.now()
    first.terminate()
    assert.equal(await first.ended, 'exit code 143')
    assert.ok(performance.now() - stopping < 30_000)
    await produceLines(broker, tenant, lines)
    await until(
      async () => sameCounts(await readCounts(broker), countWords([...lines, ...lines])),
      'both counts',
      patience,
    )
  })
})

function readManifest(): { readonly app: StreamApp } {
  const path = join(root, 'manifests/jvm-word-count.yaml')
  const { apps, mistakes } = parseManifests([{ name: path, bytes: readFileSync(path) }])
  assert.deepEqual(mistakes, [])
  const [document] = apps
  if (document === undefined) assert.fail('no document')
  return document
}

function userTopics(): readonly Omit<LocalTopic, 'sizeBytes'>[] {
  return app.spec.topics.map(({ name, partitions, retention, cleanupPolicy }) => {
    const read = parseDuration(retention ?? '24h')
    return {
      name: `${prefix}${name}`,
      partitions: partitions ?? 1,
      config: { cleanupPolicy: cleanupPolicy ?? 'delete', retentionMs: read.ok ? read.value : null },
    }
  })
}

/** The internal topics as the operator works them out. */
function operatorTopics(): readonly Omit<LocalTopic, 'sizeBytes'>[] {
  const description = parseDescription(app.spec.topology.describe ?? '')
  if (!description.ok) assert.fail(JSON.stringify(description.error))
  const facts = readFacts(app.spec, description.value, new Map())
  return internalTopics(description.value, app.spec.applicationName, facts).map((topic) => {
    if (topic.cleanupPolicy === 'uncertain') assert.fail(topic.because)
    return {
      name: `${prefix}${topic.name}`,
      partitions: topic.partitions ?? 0,
      config: { cleanupPolicy: topic.cleanupPolicy, retentionMs: null },
    }
  })
}

/** A folder of its own, with the app in it, and its state beside. */
async function startDyno(slug: string, name: string, vars: Readonly<Record<string, string>>): Promise<DynoProcess> {
  const folder = join(slug, name)
  await mkdir(folder)
  await symlink(join(slug, 'app', 'target'), join(folder, 'target'))
  const command = /^worker: (?<command>.+)$/m.exec(readFileSync(join(slug, 'app', 'Procfile'), 'utf8'))?.groups?.[
    'command'
  ]
  return new DynoProcess(command ?? '', folder, { ...vars, DYNO: name })
}

const stateFolder = (slug: string, dyno: string, task: string): string =>
  join(slug, dyno, 'state', applicationId, task, 'rocksdb')

async function produceLines(broker: Broker, tenant: KafkaCredentials, text: readonly string[]): Promise<void> {
  const address = addressFor(broker.addresses.basic, tenant)
  const producer = openKafkajs(address, { clientId: 'test', retries: 5, connectionTimeoutMs: 3_000 }).producer()
  await producer.connect()
  const messages = text.map((value, index) => ({ value, partition: index % 6 }))
  await producer.send({ topic: `${prefix}jvm-lines`, messages })
  await producer.disconnect()
}

/** The latest count of each word, read to the end of the sink topic. */
async function readCounts(broker: Broker): Promise<ReadonlyMap<string, number>> {
  const dedicated = await broker.issueCredentials(null)
  const kafka = openKafkajs(addressFor(broker.addresses.dedicated, dedicated), {
    clientId: 'test',
    retries: 5,
    connectionTimeoutMs: 3_000,
  })
  const topic = `${prefix}jvm-word-counts`
  const admin = kafka.admin()
  await admin.connect()
  const ends = await admin.fetchTopicOffsets(topic)
  await admin.disconnect()
  const missing = new Map(
    ends.filter(({ high }) => high !== '0').map(({ partition, high }) => [partition, Number(high)]),
  )
  const counts = new Map<string, number>()
  if (missing.size === 0) return counts
  const consumer = kafka.consumer({ groupId: `reader-${dedicated.principal}`, maxWaitTimeInMs: 100 })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await new Promise<void>((resolve, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error))
    const eachMessage = ({ partition, message }: { partition: number; message: CountMessage }): Promise<void> => {
      counts.set(String(message.key), Number(message.value?.readBigInt64BE()))
      if (Number(message.offset) + 1 >= (missing.get(partition) ?? 0)) missing.delete(partition)
      if (missing.size === 0) resolve()
      return Promise.resolve()
    }
    consumer.run({ eachMessage }).catch(reject)
  })
  await consumer.disconnect()
  return counts
}

interface CountMessage {
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly offset: string
}

function countWords(text: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const line of text) {
    for (const word of line.toLowerCase().match(/\p{L}+/gu) ?? []) counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  return counts
}

const sameCounts = (found: ReadonlyMap<string, number>, expected: ReadonlyMap<string, number>): boolean =>
  found.size === expected.size && [...expected].every(([word, count]) => found.get(word) === count)
