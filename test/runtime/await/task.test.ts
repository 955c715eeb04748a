import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { type ErrorHandling, serdes, StreamsBuilder } from '../../../src/index.ts'
import { createTask } from '../../../src/runtime/task/create-task.ts'
import { decodePartitionMetadata } from '../../../src/runtime/task/partition-metadata.ts'
import { TurnedClock } from '../../../src/testing/turned-clock.ts'
import { textBatch } from '../../support/task-world.ts'

const texts = { keySerde: serdes.string, valueSerde: serdes.string }
const moment = () => new Promise((resolve) => setImmediate(resolve))

/** A task whose calls end when the test says so, by the offset of their record. */
function awaitingTask(
  options: {
    readonly mostMs?: number
    readonly concurrency?: number
    readonly errors?: ErrorHandling
    readonly keyBy?: (key: string, value: string) => string
  } = {},
) {
  const ends = new Map<number, () => void>()
  const builder = new StreamsBuilder()
  builder
    .stream('in', texts)
    .mapValuesAsync(
      (value, _key, { recordMetadata }) =>
        new Promise<string>((resolve) => ends.set(recordMetadata?.offset ?? -1, () => resolve(value))),
      {
        order: options.keyBy === undefined ? 'none' : 'key',
        ...(options.keyBy !== undefined && { keyBy: options.keyBy }),
        concurrency: options.concurrency ?? 100,
      },
    )
    .to('out', texts)
  const sent: number[] = []
  const task = createTask(builder.build(), { subtopology: 0, partition: 0 }, [{ topic: 'in', partition: 0 }], {
    applicationId: 'app',
    collector: { send: ({ value }) => sent.push(Number(Buffer.from(value ?? []).toString())) },
    openEngine: () => assert.fail('there is no store'),
    awaiting: {
      clock: new TurnedClock(0),
      pause: () => Promise.resolve(),
      random: () => 0,
      wake: () => {},
      mostMs: options.mostMs,
    },
    errors: options.errors ?? {},
    cacheBytes: 0,
    log: () => {},
  })
  return { task, ends, sent }
}

const rows = (count: number) => Array.from({ length: count }, (_, at) => ['k', String(at), 100 + at] as const)

describe('a task that awaits', () => {
  it('T1: never commits past a record whose call is open, nor past the time of the partition before it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...rows(8).keys()], { minLength: 8 }), async (order) => {
        const { task, ends, sent } = awaitingTask()
        task.enqueue(textBatch('in', rows(8)))
        task.process(8, 0)
        for (const at of order) {
          const open = Array.from({ length: 8 }, (_, offset) => offset).filter((offset) => !sent.includes(offset))
          const [committable] = task.committable()
          assert.equal(committable?.offset, Math.min(...open))
          const { partitionTime } = decodePartitionMetadata(committable.metadata)
          assert.equal(partitionTime, committable.offset === 0 ? -1 : 100 + committable.offset - 1)
          ends.get(at)?.()
          await moment()
          task.process(0, 0)
        }
        assert.equal(task.committable()[0]?.offset, 8)
        assert.equal(task.awaits?.isSettled, true)
      }),
      { numRuns: 50 },
    )
  })

  it('takes no more than it may hold, has no work then, and has some when a call has ended', async () => {
    const { task, ends } = awaitingTask({ concurrency: 2 })
    task.enqueue(textBatch('in', rows(10)))
    assert.equal(task.process(10, 0), 4)
    assert.deepEqual([task.hasWork, task.awaits?.inFlight, task.awaits?.waiting], [false, 2, 2])
    assert.equal(task.buffered({ topic: 'in', partition: 0 }), 10)
    ends.get(1)?.()
    await moment()
    assert.equal(task.hasWork, true)
    assert.equal(task.process(10, 0), 1)
  })

  it('takes nothing while it is held, and sends on what ends', async () => {
    const { task, ends, sent } = awaitingTask()
    task.enqueue(textBatch('in', rows(3)))
    task.process(1, 0)
    if (task.awaits !== undefined) task.awaits.isHeld = true
    assert.equal(task.process(10, 0), 0)
    ends.get(0)?.()
    await moment()
    task.process(10, 0)
    assert.deepEqual(sent, [0])
    assert.deepEqual([task.awaits?.isSettled, task.hasWork], [true, false])
  })

  it('is held back by no record that failed before its call and was skipped', async () => {
    const keyBy = (_key: string, value: string) => {
      if (value === '1') throw new Error('no key')
      return value
    }
    const { task, ends } = awaitingTask({ keyBy, errors: { processing: () => 'continue' } })
    task.enqueue(textBatch('in', rows(3)))
    task.process(10, 0)
    assert.equal(task.committable()[0]?.offset, 0)
    ends.get(0)?.()
    await moment()
    task.process(10, 0)
    assert.equal(task.committable()[0]?.offset, 2)
    ends.get(2)?.()
    await moment()
    task.process(10, 0)
    assert.equal(task.committable()[0]?.offset, 3)
    assert.equal(task.awaits?.isSettled, true)
  })

  it('is refused where its calls may outlast a transaction', () => {
    assert.throws(
      () => awaitingTask({ mostMs: 5_000 }),
      /may take 5000 ms .* at most 5000 ms \(transaction.timeout.ms\)/,
    )
    assert.ok(awaitingTask({ mostMs: 5_001 }))
  })
})
