import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ProcessorContext, serdes, StreamsBuilder, versionedKeyValueStore } from '../../../src/index.ts'
import type { OutgoingRecord, RecordBatch } from '../../../src/kafka/record.ts'
import type { StoreEngine } from '../../../src/runtime/store/engine.ts'
import { MemoryEngine } from '../../../src/runtime/store/memory-engine.ts'
import { VersionedStore } from '../../../src/runtime/store/versioned-store.ts'
import { TestDriver } from '../../../src/testing/index.ts'
import { contextOver, taskWorld, textBatch } from '../../support/task-world.ts'

const text = { keySerde: serdes.string, valueSerde: serdes.string }

function open(historyRetentionMs: number, engine: StoreEngine = new MemoryEngine()) {
  const sent: OutgoingRecord[] = []
  const options = { ...text, name: 'prices', persistent: true, logged: true, historyRetentionMs }
  return { store: new VersionedStore(options, contextOver(engine, sent)), sent, engine }
}

describe('a versioned store', () => {
  it('knows what held when, whatever the order in which it came', () => {
    const { store } = open(1000)
    assert.equal(store.put('tea', '3', 300), 'latest')
    assert.equal(store.put('tea', '1', 100), 'late')
    assert.equal(store.put('tea', null, 200), 'late')
    const held = [50, 100, 199, 200, 299, 300, 999].map((time) => store.get('tea', time)?.value)
    assert.deepEqual(held, [undefined, '1', '1', undefined, undefined, '3', '3'])
    assert.deepEqual(store.get('tea'), { value: '3', timestamp: 300 })
  })

  it('takes nothing from before its history, and shows nothing but what still holds', () => {
    const { store, sent } = open(1000)
    store.put('tea', 'old', 100)
    store.put('tea', 'new', 200)
    store.put('milk', 'old', 100)
    store.put('salt', 'now', 5000)
    assert.equal(store.put('tea', 'far too late', 3999), 'expired')
    assert.equal(store.get('tea', 150), undefined)
    assert.equal(store.get('tea', 300)?.value, 'new')
    assert.equal(store.get('milk', 150)?.value, 'old')
    // Java's changelog has what the store refused, too.
    assert.deepEqual([sent.length, sent.at(-1)?.timestamp], [5, 3999])
  })

  it('returns what it deletes', () => {
    const { store } = open(1000)
    store.put('tea', '1', 100)
    assert.deepEqual(store.delete('tea', 200), { value: '1', timestamp: 100 })
    assert.deepEqual([store.get('tea'), store.get('tea', 199)?.value], [undefined, '1'])
  })

  it('is the same after a restart, and after a restore from its changelog', () => {
    const first = open(100_000)
    for (let at = 0; at < 400; at++) {
      const time = (at * 7919) % 60_000
      first.store.put(`k${at % 5}`, at % 11 === 0 ? null : String(at), time)
    }
    first.store.commit(400)
    const restored = open(100_000)
    restored.store.restore(batchOf(first.sent))
    const again = open(100_000, first.engine)
    assert.deepEqual([again.store.offset, restored.store.offset], [400, 400])
    for (const { store } of [again, restored]) {
      for (let time = 0; time < 60_000; time += 500) {
        for (const key of ['k0', 'k1', 'k2', 'k3', 'k4']) {
          assert.deepEqual(store.get(key, time), first.store.get(key, time), `${key} at ${time}`)
        }
      }
    }
  })

  it('drops what ended behind its history from the engine', () => {
    const { store, engine } = open(30_000)
    for (let time = 0; time < 1_000_000; time += 1000) store.put('tea', String(time), time)
    store.commit(1)
    const held = [...engine.range({})].reduce((sum, [, value]) => sum + value.length, 0)
    assert.ok(held < 2500, `${held} bytes for 31 values`)
  })

  it('is a store for processors, and its topic is told how long not to compact', () => {
    const prices = versionedKeyValueStore({ ...text, name: 'prices', historyRetentionMs: 1000 })
    const builder = new StreamsBuilder()
    builder
      .stream('in', text)
      .processValues(
        () => {
          let context: ProcessorContext<string, string> | undefined
          return {
            init: (given) => {
              context = given
            },
            process: (record) => {
              const store = context?.store(prices)
              const before = store?.get(record.key, record.timestamp)?.value ?? 'none'
              store?.put(record.key, record.value, record.timestamp)
              context?.forward({ ...record, value: before })
            },
          }
        },
        { stores: [prices] },
      )
      .to('before', text)
    using driver = new TestDriver(builder.build())
    const input = driver.input('in', text)
    for (const [value, timestamp] of [
      ['a', 100],
      ['b', 300],
      ['c', 200],
    ] as const)
      input.send('k', value, { timestamp })
    assert.deepEqual(
      driver
        .output('before', text)
        .read()
        .map(({ value }) => value),
      ['none', 'a', 'a'],
    )
    assert.deepEqual(prices.factory.changelogConfig, { 'min.compaction.lag.ms': String(24 * 60 * 60 * 1000 + 1000) })
  })
})

describe('a stream-table join with grace', () => {
  it('finds again after a restore what it held back', () => {
    const build = () => {
      const builder = new StreamsBuilder()
      const table = builder.table('table', text, { name: 'prices', historyRetentionMs: 1000 })
      builder
        .stream('in', text)
        .join(table, (value, price) => `${value} ${price}`, { name: 'priced', graceMs: 100 })
        .to('out', text)
      return taskWorld(builder.build(), { topics: ['in', 'table'] })
    }
    const first = build()
    first.task.enqueue(
      textBatch('table', [
        ['k', '1', 50],
        ['k', '2', 150],
      ]),
    )
    first.task.enqueue(textBatch('in', [['k', 'a', 100]]))
    first.task.process(10, 0)
    const second = build()
    for (const changelog of second.task.changelogs) {
      second.task.restore(changelog, batchOf(first.sent.filter(({ topic }) => topic === changelog.topic)))
    }
    second.task.enqueue(textBatch('in', [['k', 'b', 201]]))
    second.task.process(10, 0)
    const [out] = second.sent.filter(({ topic }) => topic === 'out')
    assert.deepEqual([out?.value?.toString(), out?.timestamp], ['a 1', 100])
  })
})

function batchOf(records: readonly OutgoingRecord[]): RecordBatch {
  return {
    topic: records[0]?.topic ?? '',
    partition: 0,
    length: records.length,
    offset: (at) => at,
    timestamp: (at) => records[at]?.timestamp ?? -1,
    key: (at) => records[at]?.key ?? null,
    value: (at) => records[at]?.value ?? null,
    headers: (at) => records[at]?.headers ?? [],
  }
}
