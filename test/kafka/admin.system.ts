import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Consumer, Kafka } from 'kafkajs'
import { KafkajsAdmin } from '../../src/kafka/kafkajs-admin.ts'
import { openKafkajs } from '../../src/kafka/kafkajs-admin-client.ts'
import { CertificateAuthority } from '../../src/host/certificate-authority.ts'
import type { Broker } from '../../src/local/broker/broker.ts'
import type { KafkaCredentials } from '../../src/local/cluster.ts'
import { addressFor, startTestBroker } from '../support/broker.ts'
import { kafkaAdminContract, type AdminWorld } from './admin-contract.ts'

const prefix = 'yukon-12345.'
const signal = new AbortController().signal

describe('the Kafka admin on kafkajs, as a tenant of a real broker', () => {
  let broker: Broker
  let credentials: KafkaCredentials
  let world: AdminWorld

  before(async () => {
    broker = await startTestBroker()
    credentials = await broker.issueCredentials(prefix)
    world = openWorld(broker, credentials)
  })
  after(async () => {
    await world.admin.close()
    await broker.close()
  })

  kafkaAdminContract(() => world)

  it('says that a certificate of another authority is refused', async () => {
    const other = await CertificateAuthority.create('somebody else', Date.now())
    const pair = await other.issue({ commonName: credentials.principal }, Date.now())
    const forged = { ...credentials, clientCert: pair.certificate, clientKey: pair.key }

    assert.match(await refusal(broker.addresses.basic, forged), /TLS with Kafka .*KAFKA_CLIENT_CERT/)
  })

  it('does not trust a broker that another authority has signed', async () => {
    const other = await CertificateAuthority.create('somebody else', Date.now())
    const trusting = { ...credentials, trustedCert: other.pair.certificate }

    assert.match(await refusal(broker.addresses.basic, trusting), /TLS with Kafka .*KAFKA_TRUSTED_CERT/)
  })

  it('says that broken PEM text is broken', async () => {
    const broken = { ...credentials, clientKey: 'not a key' }

    assert.match(
      await refusal(broker.addresses.basic, broken),
      /KAFKA_CLIENT_CERT_KEY must be those of this cluster, unbroken/,
    )
  })

  it('says that a cluster which was there is gone', async () => {
    const first = await startTestBroker()
    const own = await first.issueCredentials(prefix)
    const admin = new KafkajsAdmin(addressFor(first.addresses.basic, own), { clientId: 'test' })
    assert.equal((await admin.partitions([], signal)).kind, 'answer')
    await first.close()

    const answer = await admin.partitions([], signal)

    await admin.close()
    assert.equal(answer.kind, 'unreachable')
  })
})

async function refusal(address: string, credentials: KafkaCredentials): Promise<string> {
  const admin = new KafkajsAdmin(addressFor(address, credentials), { clientId: 'test' })
  const answer = await admin.partitions(['x'], signal)
  await admin.close()
  if (answer.kind !== 'certificate') assert.fail(answer.kind)
  return answer.message
}

function openWorld(broker: Broker, credentials: KafkaCredentials): AdminWorld {
  const address = addressFor(broker.addresses.basic, credentials)
  const connect = (clientId: string): Kafka =>
    openKafkajs(address, { clientId, retries: 5, connectionTimeoutMs: 3_000 })
  return {
    admin: new KafkajsAdmin(address, { clientId: 'operator' }),
    createTopic: (name, partitions) =>
      broker.createTopic({ name, partitions, config: { cleanupPolicy: 'delete', retentionMs: 86_400_000 } }),
    grantGroup: (id) => broker.grantGroup(id),
    produce: async (topic, partition, count) => {
      const producer = connect('test').producer()
      await producer.connect()
      await producer.send({ topic, messages: Array.from({ length: count }, () => ({ partition, value: 'a line' })) })
      await producer.disconnect()
    },
    commit: async (groupId, topic, partition, offset) => {
      const consumer = await joined(connect('test'), groupId, topic)
      await consumer.commitOffsets([{ topic, partition, offset: String(offset) }])
      await consumer.disconnect()
    },
    join: async (groupId, topic, clientId) => {
      const consumer = await joined(connect(clientId), groupId, topic)
      return () => consumer.disconnect()
    },
  }
}

/** A member of the group that reads nothing: a fetch in flight would hold its end up. */
async function joined(kafka: Kafka, groupId: string, topic: string): Promise<Consumer> {
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100 })
  await consumer.connect()
  await consumer.subscribe({ topic })
  const member = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve))
  await consumer.run({ autoCommit: false, eachMessage: () => Promise.resolve() })
  await member
  return consumer
}
