import { describe } from 'node:test'
import { streamClientContract } from '../contract/kafka-stream-client.ts'
import { FakeKafka } from '../support/fake-kafka.ts'

describe('the fake cluster of the runtime’s tests', () => {
  const kafka = new FakeKafka()
  kafka.log.createTopic('one', 3)
  kafka.log.createTopic('two', 1)
  const group = async (name: string) => name
  streamClientContract(() => ({ prefix: '', group, openClient: () => kafka.openClient(), mayPurge: true }))
})
