import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ErrorHandling, serdes, StreamsBuilder } from '../../src/index.ts'
import { TestDriver } from '../../src/testing/index.ts'

const texts = { keySerde: serdes.string, valueSerde: serdes.string }
const numbers = { keySerde: serdes.string, valueSerde: serdes.int }

function halves(errors: ErrorHandling): TestDriver {
  const builder = new StreamsBuilder()
  const half = (value: number) => {
    if (value % 2 === 1) throw new RangeError(`${value} is odd`)
    return value / 2
  }
  builder
    .stream('in', numbers)
    .flatMapValues((value: number | null) => (value === null ? [] : [value, value + 1]))
    .mapValues(half)
    .to('out', numbers)
  return new TestDriver(builder.build(), { errors })
}

const outputs = (driver: TestDriver) =>
  driver
    .output('out', numbers)
    .read()
    .map(({ value }) => value)

describe('records that fail', () => {
  it('are left out at the node where they fail, and the rest of the same record goes on', () => {
    const seen: string[] = []
    using driver = halves({
      processing: ({ node, topic, offset }, error) => {
        seen.push(`${node} ${topic} ${offset} ${String(error)}`)
        return 'continue'
      },
    })
    driver.input('in', numbers).send('k', 4)
    driver.input('in', numbers).send('k', 7)
    assert.deepEqual(outputs(driver), [2, 4])
    assert.deepEqual(seen, [
      'KSTREAM-MAPVALUES-0000000002 in 0 RangeError: 5 is odd',
      'KSTREAM-MAPVALUES-0000000002 in 1 RangeError: 7 is odd',
    ])
  })

  it("go as they came to the dead letter queue, with Kafka's headers", () => {
    using driver = halves({ deserialization: () => 'continue', deadLetterTopic: 'dead' })
    driver.input('in', texts).send('k', 'not a number', { timestamp: 5, headers: [{ key: 'own', value: null }] })
    driver.input('in', numbers).send('k', null)
    const [letter, ...others] = driver.output('dead', texts).read()
    assert.deepEqual(others, [])
    assert.deepEqual([letter?.key, letter?.value, letter?.timestamp], ['k', 'not a number', 5])
    assert.deepEqual(
      letter?.headers.map(({ key }) => key),
      [
        'own',
        '__streams.errors.exception',
        '__streams.errors.message',
        '__streams.errors.stacktrace',
        '__streams.errors.topic',
        '__streams.errors.partition',
        '__streams.errors.offset',
      ],
    )
    assert.deepEqual(
      letter.headers.slice(-3).map(({ value }) => Buffer.from(value ?? []).toString()),
      ['in', '0', '0'],
    )
  })

  it('end the task where the handler says so, after the dead letter', () => {
    using driver = halves({ deadLetterTopic: 'dead' })
    assert.throws(() => driver.input('in', numbers).send('k', 1), {
      message: 'processing in-0 offset 0 in task 0_0',
    })
  })
})
