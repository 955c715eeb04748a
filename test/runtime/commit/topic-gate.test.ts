import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ok } from '../../../src/base/result.ts'
import { serdes, type StreamPartitioner, StreamsBuilder } from '../../../src/index.ts'
import type { OutgoingRecord } from '../../../src/kafka/record.ts'
import type { RecordSink } from '../../../src/kafka/record-sink.ts'
import { TopicGate } from '../../../src/runtime/commit/topic-gate.ts'
import { taskWorld, textBatch } from '../../support/task-world.ts'

const texts = { keySerde: serdes.string, valueSerde: serdes.string }

const sinkInto = (send: RecordSink['send']): RecordSink => ({
  prepare: async () => ok(undefined),
  partitions: () => 4,
  send,
  pendingBytes: 0,
  flush: async () => ok(new Map()),
  close: async () => {},
})

/** What a sink with a partitioner sends, to a topic of four partitions. */
async function placed(partitioner: StreamPartitioner<string, string>) {
  const builder = new StreamsBuilder()
  builder.stream('in', texts).to('out', { partitioner })
  const { task, sent } = taskWorld(builder.build(), { topics: ['in'] })
  task.enqueue(textBatch('in', [['k', 'v', 0]]))
  task.process(10, 0)
  const arrived: OutgoingRecord[] = []
  const sink = sinkInto((record) => arrived.push(record))
  const gate = new TopicGate()
  for (const record of sent) gate.send(record, sink)
  await gate.settle(sink)
  return { partitions: arrived.map(({ partition }) => partition), dropped: task.counts.droppedRecords }
}

it('a record that waits for its topic keeps its bytes, whatever becomes of those it was given', async () => {
  const arrived: (string | undefined)[] = []
  const gate = new TopicGate()
  const sink = sinkInto((record) => arrived.push(record.value?.toString()))
  const value = Buffer.from('as it was')
  gate.send({ topic: 'new', partition: null, timestamp: 0, key: null, value, headers: [] }, sink)
  value.fill(0xee)
  await gate.settle(sink)
  assert.deepEqual(arrived, ['as it was'])
})

describe('a partitioner of a sink', () => {
  it('is asked with the number of partitions that the topic has, and may leave the choice open', async () => {
    assert.deepEqual((await placed((_topic, _key, _value, count) => count - 1)).partitions, [3])
    assert.deepEqual((await placed(() => undefined)).partitions, [null])
  })

  it('sends copies to several partitions, each once, and drops what goes to none', async () => {
    assert.deepEqual(await placed(() => [0, 2, 2]), { partitions: [0, 2], dropped: 0 })
    assert.deepEqual(await placed(() => []), { partitions: [], dropped: 1 })
  })
})
