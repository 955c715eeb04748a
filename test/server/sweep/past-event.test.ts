import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isPastEvent } from '../../../src/server/sweep/past-event.ts'

const nowMs = Date.parse('2026-03-09T00:00:00Z')
const [long, lately] = ['2026-03-01T00:00:00Z', '2026-03-08T00:00:00.000001Z']

describe('an event that a client posted', () => {
  for (const [what, times, isPast] of [
    ['is past a week after it was made', {}, true],
    ['is kept while it happens again', { lastTimestamp: lately }, false],
    ['is kept while it happens again, in the newer words', { series: { count: 2, lastObservedTime: lately } }, false],
    ['is past a week after it happened last', { eventTime: long, lastTimestamp: long }, true],
    ['goes by the times that can be read', { lastTimestamp: 'lately', eventTime: null }, true],
  ] as const)
    it(what, () => {
      const event = { apiVersion: 'v1', kind: 'Event', metadata: { name: 'a', creationTimestamp: long }, ...times }
      assert.equal(isPastEvent(event, nowMs), isPast)
    })

  it('is kept where nothing tells its age', () => {
    assert.equal(isPastEvent({ apiVersion: 'v1', kind: 'Event', metadata: { name: 'a' } }, nowMs), false)
  })
})
