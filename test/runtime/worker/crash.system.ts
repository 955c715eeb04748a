import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Broker } from '../../../src/local/broker/broker.ts'
import { startTestBroker } from '../../support/broker.ts'
import { WordCount } from '../../support/word-count.ts'
import type { WorkerProcess } from '../../support/worker-process.ts'

const settings = {
  STREAMS_COMMIT_INTERVAL_MS: '100',
  // every word goes to the changelog: what a restore from nothing would read is long
  STREAMS_STATESTORE_CACHE_MAX_BYTES: '0',
}

describe('a dyno that is killed and starts again on its disk', () => {
  let started: Broker | undefined
  const broker = (): Broker => started ?? assert.fail('the broker did not start')
  const disks: string[] = []

  before(async () => {
    started = await startTestBroker()
  })
  after(async () => {
    await started?.close()
    for (const disk of disks) await rm(disk, { recursive: true, force: true })
  })

  for (const [guarantee, prefix] of [
    ['at_least_once', 'crash-1.'],
    ['exactly_once_v2', 'crash-2.'],
  ] as const)
    it(`goes on from the offset that each store holds, and reads nothing before it (${guarantee})`, async () => {
      await using app = await WordCount.open(broker(), prefix, { ...settings, STREAMS_PROCESSING_GUARANTEE: guarantee })
      const disk = await mkdtemp(join(tmpdir(), 'weirkeeper-crash-'))
      disks.push(disk)
      const first = await app.start('worker.1', { STREAMS_STATE_DIR: disk })
      await app.feed(2_000)
      await app.settle(60_000)
      // The stores hold all of this once a later commit is over, since a thread commits one after the other.
      const held = await app.lengthOfChangelogs()
      await app.feed(500)
      await app.settle(60_000)
      const feeding = app.feed(2_000)
      await app.readUntil(() => (app.counts.get('every') ?? 0) > 2_500, 60_000)
      await first.kill()
      await feeding
      const written = await app.lengthOfChangelogs()

      const again = await app.start('worker.1', { STREAMS_STATE_DIR: disk })
      await app.readUntil(() => opened(again).size === 4, 60_000)
      await app.settle(60_000)
      const missing = [...opened(again).values()].reduce((sum, records) => sum + records, 0)
      // Half of it, since the broker may have had records of the dead one at hand that were written a moment later.
      assert.ok(missing < written - held / 2, `${missing} of ${written} records are missing, and ${held} are held`)
      assert.deepEqual(again.logged('threw away state that does not fit its changelog'), [])
      for (const [word, count] of app.expected) {
        const counted = app.counts.get(word) ?? 0
        assert.ok(
          guarantee === 'at_least_once' ? counted >= count : counted === count,
          `${word}: ${counted} of ${count}`,
        )
      }
    })
})

/** What each task with a store lacked when it was opened first. */
function opened(worker: WorkerProcess): ReadonlyMap<string, number> {
  const stateful = worker.logged('opened a task').filter(({ task }) => String(task).startsWith('1_'))
  return new Map(stateful.toReversed().map(({ task, missing }) => [String(task), Number(missing)]))
}
