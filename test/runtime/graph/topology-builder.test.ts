import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  keyValueStore,
  type Processor,
  type ProcessorContext,
  serdes,
  type StreamRecord,
  TopologyBuilder,
} from '../../../src/index.ts'
import { TestDriver } from '../../../src/testing/index.ts'

const texts = { keySerde: serdes.string, valueSerde: serdes.string }
const seen = keyValueStore({ name: 'seen', ...texts, store: 'in-memory' })

/** Passes on what the store did not have under its key. */
class OnlyNew implements Processor<string, string, string, string> {
  #context: ProcessorContext<string, string> | undefined

  init(context: ProcessorContext<string, string>): void {
    this.#context = context
  }

  process(record: StreamRecord<string, string>): void {
    const store = this.#context?.store(seen)
    if (store?.get(record.key) === record.value) return
    store?.put(record.key, record.value)
    this.#context?.forward(record)
  }
}

class Pass implements Processor<string, string, string, string> {
  #context: ProcessorContext<string, string> | undefined

  init(context: ProcessorContext<string, string>): void {
    this.#context = context
  }

  process(record: StreamRecord<string, string>): void {
    this.#context?.forward(record)
  }
}

function example(): TopologyBuilder {
  return new TopologyBuilder()
    .addSource('left', ['l', 'l2'], texts)
    .addSource('right', 'r', texts)
    .addSource('alone', 'x', texts)
    .addProcessor('check', () => new OnlyNew(), 'left')
    .addProcessor('merge', () => new Pass(), ['check', 'right'])
    .addProcessor('other', () => new Pass(), 'alone')
    .addStateStore(seen, 'check')
    .connectProcessorAndStateStores('merge', 'seen')
    .addSink('out', 'o', 'merge', texts)
    .addSink('too', 'p', ['other', 'alone'], texts)
}

/** What Kafka Streams 4.3.1 prints of the same calls on its `Topology`. */
const javaText = `Topologies:
   Sub-topology: 0
    Source: left (topics: [l2, l])
      --> check
    Processor: check (stores: [seen])
      --> merge
      <-- left
    Source: right (topics: [r])
      --> merge
    Processor: merge (stores: [seen])
      --> out
      <-- check, right
    Sink: out (topic: o)
      <-- merge

  Sub-topology: 1
    Source: alone (topics: [x])
      --> other, too
    Processor: other (stores: [])
      --> too
      <-- alone
    Sink: too (topic: p)
      <-- alone, other

`

/** Mistakes, and Kafka Streams' words for them. */
const refusals: readonly (readonly [words: string, mistake: (builder: TopologyBuilder) => unknown])[] = [
  ['Processor left is already added.', (builder) => builder.addSource('left', 'q', texts)],
  ['Topic r has already been registered by another source.', (builder) => builder.addSource('new', 'r', texts)],
  ['Parent node nobody is unknown.', (builder) => builder.addProcessor('n', () => new Pass(), 'nobody')],
  ['predecessorNames cannot be empty', (builder) => builder.addProcessor('n', () => new Pass(), [])],
  ['Sink out cannot be used a parent.', (builder) => builder.addProcessor('n', () => new Pass(), 'out')],
  ['StateStore unknown is not added yet.', (builder) => builder.connectProcessorAndStateStores('merge', 'unknown')],
  [
    'State stores cannot be connect to sources or sinks.',
    (builder) => builder.connectProcessorAndStateStores('left', 'seen'),
  ],
  ['stateStoreNames cannot be empty', (builder) => builder.connectProcessorAndStateStores('left')],
]

describe('a topology put together node by node', () => {
  it("is described in Java's text", () => {
    assert.equal(example().build().describe(), javaText)
  })

  it('runs, its stores and changelogs with it', () => {
    using driver = new TestDriver(example().build())
    const left = driver.input('l', texts)
    for (const value of ['a', 'a', 'b']) left.send('k', value)
    driver.input('r', texts).send('k', 'c')
    driver.input('x', texts).send('k', 'd')
    const read = (topic: string) =>
      driver
        .output(topic, texts)
        .read()
        .map(({ value }) => value)
    assert.deepEqual(
      [read('o'), read('p')],
      [
        ['a', 'b', 'c'],
        ['d', 'd'],
      ],
    )
    assert.equal(driver.produced.filter(({ topic }) => topic === 'test-seen-changelog').length, 2)
  })

  for (const [words, mistake] of refusals) {
    it(`refuses in Java's words: ${words}`, () => {
      assert.throws(() => mistake(example()), { name: 'TopologyError', message: `Invalid topology: ${words}` })
    })
  }

  it('is built once', () => {
    const builder = example()
    builder.build()
    assert.throws(() => builder.build(), { message: /was called before/ })
  })
})
