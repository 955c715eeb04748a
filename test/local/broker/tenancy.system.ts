import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { after, before, describe, it } from 'node:test'
import { openKafkajs } from '../../../src/kafka/kafkajs-admin-client.ts'
import type { Broker } from '../../../src/local/broker/broker.ts'
import type { KafkaCredentials } from '../../../src/local/cluster.ts'
import { kafkaConfigVars } from '../../../src/local/kafka-config-vars.ts'
import { addressFor, startTestBroker } from '../../support/broker.ts'
import { compileJava, runJavaProgram } from '../../support/java-program.ts'

const own = 'yukon-12345.'
const foreign = 'columbia-54321.'
const probe = fileURLToPath(new URL('TenantProbe.java', import.meta.url))
/** Of the probe, compiled. */
const classes = await mkdtemp(join(tmpdir(), 'weirkeeper-test-'))
const config = { cleanupPolicy: 'delete', retentionMs: 86_400_000 } as const

/** What Kafka's Java clients say to a tenant of the basic plan. */
const asTenant = {
  'list topics': `ok [${own}doomed, ${own}lines]`,
  'list groups': 'ok []',
  'create topic': 'TopicAuthorizationException',
  'create foreign topic': 'TopicAuthorizationException',
  'add partitions': 'TopicAuthorizationException',
  'alter configs': 'TopicAuthorizationException',
  'describe configs': 'TopicAuthorizationException',
  'describe topic': 'ok 3',
  'describe foreign topic': 'TopicAuthorizationException',
  'describe foreign group': 'GroupAuthorizationException',
  'move foreign group': 'GroupAuthorizationException',
  'describe acls': 'ClusterAuthorizationException',
  'change acls': 'ClusterAuthorizationException',
  'delete records': 'TopicAuthorizationException',
  'delete topic': 'TopicAuthorizationException',
  'delete group': 'GroupAuthorizationException',
  produce: 'ok',
  'produce to foreign topic': 'TopicAuthorizationException',
  'produce to missing topic': 'TimeoutException',
  transaction: 'ok',
  'transaction with foreign id': 'TransactionalIdAuthorizationException',
  consume: 'ok',
  'consume in ungranted group': 'GroupAuthorizationException',
  'consume in foreign group': 'GroupAuthorizationException',
  'consume foreign topic': 'TopicAuthorizationException',
}

