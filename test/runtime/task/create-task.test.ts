import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { serdes, StreamsBuilder } from '../../../src/index.ts'
import { decodePartitionMetadata } from '../../../src/runtime/task/partition-metadata.ts'
import { taskWorld, textBatch } from '../../support/task-world.ts'

const texts = { keySerde: serdes.string, valueSerde: serdes.string }

function copies() {
  const builder = new StreamsBuilder()
  builder.stream('left', texts).merge(builder.stream('right', texts)).to('out', texts)
  return builder.build()
}

function latest() {
  const builder = new StreamsBuilder()
  builder
    .stream('in', texts)
    .groupByKey()
    .reduce((_before, value) => value, { name: 'latest' })
    .toStream()
    .to('out')
  return builder.build()
}

const values = (records: readonly { readonly value: Uint8Array | null }[]) =>
  records.map(({ value }) => (value === null ? null : Buffer.from(value).toString()))

describe('a stream task', () => {
  it('takes the partition whose next record is the oldest, not the one that came first', () => {
    const { task, sent } = taskWorld(copies(), { topics: ['left', 'right'] })
    task.enqueue(
      textBatch('left', [
        ['k', 'l5', 5],
        ['k', 'l9', 9],
      ]),
    )
    task.enqueue(
      textBatch('right', [
        ['k', 'r1', 1],
        ['k', 'r7', 7],
      ]),
    )
    assert.equal(task.process(10, 0), 4)
    assert.deepEqual(values(sent), ['r1', 'l5', 'r7', 'l9'])
  })

  it('T1: commits behind what was processed, with the time of the partition beside it', () => {
    const { task } = taskWorld(copies(), { topics: ['left', 'right'] })
    task.enqueue(
      textBatch(
        'left',
        [
          ['k', 'a', 5],
          ['k', 'b', 3],
          ['k', 'c', 4],
        ],
        100,
      ),
    )
    task.process(2, 0)
    const [offset, ...others] = task.committable()
    assert.deepEqual(others, [])
    assert.deepEqual([offset?.topic, offset?.offset], ['left', 102])
    assert.equal(decodePartitionMetadata(offset?.metadata ?? '').partitionTime, 5)
    assert.equal(offset?.metadata, 'AgAAAAAAAAAF')
    task.commit(new Map())
    assert.deepEqual(task.committable(), [])
    assert.equal(task.buffered({ topic: 'left', partition: 0 }), 1)
  })

  it('T3: writes a store only at commit, with the changelog offset, and reads its own writes before', () => {
    const { task, sent, engines } = taskWorld(latest(), { topics: ['in'] })
    task.enqueue(
      textBatch('in', [
        ['k', 'one', 1],
        ['k', 'two', 2],
      ]),
    )
    task.process(10, 0)
    task.flush()
    assert.deepEqual(
      sent.map(({ topic }) => topic),
      ['app-latest-changelog', 'out', 'app-latest-changelog', 'out'],
    )
    assert.equal(engines.get('latest')?.get(Buffer.from('k')), undefined)
    task.commit(new Map([['app-latest-changelog', 2]]))
    assert.equal(Buffer.from(engines.get('latest')?.get(Buffer.from('k'))?.subarray(8) ?? []).toString(), 'two')
    assert.equal(engines.get('latest')?.offset, 2)
  })

  it('sends only the last update of a key where a cache holds updates back', () => {
    const { task, sent } = taskWorld(latest(), { topics: ['in'], cacheBytes: 1_000_000 })
    task.enqueue(
      textBatch('in', [
        ['k', 'one', 1],
        ['k', 'two', 2],
        ['j', 'three', 3],
      ]),
    )
    task.process(10, 0)
    assert.deepEqual(sent, [])
    task.flush()
    assert.deepEqual(values(sent), ['two', 'two', 'three', 'three'])
  })

  it('goes on from what a changelog restored, with times and the next offset', () => {
    const { task, engines } = taskWorld(latest(), { topics: ['in'] })
    const [changelog] = task.changelogs
    assert.deepEqual(changelog, {
      topic: 'app-latest-changelog',
      partition: 0,
      store: 'latest',
      isSource: false,
      offset: undefined,
    })
    task.restore(
      changelog,
      textBatch(
        'app-latest-changelog',
        [
          ['k', 'old', 7],
          ['j', 'gone', 8],
          ['j', null, 9],
        ],
        40,
      ),
    )
    const stored = engines.get('latest')?.get(Buffer.from('k'))
    assert.equal(Buffer.from(stored ?? []).toString('hex'), `0000000000000007${Buffer.from('old').toString('hex')}`)
    assert.equal(engines.get('latest')?.get(Buffer.from('j')), undefined)
    assert.equal(task.changelogs[0]?.offset, 43)
  })

  it('gives a restored batch back, and holds nothing of it: what it lay in may be written over', () => {
    const { task, engines } = taskWorld(latest(), { topics: ['in'] })
    const frame = Buffer.from('k1one..k2two')
    const batch = {
      ...textBatch('app-latest-changelog', []),
      length: 2,
      timestamp: () => 7,
      key: (index: number) => frame.subarray(index * 7, index * 7 + 2),
      value: (index: number) => frame.subarray(index * 7 + 2, index * 7 + 5),
      release: () => void frame.fill('!'),
    }
    const [changelog] = task.changelogs
    assert.ok(changelog)
    task.restore(changelog, batch)
    assert.equal(frame.toString(), '!'.repeat(12))
    assert.equal(Buffer.from(engines.get('latest')?.get(Buffer.from('k2')) ?? []).toString('latin1', 8), 'two')
  })

  it('says where a record stood whose processing failed, and why', () => {
    const builder = new StreamsBuilder()
    const fail = (): string => {
      throw new Error('no such customer')
    }
    builder.stream('in', texts).mapValues(fail).to('out', texts)
    const { task } = taskWorld(builder.build(), { topics: ['in'] })
    task.enqueue(textBatch('in', [['k', 'v', 1]], 12))
    assert.throws(
      () => task.process(1, 0),
      (error: Error) =>
        error.message === 'processing in-0 offset 12 in task 0_0' &&
        error.cause instanceof Error &&
        error.cause.message === 'no such customer',
    )
  })

  it('skips what it cannot read before it chooses by time, as Java does, and commits past it', () => {
    const builder = new StreamsBuilder()
    const numbers = { keySerde: serdes.string, valueSerde: serdes.int }
    builder
      .stream('left', numbers)
      .mapValues((value) => `left ${value}`)
      .merge(builder.stream('right', texts))
      .to('out', texts)
    const { task, sent } = taskWorld(builder.build(), {
      topics: ['left', 'right'],
      errors: { deserialization: () => 'continue' },
    })
    const four = '\u0000\u0000\u0000\u0004'
    task.enqueue(textBatch('right', [['k', 'right', 50]]))
    task.enqueue(
      textBatch('left', [
        ['k', 'unreadable', 100],
        ['k', four, 1],
        ['k', 'unreadable', 2],
      ]),
    )
    assert.equal(task.process(10, 0), 2)
    assert.deepEqual(values(sent), ['left 4', 'right'])
    assert.deepEqual(
      task.committable().map(({ topic, offset }) => [topic, offset]),
      [
        ['left', 3],
        ['right', 1],
      ],
    )
    assert.equal(task.counts.droppedRecords, 2)
  })
})
