import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { describe, it } from 'node:test'
import { fail } from '../../../src/base/result.ts'
import type { Clock } from '../../../src/base/clock.ts'
import { CountingApp, type Running } from '../../support/counting-app.ts'
import { Life } from '../../support/mortal.ts'
import { until } from '../../support/until.ts'

const lines = ['a b a', 'b c', 'a', 'c c d', 'a d']

const joins = ({ log }: Running) => log.filter((line) => line.startsWith('joined the group')).length

const kinds = [
  { store: 'persistent', env: {} },
  { store: 'in-memory', env: { STREAMS_PROCESSING_GUARANTEE: 'exactly_once_v2' } },
] as const

/** State in the changelog, and a cluster that does not give it out until it is let go on. */
async function openHeldBack(app: CountingApp) {
  app.feed(...lines)
  const first = app.start(new Life(), app.newDisk())
  await app.settled()
  await first.stop()
  const { log } = app.kafka
  const read = log.read.bind(log)
  log.read = (partition, from, readCommitted) =>
    partition.topic === 'wc-counts-changelog' ? { records: [], next: from } : read(partition, from, readCommitted)
  const restoring = app.start(new Life(), app.newDisk())
  await until(() => restoring.thread.report().tasks.some(({ remaining }) => remaining > 0), 'a restore')
  return {
    restoring,
    goOn: () => {
      log.read = read
    },
  }
}

for (const { store, env } of kinds)
  describe(`a thread that restores its ${store} stores`, () => {
    it('gives away what it has not finished in a rebalance, and every count is exact', async () => {
      using app = new CountingApp({ store, env })
      const { restoring, goOn } = await openHeldBack(app)
      const before = joins(restoring)
      const other = app.start(new Life(), app.newDisk(), 'worker.2')
      await until(() => joins(restoring) > before && joins(other) > 0, 'a rebalance')
      app.feed(...lines)
      goOn()
      await app.settled()
      await Promise.all([restoring.stop(), other.stop()])
      assert.deepEqual(app.counts, app.expected)
    })

    it('stops in the middle of it, and the next one restores the whole', async () => {
      using app = new CountingApp({ store, env })
      const { restoring, goOn } = await openHeldBack(app)
      app.feed(...lines)
      await restoring.stop()
      assert.ok(!restoring.log.some((line) => line.startsWith('restored a store')))
      goOn()
      const next = app.start(new Life(), app.newDisk())
      await app.settled()
      await next.stop()
      assert.deepEqual(app.counts, app.expected)
    })
  })

describe('a thread whose disk goes away under it', () => {
  for (const guarantee of ['at_least_once', 'exactly_once_v2'])
    it(`ends, says so, and the next one restores what it had (${guarantee})`, async () => {
      using app = new CountingApp({ store: 'persistent', env: { STREAMS_PROCESSING_GUARANTEE: guarantee } })
      const disk = app.newDisk()
      app.feed(...lines)
      const running = app.start(new Life(), disk)
      await app.settled()
      rmSync(disk, { recursive: true })
      app.feed(...lines)
      await assert.rejects(running.ended, /the state folder is gone: .*lmdb/)
      const next = app.start(new Life(), app.newDisk())
      await app.settled()
      await next.stop()
      if (guarantee === 'exactly_once_v2') assert.deepEqual(app.counts, app.expected)
      for (const [word, count] of app.expected) assert.ok((app.counts.get(word) ?? 0) >= count, word)
    })
})

/** Its hands run as fast as they are waited for, but each wait gives way to what else goes on. */
function hurriedClock(): Clock {
  let aheadMs = 0
  return {
    now: () => Date.now() + aheadMs,
    sleep: async (ms) => {
      aheadMs += ms
      await new Promise((resolve) => setTimeout(resolve, 1))
    },
  }
}

const away = { kind: 'retry', reason: 'no broker answers' } as const

/** From now on every call of the cluster fails as it does where no broker is there; what is returned brings it back. */
function takeAway({ kafka }: CountingApp): () => void {
  const open = kafka.openClient.bind(kafka)
  let isAway = false
  kafka.openClient = () => {
    const client = open()
    const failing = <T extends object>(target: T, calls: readonly string[]): T =>
      new Proxy(target, {
        get(real, property) {
          const value: unknown = Reflect.get(real, property, real)
          if (typeof value !== 'function') return value
          return (...given: unknown[]): unknown =>
            isAway && calls.includes(String(property)) ? Promise.resolve(fail(away)) : Reflect.apply(value, real, given)
        },
      })
    return {
      ...client,
      openSource: (options) => failing(client.openSource(options), ['poll']),
      openSink: () => failing(client.openSink(), ['flush', 'prepare']),
      openTransactionalSink: (options) => failing(client.openTransactionalSink(options), ['flush', 'commit', 'open']),
      openGroup: (options) => failing(client.openGroup(options), ['commit', 'committed', 'join']),
    }
  }
  return () => {
    isAway = !isAway
  }
}

for (const guarantee of ['at_least_once', 'exactly_once_v2'])
  describe(`a thread whose brokers are away (${guarantee})`, () => {
    const env = { STREAMS_PROCESSING_GUARANTEE: guarantee, STREAMS_TASK_TIMEOUT_MS: '2000000000' }

    it('waits, and goes on where it stood when they are back', async () => {
      using app = new CountingApp({ env, clock: hurriedClock() })
      const turn = takeAway(app)
      app.feed(...lines)
      const running = app.start(new Life(), app.newDisk())
      await app.settled()
      turn()
      app.feed(...lines)
      const tried = () =>
        running.log.filter((line) => /^(waiting to try again|the commit is tried again)/.test(line)).length
      await until(() => tried() > 3, 'some tries')
      turn()
      await app.settled()
      await running.stop()
      assert.deepEqual(app.counts, app.expected)
    })

    it('stops all the same, says that the last commit is missing, and leaves the records to be read again', async () => {
      using app = new CountingApp({ env: { ...env, STREAMS_COMMIT_INTERVAL_MS: '600000' }, clock: hurriedClock() })
      const turn = takeAway(app)
      app.feed(...lines)
      const running = app.start(new Life(), app.newDisk())
      await until(
        () => running.thread.report().metrics.some(({ name, value }) => name === 'process-total' && Number(value) > 0),
        'a record',
      )
      turn()
      await running.stop()
      assert.ok(running.log.includes('stopped {"committed":false}'), running.log.slice(-3).join('\n'))
      turn()
      assert.equal(app.kafka.group('wc').offsets.size, 0)
    })
  })
