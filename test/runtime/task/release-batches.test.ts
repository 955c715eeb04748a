import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
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

  it('never where values may be views of it', () => {
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
