import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { serdes, StreamsBuilder } from '../../src/index.ts'
import { TestDriver } from '../../src/testing/index.ts'

const texts = { keySerde: serdes.string, valueSerde: serdes.string }
const numbers = { keySerde: serdes.string, valueSerde: serdes.long }

function wordCount() {
  const builder = new StreamsBuilder()
  builder
    .stream('lines', texts)
    .flatMapValues((line) => line.split(' '))
    .groupBy((_key, word) => word, texts)
    .count({ name: 'counts' })
    .toStream()
    .to('counts')
  return builder.build()
}

describe('the test driver', () => {
  it('reads the topics whose whole name a pattern matches', () => {
    const builder = new StreamsBuilder()
    builder.stream(/logs-\w+/g, texts).to('out')
    builder.stream(/a\/b.*/, texts).foreach(() => {})
    const topology = builder.build()
    // As Kafka Streams 4.3.1 prints them.
    assert.match(topology.describe(), /Source: KSTREAM-SOURCE-0000000000 \(topics: logs-\\w\+\)\n/)
    assert.match(topology.describe(), /Source: KSTREAM-SOURCE-0000000002 \(topics: a\/b\.\*\)\n/)
    using driver = new TestDriver(topology, { topics: ['logs-a', 'logs-b', 'old-logs-a', 'logs-a.b'] })
    driver.input('logs-a', texts).send('k', '1')
    driver.input('logs-b', texts).send('k', '2')
    assert.throws(() => driver.input('old-logs-a', texts).send('k', '3'), { message: /does not read old-logs-a/ })
    assert.throws(() => driver.input('logs-a.b', texts).send('k', '3'), { message: /does not read/ })
    assert.deepEqual(
      driver
        .output('out', texts)
        .read()
        .map(({ value }) => value),
      ['1', '2'],
    )
  })

  it('carries a record through repartition topic, store and changelog to the output', () => {
    using driver = new TestDriver(wordCount())
    driver.input('lines', texts).send(null, 'to be or not to be', { timestamp: 7 })
    const counts = driver.output('counts', numbers).read()
    assert.deepEqual(
      counts.map(({ key, value, timestamp }) => [key, value, timestamp]),
      [
        ['to', 1, 7],
        ['be', 1, 7],
        ['or', 1, 7],
        ['not', 1, 7],
        ['to', 2, 7],
        ['be', 2, 7],
      ],
    )
    const topics = Map.groupBy(driver.produced, ({ topic }) => topic)
    assert.deepEqual([...topics.keys()].toSorted(), ['counts', 'test-counts-changelog', 'test-counts-repartition'])
    assert.equal(topics.get('test-counts-changelog')?.length, 6)
  })

  it('shows what a store holds, with the time of each value', () => {
    using driver = new TestDriver(wordCount())
    const lines = driver.input('lines', texts)
    lines.send(null, 'b a', { timestamp: 5 })
    lines.send(null, 'a', { timestamp: 3 })
    const store = driver.keyValueStore<string, number>('counts')
    assert.deepEqual(store.get('a'), { value: 2, timestamp: 5 })
    assert.equal(store.get('c'), undefined)
    assert.deepEqual(
      [...store.all()].map(([key, { value }]) => [key, value]),
      [
        ['a', 2],
        ['b', 1],
      ],
    )
  })

  it('names the record it cannot read', () => {
    const builder = new StreamsBuilder()
    builder.stream('numbers', numbers).to('copies')
    using driver = new TestDriver(builder.build())
    assert.throws(() => driver.input('numbers', texts).send('a', 'not eight bytes'), {
      message: /cannot deserialize the value of the record at numbers-0 offset 0/,
    })
  })

  it('refuses a topic that the topology does not read', () => {
    using driver = new TestDriver(wordCount())
    assert.throws(() => driver.input('words', texts).send(null, 'x'), { message: /does not read words/ })
  })
})
