import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Standing } from '../../../src/controller/lead/standing.ts'
import { MemoryRecord } from '../../../src/record/memory-record.ts'
import { FakeClock } from '../../support/fake-clock.ts'

it('knows from the answers who leads, and that nobody knows when none came for a lease’s time', async () => {
  const clock = new FakeClock()
  const record = new MemoryRecord(clock)
  const [first, second] = [new Standing(clock), new Standing(clock)]
  assert.equal(first.now, 'unknown')

  await first.watch(record).hold('controller', 'one', 12_000)
  await second.watch(record).hold('controller', 'two', 12_000)
  assert.deepEqual([first.now, second.now], ['leading', 'following'])

  clock.turn(12_000)
  assert.deepEqual([first.now, second.now], ['leading', 'following'])
  clock.turn(1)
  assert.deepEqual([first.now, second.now], ['unknown', 'unknown'])
  await second.watch(record).hold('controller', 'two', 12_000)
  assert.equal(second.now, 'leading')
})
