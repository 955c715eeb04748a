import { after, before, describe } from 'node:test'
import { KafkajsClient } from '../../src/kafka/kafkajs-client.ts'
import type { Broker } from '../../src/local/broker/broker.ts'
import { streamClientContract, type ClusterUnderTest } from '../contract/kafka-stream-client.ts'
import { basicTenant, startTestBroker } from '../support/broker.ts'

describe('kafkajs behind the ports of a stream thread, as a tenant of the basic plan', () => {
  const prefix = 'columbia-1.'
  let broker: Broker | undefined
  let cluster: ClusterUnderTest | undefined

  before(async () => {
    const started = await startTestBroker()
    broker = started
    const address = await basicTenant(started, prefix)
    const config = { cleanupPolicy: 'delete', retentionMs: null } as const
    await started.createTopic({ name: `${prefix}one`, partitions: 3, config })
    await started.createTopic({ name: `${prefix}two`, partitions: 1, config })
    cluster = {
      prefix,
      group: async (name) => {
        await started.grantGroup(prefix + name)
        return prefix + name
      },
      openClient: () => new KafkajsClient(address, 'contract'),
      mayPurge: false,
    }
  })

  after(() => broker?.close())

  streamClientContract(() => {
    if (cluster === undefined) throw new Error('the broker did not start')
    return cluster
  })
})
