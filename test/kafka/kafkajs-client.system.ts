import { describe } from 'node:test'
import { KafkajsClient } from '../../src/kafka/kafkajs-client.ts'
import { streamClientContractOnBasicPlan } from '../contract/stream-client-on-basic-plan.ts'

describe('kafkajs behind the ports of a stream thread, as a tenant of the basic plan', () => {
  streamClientContractOnBasicPlan((address) => new KafkajsClient(address, 'contract'))
})