describe('the two ways into the local broker', () => {
  let broker: Broker
  let tenant: KafkaCredentials
  let dedicated: KafkaCredentials

  before(async () => {
    await compileJava(probe, classes)
    broker = await startTestBroker()
    tenant = await broker.issueCredentials(own)
    const neighbour = await broker.issueCredentials(foreign)
    dedicated = await broker.issueCredentials(null)
    for (const prefix of [own, foreign]) {
      await broker.createTopic({ name: `${prefix}lines`, partitions: 3, config })
      await broker.createTopic({ name: `${prefix}doomed`, partitions: 1, config })
      await broker.grantGroup(`${prefix}readers`)
    }
    await leaveGroupBehind(broker, neighbour)
  })
  after(async () => {
    await broker.close()
    await rm(classes, { recursive: true, force: true })
  })

  it('lets a basic tenant do what its prefix and its groups allow, and nothing else', async () => {
    assert.deepEqual(await outcomes(broker.addresses.basic, tenant), asTenant)
    assert.deepEqual((await broker.topics()).map(({ name, partitions }) => `${name} ${partitions}`).toSorted(), [
      `${foreign}doomed 1`,
      `${foreign}lines 3`,
      `${own}doomed 1`,
      `${own}lines 3`,
    ])
  })

  it('gives a basic tenant nothing on the dedicated way in', async () => {
    const found = await outcomes(broker.addresses.dedicated, tenant)

    assert.equal(found['list topics'], 'ok []')
    assert.equal(found['list groups'], 'ok []')
    assert.equal(found['produce'], 'TopicAuthorizationException')
    assert.equal(found['create topic'], 'TopicAuthorizationException')
  })

  it('gives a dedicated customer nothing on the basic way in', async () => {
    const found = await outcomes(broker.addresses.basic, dedicated)

    assert.equal(found['list topics'], 'ok []')
    assert.equal(found['produce'], 'TopicAuthorizationException')
  })

  it('refuses revoked credentials everything', async () => {
    const passing = await broker.issueCredentials(own)
    await broker.revokeCredentials(passing)
    const found = await outcomes(broker.addresses.basic, passing)

    assert.equal(found['list topics'], 'ok []')
    assert.equal(found['produce'], 'TopicAuthorizationException')
    assert.equal(found['consume'], 'TopicAuthorizationException')
  })

  it('lets a dedicated customer create, change and delete, but not change the access lists', async () => {
    const found = await outcomes(broker.addresses.dedicated, dedicated)

    const refused = Object.entries(found).filter(([, outcome]) => !outcome.startsWith('ok'))
    assert.deepEqual(refused, [
      ['change acls', 'ClusterAuthorizationException'],
      ['produce to missing topic', 'TimeoutException'],
    ])
    assert.equal(found['describe topic'], 'ok 9')
    assert.ok((await broker.topics()).every(({ name }) => name !== `${own}doomed`))
  })

  it('shakes no hand without a client certificate', async () => {
    for (const address of Object.values(broker.addresses)) {
      const [host = '', port = ''] = address.split(':')
      const socket = connect({ host, port: Number(port), ca: tenant.trustedCert })
      const [error]: unknown[] = await once(socket, 'error')
      assert.match(String(error), /alert bad certificate|certificate required/)
    }
  })

  it('refuses kafkajs what it refuses Java', async () => {
    const kafka = openKafkajs(addressFor(broker.addresses.basic, tenant), {
      clientId: 'test',
      retries: 1,
      connectionTimeoutMs: 3_000,
    })
    const admin = kafka.admin()
    await admin.connect()

    const refusedTopic = ({ errors }: { errors: readonly { type: string }[] }): boolean =>
      errors[0]?.type === 'TOPIC_AUTHORIZATION_FAILED'
    await assert.rejects(admin.createTopics({ topics: [{ topic: `${own}new`, numPartitions: 1 }] }), refusedTopic)
    await assert.rejects(admin.fetchTopicMetadata({ topics: [`${foreign}lines`] }), /Not authorized to access topics/)
    const { groups } = await admin.listGroups()

    await admin.disconnect()
    assert.deepEqual(
      groups.filter(({ groupId }) => groupId.startsWith(foreign)),
      [],
    )
  })
})

async function outcomes(address: string, credentials: KafkaCredentials): Promise<Readonly<Record<string, string>>> {
  const output = await runJavaProgram(
    { classes, mainClass: 'TenantProbe' },
    [own, foreign],
    kafkaConfigVars('KAFKA', address, credentials),
  )
  const lines = output.trimEnd().split('\n')
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('\t')), line.slice(line.indexOf('\t') + 1)]),
  )
}

/** So that there is a foreign group to be seen or not. */
async function leaveGroupBehind(broker: Broker, credentials: KafkaCredentials): Promise<void> {
  const kafka = openKafkajs(addressFor(broker.addresses.basic, credentials), {
    clientId: 'neighbour',
    retries: 5,
    connectionTimeoutMs: 3_000,
  })
  const consumer = kafka.consumer({ groupId: `${foreign}readers`, maxWaitTimeInMs: 100 })
  await consumer.connect()
  await consumer.subscribe({ topic: `${foreign}lines` })
  const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve))
  await consumer.run({ eachMessage: () => Promise.resolve() })
  await joined
  await consumer.commitOffsets([{ topic: `${foreign}lines`, partition: 0, offset: '0' }])
  await consumer.disconnect()
}
