import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CountingApp, type Running, told } from '../../support/counting-app.ts'
import { Life } from '../../support/mortal.ts'
import { Tap, trickling } from '../../support/trickling.ts'
import { until } from '../../support/until.ts'

const lines = Array.from({ length: 60 }, (_, index) => `a b c${index % 7} d${index % 5} e`)

for (const guarantee of ['at_least_once', 'exactly_once_v2'])
  describe(`a second dyno that joins while the first one restores (${guarantee})`, () => {
    it('loses nothing: what the first one keeps goes on where it was, and tells how far it is', async () => {
      using app = new CountingApp({
        store: 'persistent',
        env: { STREAMS_PROCESSING_GUARANTEE: guarantee, STREAMS_STATESTORE_CACHE_MAX_BYTES: '0' },
      })
      app.feed(...lines)
      const before = app.start(new Life(), app.newDisk())
      await app.settled()
      await before.stop()

      const tap = new Tap(3)
      const client = trickling(app.kafka.openClient(), tap)
      const one = app.start(new Life(), app.newDisk(), 'worker.1', { client })
      await until(() => told(one, 'opened a task').length === 4, 'all tasks')
      const whole = left(one)
      assert.ok(whole > 60)
      tap.allow(1)
      await until(() => left(one) < whole, 'progress')
      const reached = new Map(remaining(one))

      const two = app.start(new Life(), app.newDisk(), 'worker.2')
      await until(() => told(one, 'joined the group').length === 2, 'the second generation')
      app.feed(...lines)
      await until(() => told(two, 'restored a store').length === 1, 'what the second one restores')
      const kept = remaining(one)
      assert.equal(kept.length, 1)
      for (const [task, records] of kept) assert.equal(records, reached.get(task))
      tap.allow(1_000)
      await app.settled()
      await Promise.all([one.stop(), two.stop()])

      assert.deepEqual(app.counts, app.expected)
      for (const offsets of tap.offsets.values()) assert.deepEqual(offsets, ascending(offsets))
      const [task = ''] = kept[0] ?? []
      const of = (message: string) => told(one, message).filter((fields) => fields['task'] === task)
      assert.equal(of('opened a task').length, 1)
      assert.deepEqual([of('restored a store').length, of('restored a store')[0]?.['from']], [1, 0])
    })
  })

/** What is left to restore, by task. */
const remaining = ({ thread }: Running) =>
  thread
    .report()
    .tasks.filter((task) => task.remaining > 0)
    .map((task) => [task.task, task.remaining] as const)

const left = (running: Running): number => remaining(running).reduce((sum, [, records]) => sum + records, 0)

const ascending = (offsets: readonly number[]) => [...new Set(offsets)].toSorted((one, other) => one - other)
