import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  keyValueStore,
  type Processor,
  type ProcessorContext,
  serdes,
  type StreamRecord,
  StreamsBuilder,
} from '../../../src/index.ts'
import { TestDriver } from '../../../src/testing/index.ts'

const texts = { keySerde: serdes.string, valueSerde: serdes.string }
const visits = keyValueStore({ name: 'visits', keySerde: serdes.string, valueSerde: serdes.int })

/** Counts in a store, and tells of all counts when its timer goes. */
class Visits implements Processor<string, string, string, string> {
  readonly #by: 'stream-time' | 'wall-clock'
  #context: ProcessorContext<string, string> | undefined

  constructor(by: 'stream-time' | 'wall-clock') {
    this.#by = by
  }

  init(context: ProcessorContext<string, string>): void {
    this.#context = context
    context.schedule(10, this.#by, (timestamp) => {
      for (const [key, count] of context.store(visits).all()) {
        context.forward({ key, value: `${count}@${context.recordMetadata?.topic ?? 'timer'}`, timestamp, headers: [] })
      }
    })
  }

  process({ key }: StreamRecord<string, string>): void {
    const store = this.#context?.store(visits)
    store?.put(key, (store.get(key) ?? 0) + 1)
  }
}

function counting(by: 'stream-time' | 'wall-clock') {
  const builder = new StreamsBuilder()
  builder
    .stream('in', texts)
    .process(() => new Visits(by), { stores: [visits] })
    .to('out', texts)
  return new TestDriver(builder.build())
}

const told = (driver: TestDriver) =>
  driver
    .output('out', texts)
    .read()
    .map(({ key, value, timestamp }) => `${key}=${value}:${timestamp}`)

describe('a processor', () => {
  it('is called by stream time at once when it is known, then once however many turns were missed', () => {
    using driver = counting('stream-time')
    const input = driver.input('in', texts)
    input.send('a', '', { timestamp: 3 })
    assert.deepEqual(told(driver), ['a=1@timer:3'])
    input.send('a', '', { timestamp: 9 })
    assert.deepEqual(told(driver), [])
    input.send('a', '', { timestamp: 47 })
    assert.deepEqual(told(driver), ['a=3@timer:47'])
    input.send('a', '', { timestamp: 50 })
    assert.deepEqual(told(driver), ['a=4@timer:50'])
  })

  it('is called by the wall clock after one interval, and not by records', () => {
    using driver = counting('wall-clock')
    driver.input('in', texts).send('a', '', { timestamp: 500 })
    driver.advance(9)
    assert.deepEqual(told(driver), [])
    driver.advance(1)
    assert.deepEqual(told(driver), ['a=1@timer:10'])
  })

  it('has the changelog of its store written with the time of the record', () => {
    using driver = counting('stream-time')
    driver.input('in', texts).send('a', '', { timestamp: 3 })
    const [logged] = driver.produced
    assert.deepEqual([logged?.topic, logged?.timestamp], ['test-visits-changelog', 3])
  })

  it('must name the stores it reads', () => {
    const builder = new StreamsBuilder()
    builder.stream('in', texts).process(() => new Visits('stream-time'))
    using driver = new TestDriver(builder.build())
    assert.throws(() => driver.input('in', texts).send('a', ''), {
      cause: new Error("store visits is not connected to this processor: name it in the processor's stores"),
    })
  })
})
