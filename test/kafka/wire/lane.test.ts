import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Codecs } from '../../../src/kafka/wire/batch/codec.ts'
import { layout } from '../../../src/kafka/wire/batch/layout.ts'
import { BatchMemory } from '../../../src/kafka/wire/sink/batch-memory.ts'
import { Lane } from '../../../src/kafka/wire/sink/lane.ts'
import { Lanes } from '../../../src/kafka/wire/sink/lanes.ts'
import { outgoing } from '../../support/wire-records.ts'

const options = { compression: 'none', codecs: new Codecs(), batchBytes: 200, memory: new BatchMemory(200) } as const
const identity = { producerId: 7, producerEpoch: 1 }
const take = (lane: Lane) => lane.take(identity, false)

/** A lane with `count` batches of two records each. */
function laneWith(count: number): Lane {
  const lane = new Lane({ topic: 't', partition: 0 }, options)
  const large = outgoing({ value: 'x'.repeat(20) })
  while (lane.sizeBytes < count * 150) lane.append(large)
  return lane
}

describe('a lane', () => {
  it('L1: numbers its batches by the records before them', () => {
    const lane = laneWith(3)
    const batches = [take(lane), take(lane)]
    const sequences = batches.map(({ bytes }) => bytes.readInt32BE(layout.baseSequence))
    assert.deepEqual(sequences, [0, batches[0]?.count])
  })

  it('L2: holds everything back after a failure until all is answered and it is let go, then begins with the oldest', () => {
    const lane = laneWith(3)
    const [first, second] = [take(lane), take(lane)]
    lane.putBack(first)
    assert.equal(lane.hasSendable(true), false)
    lane.release()
    assert.equal(lane.hasSendable(true), false, 'the second is still under way')
    lane.putBack(second)
    lane.release()
    assert.equal(lane.hasSendable(false), true)
    assert.deepEqual([take(lane), take(lane)], [first, second])
  })

  it('L2: has one batch under way until the broker has taken one, and again after a failure', () => {
    const lane = laneWith(3)
    const first = take(lane)
    assert.equal(lane.hasSendable(true), false)
    lane.acknowledge(first)
    const second = take(lane)
    assert.equal(lane.hasSendable(true), true)
    lane.putBack(second)
    lane.release()
    take(lane)
    assert.equal(lane.hasSendable(true), false)
  })

  it('L3: what takes the place of a refused batch has its numbers, and all behind it follow', () => {
    const lane = laneWith(3)
    const first = take(lane)
    lane.acknowledge(first)
    const [second, third] = [take(lane), take(lane)]
    const held = { bytes: lane.sizeBytes, of: second.bytes.length }
    lane.putBack(second)
    lane.putBack(third)
    lane.replace(second, [[outgoing()], [{ ...outgoing(), cause: 'told' }]])
    lane.release()
    const [one, two, behind] = [take(lane), take(lane), take(lane)]
    const numbers = [one, two, behind].map(({ sequence }) => sequence - first.count)
    assert.deepEqual(numbers, [0, 1, 2])
    assert.deepEqual([one.causes, two.causes, behind], [undefined, ['told'], third])
    assert.equal(lane.sizeBytes, held.bytes - held.of + one.bytes.length + two.bytes.length)
  })

  it('L3: leaves no gap where nothing takes its place', () => {
    const lane = laneWith(2)
    const [first, second] = [take(lane), take(lane)]
    lane.putBack(first)
    lane.putBack(second)
    lane.replace(first, [])
    lane.release()
    assert.deepEqual([take(lane), second.sequence], [second, 0])
  })

  it('makes smaller batches once one was too large', () => {
    const lane = new Lane(
      { topic: 't', partition: 0 },
      { ...options, batchBytes: 8_000, memory: new BatchMemory(8_000) },
    )
    lane.shrink(4_000)
    for (let index = 0; index < 50; index += 1) lane.append(outgoing({ value: 'x'.repeat(100) }))
    assert.ok(take(lane).bytes.length <= 2_000)
  })

  it('sends only the first again when the second was taken', () => {
    const lane = laneWith(3)
    const [first, second] = [take(lane), take(lane)]
    lane.putBack(first)
    lane.acknowledge(second)
    lane.release()
    assert.equal(take(lane), first)
  })

  it('begins at zero for a producer that brokers have not met, with batches that were kept', () => {
    const lane = laneWith(2)
    lane.acknowledge(take(lane))
    const kept = take(lane)
    assert.notEqual(kept.sequence, 0)
    lane.putBack(kept)
    lane.renumber()
    lane.release()
    const again = lane.take({ producerId: 8, producerEpoch: 0 }, false)
    assert.equal(again, kept)
    assert.equal(again.bytes.readInt32BE(layout.baseSequence), 0)
    assert.equal(again.bytes.readBigInt64BE(layout.producerId), 8n)
  })

  it('knows how much is not acknowledged, and after the last answer that it is nothing', () => {
    const lane = laneWith(3)
    while (lane.hasSendable(true)) lane.acknowledge(take(lane))
    assert.equal(lane.sizeBytes, 0)
  })

  it('forgets everything when cleared', () => {
    const lane = laneWith(3)
    lane.clear()
    assert.equal(lane.sizeBytes, 0)
    assert.equal(lane.hasSendable(true), false)
  })
})

describe('lanes', () => {
  it('refuse a topic that was not prepared and a partition that is not there, by name', () => {
    const lanes = new Lanes(options)
    const to = (topic: string, partition: number) => ({ topic, partition, ...outgoing() })
    assert.throws(() => lanes.laneFor(to('t', 0)), /topic t was not prepared/)
    lanes.learn('t', 2)
    assert.throws(() => lanes.laneFor(to('t', 2)), /there is no partition 2/)
  })

  it('keep records without a key together for a while, and use every partition in time', () => {
    const lanes = new Lanes({ ...options, batchBytes: 100_000, memory: new BatchMemory(100_000) })
    lanes.learn('t', 3)
    const keyless = { topic: 't', partition: null, ...outgoing({ key: null, value: 'x'.repeat(1000) }) }
    const partitions = Array.from({ length: 100 }, () => lanes.laneFor(keyless).partition)
    const changes = partitions.filter((partition, index) => index > 0 && partition !== partitions[index - 1]).length
    assert.deepEqual(new Set(partitions), new Set([0, 1, 2]))
    assert.ok(changes < 10, `${changes} changes`)
  })
})
