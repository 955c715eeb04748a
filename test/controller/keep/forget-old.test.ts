import assert from 'node:assert/strict'
import { it } from 'node:test'
import { forgetOld } from '../../../src/controller/keep/forget-old.ts'
import { MemoryRecord } from '../../../src/record/memory-record.ts'
import { VirtualClock } from '../../../src/verify/virtual-clock.ts'

const [minuteMs, hourMs, dayMs] = [60_000, 3_600_000, 86_400_000]

it('forgets changes after an hour, events after a week and who did what after three months, and the object never', async () => {
  const clock = new VirtualClock(0)
  const record = new MemoryRecord(clock)
  const key = { kind: 'Note', namespace: '', name: 'a' }
  const stop = new AbortController()
  const said: string[] = []
  let isAway = true
  const away = {
    forget: (...older: Parameters<typeof record.forget>) =>
      isAway ? Promise.reject(new Error('away')) : record.forget(...older),
  }
  const retention = { changesMs: hourMs, eventsMs: 7 * dayMs, auditMs: 90 * dayMs }
  const ended = forgetOld(retention, { record: away, clock, say: (what) => said.push(what) }, stop.signal)
  await record.write([{ kind: 'put', key, body: {}, expected: 'any', actor: 'test' }])
  await record.tell([{ key, type: 'Normal', reason: 'Applied', message: 'done' }])
  const left = async (): Promise<string> =>
    [
      (await record.changesSince(0, 10)).kind,
      (await record.events(key)).length,
      (await record.audit(key, 9)).length,
    ].join()

  await clock.pass(10 * minuteMs)
  assert.deepEqual([said, await left()], [['record-unreachable'], 'changes,1,1'])
  isAway = false
  await clock.pass(40 * minuteMs)
  assert.equal(await left(), 'changes,1,1')
  await clock.pass(10 * minuteMs)
  assert.equal(await left(), 'gone,1,1')
  await clock.pass(7 * dayMs)
  assert.equal(await left(), 'gone,0,1')
  await clock.pass(90 * dayMs)
  assert.equal(await left(), 'gone,0,0')
  assert.ok(await record.get(key))
  stop.abort()
  await clock.pass(0)
  await ended
})
