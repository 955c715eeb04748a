import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { stampConditions } from '../../../src/controller/status/stamp-conditions.ts'
import type { Condition } from '../../../src/controller/status/status.ts'

describe('stampConditions', () => {
  const ready = (status: Condition['status'], message: string): Condition => ({
    type: 'Ready',
    status,
    reason: 'Converged',
    message,
  })
  const first = { generation: 1, at: new Date('2026-11-25T12:00:00.999Z') }
  const later = { generation: 2, at: new Date('2026-11-25T12:34:56.500Z') }

  it('dates a condition to the second, and keeps the date while its status is the same', () => {
    const before = stampConditions([ready('False', 'a')], [], first)
    assert.equal(before[0]?.lastTransitionTime, '2026-11-25T12:00:00Z')
    const [same] = stampConditions([ready('False', 'b')], before, later)
    assert.deepEqual(
      [same?.lastTransitionTime, same?.observedGeneration, same?.message],
      ['2026-11-25T12:00:00Z', 2, 'b'],
    )
  })

  it('dates it anew where its status is another, and goes by its own type alone', () => {
    const before = stampConditions([ready('False', 'a'), { ...ready('True', 'a'), type: 'Stalled' }], [], first)
    const [ended] = stampConditions([ready('True', 'a')], before, later)
    assert.equal(ended?.lastTransitionTime, '2026-11-25T12:34:56Z')
  })
})
