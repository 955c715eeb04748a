import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { serdes, StreamsBuilder, type Serde } from '../../../src/index.ts'
import type { RecordBatch } from '../../../src/kafka/record.ts'
import type { ErrorHandling } from '../../../src/runtime/task/error-plan.ts'
import { taskWorld, textBatch } from '../../support/task-world.ts'

const refusing: Serde<string> = {
  ...serdes.string,
  deserialize: (bytes) => {
    if (bytes.length === 0) throw new TypeError('nothing in it')
    return serdes.string.deserialize(bytes)
  },
}

/** A task that passes text on, and the first offsets of the batches it has given back. */
function reader<T>(valueSerde: Serde<T>, options: { readonly errors?: ErrorHandling; readonly breaksOn?: T } = {}) {
  const builder = new StreamsBuilder()
  builder
    .stream('in', { keySerde: serdes.string, valueSerde })
    .mapValues((value) => {
      if (value === options.breaksOn) throw new TypeError('it breaks')
      return value
    })
    .to('out', { keySerde: serdes.string, valueSerde })
  const { task } = taskWorld(builder.build(), { topics: ['in'], errors: options.errors ?? {} })
  const released: number[] = []
  const enqueue = (firstOffset: number, ...values: string[]): void => {
    const batch: RecordBatch = textBatch(
      'in',
      values.map((value) => ['k', value, 1]),
      firstOffset,
    )
    task.enqueue({ ...batch, release: () => released.push(firstOffset) })
  }
  return { task, enqueue, released }
}

describe('a batch is given back', () => {
  it('when the record behind it is taken, since only then the last one is done with', () => {
    const { task, enqueue, released } = reader(serdes.string)
    enqueue(0, 'a', 'b')
    enqueue(2, 'c', 'd')
    task.process(2, 0)
    assert.deepEqual(released, [])
    task.process(1, 0)
    assert.deepEqual(released, [0])
    task.process(1, 0)
    enqueue(4, 'e')
    task.process(1, 0)
    assert.deepEqual(released, [0, 2])
  })

  it('never where user code is shown views of it', () => {
    const { task, enqueue, released } = reader(serdes.bytes)
    for (const offset of [0, 1, 2]) enqueue(offset, 'a')
    task.process(3, 0)
    assert.deepEqual(released, [])
  })

  it('not where a handler was shown a record that broke, the last one of it too', () => {
    const seen: unknown[] = []
    const processing = (failed: { readonly rawValue: Uint8Array | null }) => {
      seen.push(failed.rawValue)
      return 'continue' as const
    }
    const { task, enqueue, released } = reader(serdes.string, { errors: { processing }, breaksOn: 'bad' })
    enqueue(0, 'a', 'bad')
    enqueue(2, 'b')
    enqueue(3, 'c')
    task.process(4, 0)
    assert.deepEqual(seen, [Buffer.from('bad')])
    assert.deepEqual(released, [2])
  })

  it('not where a handler was shown a record that cannot be read', () => {
    const { task, enqueue, released } = reader(refusing, { errors: { deserialization: () => 'continue' } })
    enqueue(0, 'a', '')
    enqueue(2, 'b')
    enqueue(3, 'c')
    task.process(4, 0)
    assert.deepEqual(released, [2])
  })
})

type Bytes = Uint8Array
const bytes = { keySerde: serdes.bytes, valueSerde: serdes.bytes }
const keptBy: Bytes[] = []
const keep = (value: Bytes): Bytes => {
  keptBy.push(value)
  return value
}
const keeping: Serde<Bytes> = { serialize: keep, deserialize: keep }

