import { after, before } from 'node:test'
import type { ClusterAddress } from '../../src/kafka/cluster-address.ts'
import type { StreamClient } from '../../src/kafka/stream-client.ts'
import type { Broker } from '../../src/local/broker/broker.ts'
import { basicTenant, startTestBroker } from '../support/broker.ts'
import { streamClientContract, type ClusterUnderTest } from './kafka-stream-client.ts'

/** The contract on a real broker, as a tenant of the basic plan. Run inside a `describe`. */
export function streamClientContractOnBasicPlan(openClient: (address: ClusterAddress) => StreamClient): void {
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
      openClient: () => openClient(address),
      mayPurge: false,
    }
  })

  after(() => broker?.close())

  streamClientContract(() => {
    if (cluster === undefined) throw new Error('the broker did not start')
    return cluster
  })
}
