import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { FrameMemory } from '../../../src/kafka/wire/source/frame-memory.ts'

const frameBytes = 100_000
const mebibyte = 1024 * 1024

describe('memory of fetched frames', () => {
  it('is used again once the last of its readers is done, and not before', () => {
    const memory = new FrameMemory(mebibyte)
    const frame = memory.take(frameBytes)
    const partitions = [frame.subarray(0, 50), frame.subarray(50)]
    for (const part of partitions) memory.hold(part)
    for (const part of partitions) {
      assert.notEqual(memory.take(frameBytes).buffer, frame.buffer)
      memory.release(part)
    }
    const next = memory.take(frameBytes + 1)
    assert.equal(next.buffer, frame.buffer)
    assert.equal(next.length, frameBytes + 1)
    assert.notEqual(memory.take(frameBytes).buffer, frame.buffer)
  })

  it('is not used again where a reader never says that it is done', () => {
    const memory = new FrameMemory(mebibyte)
    const frame = memory.take(frameBytes)
    memory.hold(frame)
    memory.hold(frame)
    memory.release(frame)
    assert.notEqual(memory.take(frameBytes).buffer, frame.buffer)
  })

  it('is kept up to a bound, the smallest given up first', () => {
    const memory = new FrameMemory(18 * mebibyte)
    const frames = [1, 2, 3, 4, 5, 6].map((times) => memory.take(times * mebibyte))
    for (const frame of frames) memory.hold(frame)
    for (const frame of frames) memory.release(frame)
    const largestFirst = frames.toReversed()
    const again = largestFirst.map(({ length }) => memory.take(length).buffer)
    assert.deepEqual(
      largestFirst.map(({ buffer }, index) => buffer === again[index]),
      [true, true, true, true, false, false],
    )
  })

  it('is not kept once nothing is read', () => {
    const memory = new FrameMemory(mebibyte)
    const frame = memory.take(frameBytes)
    memory.hold(frame)
    memory.release(frame)
    memory.clear()
    assert.notEqual(memory.take(frameBytes).buffer, frame.buffer)
  })
})
