import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { serdes, StreamsBuilder } from '../../../src/index.ts'
import { taskWorld, textBatch } from '../../support/task-world.ts'

const texts = { keySerde: serdes.string, valueSerde: serdes.string }

function copied(extractor?: (record: { readonly value: unknown; readonly partitionTime: number }) => number) {
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

  it('must not be negative without an extractor', () => {
    const { task } = copied()
    assert.throws(() => task.enqueue(textBatch('in', [['k', 'v', -1]], 9)), {
      message: /in-0 offset 9 has the invalid/,
    })
  })
})
