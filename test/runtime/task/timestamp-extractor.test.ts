import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { serdes, StreamsBuilder, timestampExtractors, type TimestampExtractor } from '../../../src/index.ts'
import { TestDriver } from '../../../src/testing/index.ts'
import { taskWorld, textBatch } from '../../support/task-world.ts'

const texts = { keySerde: serdes.string, valueSerde: serdes.string }

function copied(extractor?: TimestampExtractor) {
  const builder = new StreamsBuilder()
  const consumed = extractor === undefined ? texts : { ...texts, timestampExtractor: extractor }
  builder.stream('in', consumed).to('out')
  return taskWorld(builder.build(), { topics: ['in'] })
}

describe('the time of a record', () => {
  it('is what the extractor says, which knows the time of the partition', () => {
    const { task, sent } = copied(({ value, partitionTime }) => (value === 'late' ? partitionTime : Number(value)))
    task.enqueue(
      textBatch('in', [
        ['k', '70', 1],
        ['k', 'late', 2],
      ]),
    )
    task.process(10, 0)
    assert.deepEqual(
      sent.map(({ timestamp }) => timestamp),
      [70, 70],
    )
  })

  it('drops a record whose extractor gives a negative one, and commits behind it', () => {
    const { task, sent } = copied(({ value }) => Number(value))
    task.enqueue(
      textBatch('in', [
        ['k', '-1', 1],
        ['k', '5', 2],
        ['k', '-1', 3],
      ]),
    )
    assert.equal(task.process(10, 0), 1)
    assert.deepEqual(
      sent.map(({ timestamp }) => timestamp),
      [5],
    )
    assert.equal(task.committable()[0]?.offset, 3)
  })

  it('is skipped, guessed or refused by the extractors that Kafka has for a negative one', () => {
    const rows = [
      ['k', 'a', 7],
      ['k', 'b', -1],
      ['k', 'c', 5],
    ] as const
    const timesWith = (extractor: TimestampExtractor) => {
      const { task, sent } = copied(extractor)
      task.enqueue(textBatch('in', rows))
      task.process(10, 1000)
      return { times: sent.map(({ timestamp }) => timestamp), dropped: task.counts.droppedRecords }
    }
    assert.deepEqual(timesWith(timestampExtractors.logAndSkipOnInvalid), { times: [7, 5], dropped: 1 })
    assert.deepEqual(timesWith(timestampExtractors.usePartitionTimeOnInvalid), { times: [7, 7, 5], dropped: 0 })
    assert.throws(() => timesWith(timestampExtractors.failOnInvalid), { message: /in-0 offset 1 has the invalid/ })
    const { task } = copied(timestampExtractors.usePartitionTimeOnInvalid)
    assert.throws(() => task.enqueue(textBatch('in', [['k', 'b', -1]])), { message: /partition time is unknown/ })
  })

  it('is the wall clock, where processing time is asked for', () => {
    const builder = new StreamsBuilder()
    builder.stream('in', { ...texts, timestampExtractor: timestampExtractors.wallclock }).to('out')
    using driver = new TestDriver(builder.build(), { nowMs: 5000 })
    driver.input('in', texts).send('k', 'v', { timestamp: 1 })
    assert.equal(driver.output('out', texts).read()[0]?.timestamp, 5000)
  })

  it('must not be negative without an extractor', () => {
    const { task } = copied()
    assert.throws(() => task.enqueue(textBatch('in', [['k', 'v', -1]], 9)), {
      message: /in-0 offset 9 has the invalid/,
    })
  })
})
