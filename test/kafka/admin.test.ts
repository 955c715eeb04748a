import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { describe, it } from 'node:test'
import { portOf } from '../../src/host/open-server.ts'
import { KafkajsAdmin } from '../../src/kafka/kafkajs-admin.ts'
import { FakeKafkaAdmin } from '../support/fake-kafka-admin.ts'
import { kafkaAdminContract, type AdminWorld } from './admin-contract.ts'

describe('a fake Kafka admin', () => {
  const admin = new FakeKafkaAdmin('yukon-12345.')
  const world: AdminWorld = {
    admin,
    createTopic: (name, partitions) => Promise.resolve(admin.createTopic(name, partitions)),
    grantGroup: (id) => Promise.resolve(admin.grantGroup(id)),
    produce: (topic, partition, count) => Promise.resolve(admin.produce(topic, partition, count)),
    commit: (group, topic, partition, offset) => Promise.resolve(admin.commit(group, topic, partition, offset)),
    join: (group, _topic, clientId) => {
      admin.join(group, { id: `${clientId}-1`, clientId, host: '/127.0.0.1' })
      return Promise.resolve(() => Promise.resolve(admin.leave(group, `${clientId}-1`)))
    },
  }
  kafkaAdminContract(() => world)
})

describe('the Kafka admin on kafkajs', () => {
  const signal = new AbortController().signal

  it('says within its deadline that nobody listens', async () => {
    const port = await listening(createServer(), (server) => server.close())
    const admin = new KafkajsAdmin({ brokers: [`127.0.0.1:${port}`] }, { clientId: 'test' })

    const answer = await admin.partitions(['lines'], signal)

    await admin.close()
    if (answer.kind !== 'unreachable') assert.fail(answer.kind)
    assert.match(answer.message, new RegExp(`127.0.0.1:${port}.*ECONNREFUSED.*kafka:info`))
  })

  it('says within its deadline that a cluster is silent', async () => {
    const silent = createServer()
    const port = await listening(silent, () => undefined)
    const admin = new KafkajsAdmin({ brokers: [`127.0.0.1:${port}`] }, { clientId: 'test', deadlineMs: 200 })

    const answer = await admin.group('word-count', signal)

    await admin.close()
    silent.close()
    if (answer.kind !== 'unreachable') assert.fail(answer.kind)
    assert.match(answer.message, /group word-count: nothing came within 0.2 s/)
  })

  it('ends at once when it is broken off', async () => {
    const stop = new AbortController()
    const admin = new KafkajsAdmin({ brokers: ['127.0.0.1:1'] }, { clientId: 'test' })
    const answer = admin.partitions([], stop.signal)
    stop.abort(new Error('stopping'))

    await assert.rejects(answer, /stopping/)
    await admin.close()
  })
})

async function listening(server: Server, then: (server: Server) => void): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = portOf(server)
  then(server)
  return port
}
