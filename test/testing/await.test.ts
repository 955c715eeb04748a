import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import {
  type AwaitOptions,
  type CallContext,
  type ErrorHandling,
  keyValueStore,
  type ProcessorContext,
  serdes,
  type StreamRecord,
  StreamsBuilder,
} from '../../src/index.ts'
import { TestDriver } from '../../src/testing/index.ts'

const texts = { keySerde: serdes.string, valueSerde: serdes.string }

/** Calls that end when the test says so. */
class Desk {
  readonly open: {
    readonly value: string
    readonly call: CallContext
    readonly end: (answer: string | Error) => void
  }[] = []

  readonly ask = (value: string, _key: string, call: CallContext): Promise<string> =>
    new Promise((resolve, reject) => {
      const end = (answer: string | Error) => (answer instanceof Error ? reject(answer) : resolve(answer))
      this.open.push({ value, call, end })
    })

  end(value: string, answer: string | Error = value.toUpperCase()): void {
    const at = this.open.findIndex((each) => each.value === value)
    assert.ok(at >= 0, `no call for ${value} is open`)
    this.open.splice(at, 1)[0]?.end(answer)
  }

  get values(): readonly string[] {
    return this.open.map(({ value }) => value)
  }
}

function asking(desk: Desk, options: AwaitOptions<string, string>, errors: ErrorHandling = {}): TestDriver {
  const builder = new StreamsBuilder()
  builder.stream('in', texts).mapValuesAsync(desk.ask, options).to('out', texts)
  return new TestDriver(builder.build(), { errors })
}

const outputs = (driver: TestDriver) =>
  driver
    .output('out', texts)
    .read()
    .map(({ value }) => value)
const moment = () => new Promise((resolve) => setImmediate(resolve))

describe('a stream that awaits', () => {
  it('has the same description as the one that does not', () => {
    const describeIt = (isAsync: boolean) => {
      const builder = new StreamsBuilder()
      const source = builder.stream('in', texts)
      const mapped = isAsync ? source.mapValuesAsync(async (value) => value) : source.mapValues((value) => value)
      mapped.to('out', texts)
      return builder.build().describe()
    }
    assert.equal(describeIt(true), describeIt(false))
  })

  it('sends a record on with the time, the headers and the place it came with', async () => {
    const builder = new StreamsBuilder()
    const seen: unknown[] = []
    builder
      .stream('in', texts)
      .mapValuesAsync(async (value, key, { attempt, recordMetadata }) => {
        seen.push({ attempt, recordMetadata })
        return `${key} ${value}`
      })
      .to('out', texts)
    using driver = new TestDriver(builder.build())
    const headers = [{ key: 'h', value: Buffer.from('1') }]
    driver.input('in', texts).send('a', 'x', { timestamp: 5, headers })
    driver.input('in', texts).send('b', 'y', { timestamp: 3 })
    assert.deepEqual(outputs(driver), [])
    await driver.settled()
    const [first, second] = driver.produced
    assert.deepEqual([first?.timestamp, first?.headers, second?.timestamp, second?.headers], [5, headers, 3, []])
    assert.deepEqual(seen[0], { attempt: 1, recordMetadata: { topic: 'in', partition: 0, offset: 0 } })
  })

  it('keeps the order of a key, and lets other keys pass', async () => {
    const desk = new Desk()
    using driver = asking(desk, { concurrency: 2 })
    const input = driver.input('in', texts)
    for (const [key, value] of [
      ['a', 'a1'],
      ['a', 'a2'],
      ['b', 'b1'],
    ] as const)
      input.send(key, value)
    assert.deepEqual(desk.values, ['a1', 'b1'])
    desk.end('b1')
    await moment()
    input.send('b', 'b2')
    assert.deepEqual(outputs(driver), ['B1'])
    assert.deepEqual(desk.values, ['a1', 'b2'])
    desk.end('a1')
    desk.end('b2')
    await moment()
    driver.advance(0)
    desk.end('a2')
    await driver.settled()
    assert.deepEqual(outputs(driver), ['A1', 'B2', 'A2'])
  })

  it('takes no more records than it may hold', () => {
    const desk = new Desk()
    using driver = asking(desk, { concurrency: 2, maxWaiting: 1, order: 'partition' })
    for (const value of ['1', '2', '3', '4', '5']) driver.input('in', texts).send(value, value)
    assert.deepEqual(desk.values, ['1', '2'])
  })

  it('hands a call that failed for good to the handler, after its attempts', async () => {
    const desk = new Desk()
    const seen: string[] = []
    using driver = asking(
      desk,
      { retry: { times: 1 }, name: 'ask' },
      {
        processing: ({ node, offset }, error) => {
          seen.push(`${node} ${offset} ${String(error)}`)
          return 'continue'
        },
        deadLetterTopic: 'dead',
      },
    )
    driver.input('in', texts).send('a', 'bad')
    driver.input('in', texts).send('b', 'good')
    desk.end('bad', new Error('down'))
    await moment()
    desk.end('good')
    desk.end('bad', new Error('still down'))
    await driver.settled()
    assert.deepEqual(outputs(driver), ['GOOD'])
    assert.deepEqual(seen, ['ask 0 Error: still down'])
    assert.equal(driver.output('dead', texts).read()[0]?.value, 'bad')
  })

  it('fails with the place of the record where there is no handler', async () => {
    const desk = new Desk()
    using driver = asking(desk, { name: 'ask' })
    driver.input('in', texts).send('a', 'bad')
    desk.end('bad', new Error('down'))
    await assert.rejects(driver.settled(), (error: Error) => {
      assert.equal(error.message, 'processing in-0 offset 0 in task 0_0')
      assert.match(String(error.cause), /processing failed in ask/)
      return true
    })
  })

  it('gives a call up when the clock says so', async () => {
    const desk = new Desk()
    using driver = asking(desk, { timeoutMs: 100 })
    driver.input('in', texts).send('a', 'slow')
    await moment()
    driver.advance(100)
    await assert.rejects(driver.settled(), /processing in-0 offset 0/)
    assert.equal(desk.open[0]?.call.signal.aborted, true)
  })

  it('tells open calls that nobody waits for them when it is closed', async () => {
    const desk = new Desk()
    const driver = asking(desk, {})
    driver.input('in', texts).send('a', 'x')
    await moment()
    driver.close()
    assert.equal(desk.open[0]?.call.signal.aborted, true)
    desk.end('x')
    await moment()
    assert.deepEqual(driver.produced, [])
  })

  it('asks which keys are equal where they are objects and nobody says how they are written', async () => {
    const topology = (options: AwaitOptions<{ id: number }, string>) => {
      const builder = new StreamsBuilder()
      builder
        .stream('in', texts)
        .selectKey((key) => ({ id: Number(key) }))
        .mapValuesAsync(async (value) => value, options)
        .selectKey(({ id }) => String(id))
        .to('out', texts)
      return builder.build()
    }
    using refused = new TestDriver(topology({}))
    assert.throws(() => refused.input('in', texts).send('1', 'x'), /processing in-0 offset 0/)
    using driver = new TestDriver(topology({ keyBy: ({ id }) => id }))
    driver.input('in', texts).send('1', 'x')
    await driver.settled()
    assert.deepEqual(outputs(driver), ['x'])
  })

  it('refuses bounds that are none', () => {
    const builder = new StreamsBuilder()
    const stream = builder.stream('in', texts)
    assert.throws(() => stream.mapValuesAsync(async (value) => value, { concurrency: 0 }), /concurrency of .* is 0/)
    assert.throws(() => stream.mapValuesAsync(async (value) => value, { timeoutMs: 0.5 }), /timeoutMs of .* is 0.5/)
  })
})

