import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { serdes, sessions, StreamsBuilder, tumbling } from '../../../src/index.ts'
import { readStore } from '../../../src/runtime/query/read-store.ts'
import type { StreamTask } from '../../../src/runtime/task/task.ts'
import { taskWorld, textBatch } from '../../support/task-world.ts'

const text = { keySerde: serdes.string, valueSerde: serdes.string }
const records = [
  ['a', 'x', 1_000],
  ['ab', 'x', 2_000],
  ['a', 'x', 3_000],
  ['a', 'x', 61_000],
] as const

function run(builder: StreamsBuilder): StreamTask {
  const { task } = taskWorld(builder.build(), { topics: ['in'], cacheBytes: 1_000_000 })
  task.enqueue(textBatch('in', records))
  task.process(records.length, 0)
  return task
}

function look(task: StreamTask, store: string, bounds: { readonly fromMs?: number; readonly toMs?: number } = {}) {
  const found = task.stores.get(store)
  assert.ok(found !== undefined)
  const key = Buffer.from('a')
  return readStore(found, { kind: 'key', key, fromMs: 0, toMs: Number.MAX_SAFE_INTEGER, ...bounds })
}

describe('a store that is looked into', () => {
  it('has the windows of one key, within bounds of their starts', () => {
    const builder = new StreamsBuilder()
    const windows = tumbling({ sizeMs: 60_000, graceMs: 600_000 })
    builder.stream('in', text).groupByKey().windowedBy(windows).count({ name: 'minutes' })
    const task = run(builder)
    const all = [
      { key: 'a', window: { start: 0, end: 60_000 }, value: 2, timestamp: 3_000 },
      { key: 'a', window: { start: 60_000, end: 120_000 }, value: 1, timestamp: 61_000 },
    ]
    assert.deepEqual(look(task, 'minutes'), { entries: all, isCut: false })
    assert.deepEqual(look(task, 'minutes', { fromMs: 1 })?.entries, all.slice(1))
    assert.deepEqual(look(task, 'minutes', { toMs: 59_999 })?.entries, all.slice(0, 1))
    const store = task.stores.get('minutes') ?? assert.fail()
    const range = { kind: 'range', from: undefined, to: undefined, limit: 1 } as const
    assert.throws(() => readStore(store, range), /ask for one key/)
  })

  it('has the sessions of one key', () => {
    const builder = new StreamsBuilder()
    const windows = sessions({ gapMs: 10_000, graceMs: 600_000 })
    builder.stream('in', text).groupByKey().windowedBy(windows).count({ name: 'visits' })
    assert.deepEqual(look(run(builder), 'visits')?.entries, [
      { key: 'a', window: { start: 1_000, end: 3_000 }, value: 2 },
      { key: 'a', window: { start: 61_000, end: 61_000 }, value: 1 },
    ])
  })

  it('is not changed by it: what the cache holds back goes out at the flush, as if nobody had looked', () => {
    const sentAfter = (isLookedAt: boolean) => {
      const builder = new StreamsBuilder()
      builder.stream('in', text).groupByKey().count({ name: 'counts' }).toStream().to('out')
      const { task, sent } = taskWorld(builder.build(), { topics: ['in'], cacheBytes: 1_000_000 })
      task.enqueue(textBatch('in', records))
      task.process(records.length, 0)
      if (isLookedAt) assert.deepEqual(look(task, 'counts')?.entries[0]?.value, 3)
      assert.equal(sent.length, 0)
      task.flush()
      return sent.map(({ topic, key, value }) => [topic, String(key), Buffer.from(value ?? []).toString('hex')])
    }
    assert.deepEqual(sentAfter(true), sentAfter(false))
  })
})
