import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { StreamGroup } from '../../../src/kafka/group.ts'
import type { StreamClient } from '../../../src/kafka/stream-client.ts'
import { fail } from '../../../src/base/result.ts'
import { readWorkerConfig } from '../../../src/runtime/config.ts'
import { whatDoesNotFit } from '../../../src/runtime/thread/check-start.ts'
import { groupOf } from '../../../src/runtime/thread/open-client.ts'
import { countWords } from '../../support/counting-app.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { FakeKafka } from '../../support/fake-kafka.ts'

describe('the look before a worker starts', () => {
  it('lets it start although offsets of its group stand in a transaction: only a dyno that starts may end it', async () => {
    const kafka = new FakeKafka()
    for (const topic of ['lines', 'word-counts', 'wc-counts-repartition', 'wc-counts-changelog'])
      kafka.log.createTopic(topic, 2)
    const clock = new FakeClock()

    const client = withoutStableOffsets(kafka.openClient())
    const unfit = await whatDoesNotFit(
      countWords('in-memory'),
      configured(),
      { client, group: groupOf(client, configured()) },
      {
        clock,
        signal: new AbortController().signal,
      },
    )

    assert.equal(unfit, undefined)
  })
})

function configured() {
  const read = readWorkerConfig({ DYNO: 'worker.1', KAFKA_URL: 'kafka://fake:9092', STREAMS_APPLICATION_ID: 'wc' })
  assert.ok(read.ok)
  return read.value.config
}

/** Each offset that is asked for is refused, as Kafka's coordinator does while a transaction may still change it (KIP-447). */
function withoutStableOffsets(client: StreamClient): StreamClient {
  const openGroup: StreamClient['openGroup'] = (options) => {
    const group = client.openGroup(options)
    const committed: StreamGroup['committed'] = async (partitions) =>
      partitions.length === 0
        ? group.committed(partitions)
        : fail({ kind: 'retry', reason: 'OffsetFetch of group wc: UNSTABLE_OFFSET_COMMIT' })
    return overridden(group, { committed })
  }
  return overridden(client, { openGroup })
}

function overridden<T extends object>(real: T, instead: Partial<T>): T {
  return new Proxy(real, {
    get(target, property) {
      const value: unknown = Reflect.get(Object.hasOwn(instead, property) ? instead : target, property, target)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}