describe('foreachAsync', () => {
  it('ends a stream in calls of their own, and settles when they have ended', async () => {
    const written: string[] = []
    const builder = new StreamsBuilder()
    builder.stream('in', texts).foreachAsync(
      async (key, value, { attempt }) => {
        await moment()
        if (attempt === 1) throw new Error('try again')
        written.push(`${key}=${value}`)
      },
      { order: 'partition', concurrency: 1, retry: { times: 1 } },
    )
    using driver = new TestDriver(builder.build())
    for (const value of ['1', '2', '3']) driver.input('in', texts).send('k', value)
    await driver.settled()
    assert.deepEqual(written, ['k=1', 'k=2', 'k=3'])
    assert.deepEqual(driver.produced, [])
  })
})

describe('processAsync', () => {
  it('uses stores before and after its call, and forwards as it likes', async () => {
    const known = keyValueStore({ name: 'known', keySerde: serdes.string, valueSerde: serdes.string })
    let asked = 0
    /** Looks an address up once, and keeps it. */
    class LookUp {
      #context: ProcessorContext<string, string> | undefined
      init(context: ProcessorContext<string, string>): void {
        this.#context = context
      }
      async call({ value }: StreamRecord<string, string>): Promise<string> {
        const before = this.#context?.store(known).get(value)
        if (before !== undefined) return before
        asked += 1
        await moment()
        return `the address of ${value}`
      }
      receive(record: StreamRecord<string, string>, address: string): void {
        this.#context?.store(known).put(record.value, address)
        this.#context?.forward({ ...record, value: address })
      }
    }
    const builder = new StreamsBuilder()
    builder
      .stream('in', texts)
      .processAsync(() => new LookUp(), { stores: [known], keyBy: (_, customer) => customer })
      .to('out', texts)
    using driver = new TestDriver(builder.build())
    for (const customer of ['ann', 'bob', 'ann', 'ann']) driver.input('in', texts).send('k', customer)
    await driver.settled()
    assert.equal(asked, 2)
    assert.deepEqual(
      outputs(driver).toSorted((one, other) => String(one).localeCompare(String(other))),
      ['ann', 'ann', 'ann', 'bob'].map((name) => `the address of ${name}`),
    )
  })
})

describe('order', () => {
  const keys = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 30 })

  it('holds under random delays, through two awaits in a row, per key and per partition', async () => {
    await fc.assert(
      fc.asyncProperty(
        keys,
        fc.integer({ min: 1, max: 5 }),
        fc.infiniteStream(fc.nat(3)),
        async (all, concurrency, delays) => {
          for (const order of ['key', 'partition'] as const) {
            const delay = async (value: string) => {
              for (let left = delays.next().value ?? 0; left > 0; left -= 1) await moment()
              return value
            }
            const builder = new StreamsBuilder()
            const options = { order, concurrency, maxWaiting: 2 }
            builder.stream('in', texts).mapValuesAsync(delay, options).mapValuesAsync(delay, options).to('out', texts)
            using driver = new TestDriver(builder.build())
            all.forEach((key, at) => driver.input('in', texts).send(key, String(at)))
            await driver.settled()
            const out = driver.output('out', texts).read()
            assert.equal(out.length, all.length)
            const groups = order === 'partition' ? [out] : [...Map.groupBy(out, ({ key }) => key).values()]
            for (const group of groups) {
              const sent = group.map(({ value }) => Number(value))
              assert.deepEqual(
                sent,
                sent.toSorted((one, other) => one - other),
              )
            }
          }
        },
      ),
      { numRuns: 40 },
    )
  })
})