/** Topologies on bytes, and whether what they read may be written over behind them. */
const topologies: readonly [name: string, isReused: boolean, build: (builder: StreamsBuilder) => void][] = [
  ['to a topic', true, (builder) => builder.stream('in', bytes).to('out', bytes)],
  [
    'to two topics',
    true,
    (builder) => {
      const input = builder.stream('in', bytes)
      input.to('out', bytes)
      input.to('copy', bytes)
    },
  ],
  [
    'of two topics, merged',
    true,
    (builder) => builder.stream('in', bytes).merge(builder.stream('more', bytes)).to('out', bytes),
  ],
  [
    'with text for a key',
    true,
    (builder) => {
      const serde = { ...bytes, keySerde: serdes.string }
      builder.stream('in', serde).to('out', serde)
    },
  ],
  [
    'merged, and kept by a peek behind',
    false,
    (builder) => {
      const merged = builder.stream('in', bytes).merge(builder.stream('more', bytes))
      merged.peek((_, value) => void keep(value))
      merged.to('out', bytes)
    },
  ],
  [
    'through a partitioner',
    false,
    (builder) =>
      builder.stream('in', bytes).to('out', {
        ...bytes,
        partitioner: (_topic, _key, value) => {
          keep(value)
          return 0
        },
      }),
  ],
  [
    'to a topic chosen for each',
    false,
    (builder) =>
      builder.stream('in', bytes).to((_key, value) => {
        keep(value)
        return 'out'
      }, bytes),
  ],
  [
    'with a time from the value',
    false,
    (builder) =>
      builder
        .stream('in', {
          ...bytes,
          timestampExtractor: ({ value, timestamp }) => {
            if (value instanceof Uint8Array) keep(value)
            return timestamp
          },
        })
        .to('out', bytes),
  ],
  [
    'read by a serde of its own',
    false,
    (builder) => builder.stream('in', { ...bytes, valueSerde: keeping }).to('out', bytes),
  ],
  [
    'written by a serde of its own',
    false,
    (builder) => builder.stream('in', bytes).to('out', { ...bytes, valueSerde: keeping }),
  ],
]

describe('bytes passed through', () => {
  const someBatches = fc.array(fc.array(fc.string({ maxLength: 8 }), { minLength: 1, maxLength: 5 }), { minLength: 1 })

  for (const [name, isReused, build] of topologies) {
    it(`${name} are whole where they arrive${isReused ? ', and their memory is used again' : ', and nobody writes over what was kept'}`, () => {
      fc.assert(
        fc.property(someBatches, (batches) => {
          keptBy.length = 0
          const builder = new StreamsBuilder()
          build(builder)
          const sent: string[] = []
          const { task } = taskWorld(builder.build(), {
            topics: ['in'],
            collect: ({ topic, value }) => {
              if (topic === 'out' && value !== null) sent.push(Buffer.from(value).toString())
            },
          })
          const values = batches.flat()
          let offset = 0
          let releases = 0
          for (const batch of batches) {
            task.enqueue(poisoned(batch, offset, () => releases++))
            offset += batch.length
            task.process(3, 0)
          }
          task.process(values.length, 0)
          task.enqueue(poisoned(['last'], offset, () => releases++))
          task.process(1, 0)
          assert.deepEqual(sent, [...values, 'last'])
          if (keptBy.length > 0)
            assert.deepEqual(
              new Set(keptBy.map(String)),
              new Set([...values, 'last'].map((value) => String(Buffer.from(value)))),
            )
          assert.equal(releases, isReused ? batches.length : 0)
        }),
        { numRuns: 50 },
      )
    })
  }
})

/** Text records whose bytes lie in one buffer, which is written over once they are released. */
function poisoned(values: readonly string[], firstOffset: number, released: () => void): RecordBatch {
  const memory = Buffer.from(values.join(''))
  let at = 0
  const places = values.map((value) => {
    const length = Buffer.byteLength(value)
    at += length
    return memory.subarray(at - length, at)
  })
  const batch = textBatch(
    'in',
    values.map((value) => ['k', value, 1]),
    firstOffset,
  )
  return {
    ...batch,
    value: (index) => places[index] ?? null,
    release: () => {
      memory.fill(0xee)
      released()
    },
  }
}
