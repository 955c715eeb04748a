import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { SpareMemory } from '../../../src/kafka/wire/bytes/spare-memory.ts'
import { batchBytes, outgoing, plain, readColumns } from '../../support/wire-records.ts'

const stepBytes = 1024
const mostBytes = 16 * stepBytes

/** What is given back is written over at once, by somebody else's bytes. */
class Poisoned extends SpareMemory {
  override give(memory: Buffer): void {
    memory.fill(0xee)
    super.give(memory)
  }
}

describe('spare memory', () => {
  it('is nobody else’s between take and give, is large enough, and is bounded', () => {
    const someSteps = fc.array(
      fc.oneof(
        fc.record({ take: fc.integer({ min: 0, max: 2 * mostBytes }) }),
        fc.record({ give: fc.nat({ max: 1000 }) }),
      ),
    )
    fc.assert(
      fc.property(someSteps, (steps) => {
        const spare = new SpareMemory({ stepBytes, mostBytes })
        const inUse: Buffer[] = []
        for (const step of steps) {
          if ('take' in step) {
            const memory = spare.take(step.take)
            assert.ok(memory.length >= step.take)
            assert.equal(memory.byteOffset, 0)
            assert.equal(memory.length % stepBytes, 0)
            assert.ok(inUse.every(({ buffer }) => buffer !== memory.buffer))
            inUse.push(memory)
          } else {
            const [given] = inUse.splice(step.give % Math.max(1, inUse.length), 1)
            if (given !== undefined) spare.give(given)
          }
        }
      }),
    )
  })

  it('is used again while it is kept, and not beyond the bound', () => {
    const spare = new SpareMemory({ stepBytes, mostBytes })
    const small = spare.take(1)
    const large = spare.take(mostBytes)
    const tooLarge = spare.take(mostBytes + 1)
    for (const memory of [small, large, tooLarge]) spare.give(memory)
    assert.equal(spare.take(1), large)
    assert.notEqual(spare.take(1), small)
    spare.give(large)
    spare.clear()
    assert.notEqual(spare.take(1), large)
  })
})

describe('columns in spare memory', () => {
  const someCounts = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 2, maxLength: 8 })

  it('say of each batch what it holds, whoever had their memory before', async () => {
    await fc.assert(
      fc.asyncProperty(someCounts, fc.array(fc.boolean()), async (counts, isKept) => {
        const spare = new Poisoned({ stepBytes, mostBytes: 1024 * 1024 })
        const held: (() => void)[] = []
        for (const [index, count] of counts.entries()) {
          const records = Array.from({ length: count }, (_, at) => outgoing({ value: `${index}:${at}`, timestamp: at }))
          const columns = await readColumns(await batchBytes(records, { baseOffset: index * 1000 }), { spare })
          if (columns === null) throw new Error('there are records')
          const check = (): void => {
            const last = plain(columns).at(-1)
            assert.equal(columns.length, count)
            assert.deepEqual(
              [last?.value, last?.offset, last?.timestamp],
              [`${index}:${count - 1}`, index * 1000 + count - 1, count - 1],
            )
          }
          check()
          if (isKept[index] === true) held.push(check)
          else columns.release?.()
        }
        for (const check of held) check()
      }),
      { numRuns: 30 },
    )
  })

  it('are refused once they were given back, with a message and not with the next batch’s values', async () => {
    const spare = new SpareMemory({ stepBytes, mostBytes: 1024 * 1024 })
    const bytes = await batchBytes(Array.from({ length: 300 }, () => outgoing()))
    const before = await readColumns(bytes, { spare })
    before?.release?.()
    const after = await readColumns(bytes, { spare })
    assert.equal(after?.offset(1), 1)
    const calls = [() => before?.offset(1), () => before?.timestamp(1), () => before?.key(1), () => before?.headers(1)]
    for (const call of calls) assert.throws(call, /record 1 is outside the batch/)
  })
})
