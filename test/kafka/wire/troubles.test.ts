import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { StreamFailure } from '../../../src/kafka/stream-failure.ts'
import { Troubles } from '../../../src/kafka/wire/source/troubles.ts'

const away: StreamFailure = { kind: 'retry', reason: 'away' }
const hopeless: StreamFailure = { kind: 'fatal', reason: 'no', whatToDo: 'ask' }
const gone = (partition: number): StreamFailure => ({
  kind: 'out-of-range',
  reason: `${partition} is gone`,
  partitions: [{ topic: 't', partition }],
})

describe('what a poll has to tell', () => {
  it('is nothing of what passes, while there are records', () => {
    const troubles = new Troubles()
    troubles.note(away)
    assert.equal(troubles.take(true), null)
    assert.equal(troubles.take(false), away)
    assert.equal(troubles.take(false), null)
  })

  it('is nothing of what has passed', () => {
    const troubles = new Troubles()
    troubles.note(away)
    troubles.settle()
    assert.equal(troubles.take(false), null)
  })

  it('is every partition outside its log, once, whatever else happens', () => {
    const troubles = new Troubles()
    troubles.note(gone(1))
    troubles.note(away)
    troubles.note(gone(2))
    assert.equal(troubles.areUrgent, true)
    const told = troubles.take(true)
    assert.deepEqual(told?.kind === 'out-of-range' && told.partitions, [
      { topic: 't', partition: 1 },
      { topic: 't', partition: 2 },
    ])
    assert.equal(troubles.areUrgent, false)
  })

  it('is what no repetition helps, every time, until other partitions are assigned', () => {
    const troubles = new Troubles()
    troubles.note(hopeless)
    assert.deepEqual([troubles.take(true), troubles.take(true)], [hopeless, hopeless])
    troubles.clear()
    assert.equal(troubles.take(true), null)
  })
})
