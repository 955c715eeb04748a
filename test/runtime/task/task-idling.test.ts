import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { serdes, StreamsBuilder } from '../../../src/index.ts'
import { createTask } from '../../../src/runtime/task/create-task.ts'
import type { IdlingSurroundings } from '../../../src/runtime/task/task-idling.ts'
import { type Row, textBatch } from '../../support/task-world.ts'

const texts = { keySerde: serdes.string, valueSerde: serdes.string }

/** A task that reads two topics, with what is known of their ends, by topic. */
function reading(maxMs: number | undefined, lags: Record<string, number | undefined>) {
  const builder = new StreamsBuilder()
  builder.stream('left', texts).merge(builder.stream('right', texts)).to('out', texts)
  const partitions = ['left', 'right'].map((topic) => ({ topic, partition: 0 }))
  const sent: string[] = []
  const idling: IdlingSurroundings | undefined =
    maxMs === undefined ? undefined : { maxMs, lagOf: ({ topic }) => lags[topic] }
  const task = createTask(builder.build(), { subtopology: 0, partition: 0 }, partitions, {
    applicationId: 'app',
    collector: { send: ({ value }) => sent.push(Buffer.from(value ?? []).toString()) },
    openEngine: () => assert.fail('there is no store'),
    ...(idling !== undefined && { idling }),
    cacheBytes: 0,
    log: () => {},
  })
  return { task, sent }
}

const rows = (...all: readonly (readonly [value: string, timestamp: number])[]): Row[] =>
  all.map(([value, timestamp]) => ['k', value, timestamp])

/** What Kafka's `PartitionGroup#readyToProcess` says to a task whose partition `right` has nothing at hand. */
const cases: readonly {
  readonly says: string
  readonly maxMs: number | undefined
  readonly lag: number | undefined
  readonly at: number
  readonly processed: number
}[] = [
  { says: '-1: goes on whatever lies on the broker', maxMs: undefined, lag: 7, at: 0, processed: 2 },
  { says: '0: waits until the partition was fetched from', maxMs: 0, lag: undefined, at: 1e9, processed: 0 },
  { says: '0: waits for records that lie on the broker', maxMs: 0, lag: 7, at: 1e9, processed: 0 },
  { says: '0: goes on where there are none', maxMs: 0, lag: 0, at: 0, processed: 2 },
  { says: '100: waits where there are none', maxMs: 100, lag: 0, at: 99, processed: 0 },
  { says: '100: and no longer than that', maxMs: 100, lag: 0, at: 100, processed: 2 },
  { says: '100: waits for records that lie on the broker, however long', maxMs: 100, lag: 7, at: 1e9, processed: 0 },
]

describe('max.task.idle.ms', () => {
  for (const { says, maxMs, lag, at, processed } of cases)
    it(says, () => {
      const { task } = reading(maxMs, { left: 0, right: lag })
      task.enqueue(textBatch('left', rows(['l1', 1], ['l5', 5])))
      const first = task.process(10, 0)
      assert.equal(first + task.process(10, at), processed)
      assert.equal(task.hasWork, false)
    })

  it('keeps the order of timestamps over partitions that come one after the other', () => {
    const lags: Record<string, number | undefined> = { left: 0, right: 2 }
    const { task, sent } = reading(0, lags)
    task.enqueue(textBatch('left', rows(['l1', 1], ['l5', 5])))
    assert.equal(task.process(10, 0), 0)
    task.enqueue(textBatch('right', rows(['r3', 3])))
    lags['right'] = 1
    assert.equal(task.hasWork, true)
    assert.equal(task.process(10, 0), 2)
    assert.deepEqual(sent, ['l1', 'r3'])
    lags['right'] = 0
    assert.equal(task.process(10, 0), 1)
  })

  it('begins to wait anew when a partition had records in between', () => {
    const { task } = reading(100, { left: 0, right: 0 })
    task.enqueue(textBatch('left', rows(['l1', 1], ['l5', 5])))
    assert.equal(task.process(10, 1_000), 0)
    task.enqueue(textBatch('right', rows(['r3', 3])))
    assert.equal(task.process(10, 1_050), 2)
    assert.equal(task.process(10, 1_149), 0)
    assert.equal(task.process(10, 1_150), 1)
  })
})
