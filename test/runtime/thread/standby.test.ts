import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { systemClock } from '../../../src/host/system-clock.ts'
import type { TopicPartition } from '../../../src/kafka/record.ts'
import { CountingApp, type Running, told } from '../../support/counting-app.ts'
import { Life } from '../../support/mortal.ts'
import { until } from '../../support/until.ts'

const oneStandby = { STREAMS_NUM_STANDBY_REPLICAS: '1' }
const lines = ['a b a', 'b c', 'a', 'c c d', 'a d']
const changelog = [0, 1].map((partition) => ({ topic: 'wc-counts-changelog', partition }))

/** Log lines that begin so, as fields. */

/** Two dynos, each with the standbys of the other, caught up. */
async function twoDynos(app: CountingApp, first = new Life()) {
  app.feed(...lines)
  const one = app.start(first, app.newDisk(), 'worker.1')
  await app.settled()
  const two = app.start(new Life(), app.newDisk(), 'worker.2')
  await until(() => told(two, 'opened a standby').length === 1 && told(one, 'opened a standby').length === 1)
  app.feed(...lines)
  await app.settled()
  await until(() => changelog.every((partition) => app.kafka.log.readTo(partition) === app.kafka.log.end(partition)))
  return { one, two }
}

for (const env of [oneStandby, { ...oneStandby, STREAMS_PROCESSING_GUARANTEE: 'exactly_once_v2' }])
  for (const store of ['persistent', 'in-memory'] as const)
    describe(`a standby with its ${store} store (${Object.values(env)[1] ?? 'at least once'})`, () => {
      it('takes over from a dead dyno with nothing to restore, and every count is exact', async () => {
        using app = new CountingApp({ env, store })
        const life = new Life()
        const { two } = await twoDynos(app, life)
        life.end()
        app.kafka.group('wc').expire(1)
        app.feed(...lines)
        await app.settled()
        await two.stop()
        assert.deepEqual(app.counts, app.expected)
        const opened = told(two, 'opened a task').filter(({ wasStandby }) => wasStandby === true)
        assert.deepEqual(
          opened.map(({ restoring, missing }) => [restoring, missing]),
          [[0, 0]],
        )
      })
    })

describe('what a dyno tells of changelogs', () => {
  it('are the records that its standby followed, and those that a new owner restored', async () => {
    using app = new CountingApp({ env: { ...oneStandby, STREAMS_METRICS_RECORDING_LEVEL: 'DEBUG' } })
    const { one, two } = await twoDynos(app)
    const total = ({ thread }: Running, name: string) =>
      thread
        .report()
        .metrics.filter((metric) => metric.name === name)
        .reduce((sum, { value }) => sum + Number(value), 0)
    const written = changelog.reduce((sum, partition) => sum + app.kafka.log.end(partition), 0)
    for (const dyno of [one, two]) {
      // each has one standby; that of the first has been its active task, and lacks only what came since
      const followed = total(dyno, 'update-total')
      assert.ok(followed > 0 && followed < written, `${followed} of ${written}`)
      assert.ok(total(dyno, 'restore-records-rate') > 0)
    }
    await one.stop()
    await two.stop()
    const late = app.start(new Life(), app.newDisk(), 'worker.3')
    await until(() => told(late, 'opened a task').length === 4 && told(late, 'restored a store').length === 2)
    assert.equal(total(late, 'restore-total'), written)
    await late.stop()
  })
})

describe('a dyno with a standby elsewhere', () => {
  for (const callGoesOut of [true, false])
    it(`leaves every count exact when it dies at any of its calls, the call ${callGoesOut ? 'having gone out' : 'never made'}`, async () => {
      let deaths = 0
      for (let atCall = 1; ; atCall += 3) {
        using app = new CountingApp({ env: { ...oneStandby, STREAMS_PROCESSING_GUARANTEE: 'exactly_once_v2' } })
        const dying = new Life({ atCall, callGoesOut })
        const one = app.start(dying, app.newDisk(), 'worker.1')
        const two = app.start(new Life(), app.newDisk(), 'worker.2')
        app.feed(...lines)
        await Promise.race([dying.over, app.settled()])
        app.feed(...lines)
        await Promise.race([dying.over, app.settled()])
        if (!dying.isOver) {
          await Promise.all([one.stop(), two.stop()])
          break
        }
        app.kafka.group('wc').expire(1)
        const again = app.start(new Life(), app.newDisk(), 'worker.1')
        await app.settled()
        await Promise.all([again.stop(), two.stop()])
        assert.deepEqual(app.counts, app.expected, `death at call ${atCall}`)
        deaths += 1
      }
      assert.ok(deaths > 5, `${deaths} deaths`)
    })
})

describe('the roles of a task', () => {
  it('swap without moving data: what was active goes on as a standby on the same store, and back', async () => {
    using app = new CountingApp({ env: oneStandby, store: 'in-memory' })
    const { one, two } = await twoDynos(app)
    const given = told(one, 'opened a standby')[0] ?? assert.fail('no standby')
    assert.equal(given['wasActive'], true)
    assert.equal(given['missing'], 0)
    await two.stop()
    app.feed(...lines)
    await app.settled()
    const taken = told(one, 'opened a task').filter(({ task }) => task === given['task'])
    assert.deepEqual(
      taken.map(({ wasStandby }) => wasStandby),
      [false, true],
    )
    await one.stop()
    assert.deepEqual(app.counts, app.expected)
  })

  it('are never both on one process, and every stateful task has both', async () => {
    using app = new CountingApp({ env: oneStandby })
    const { one, two } = await twoDynos(app)
    const last = (running: Running) => told(running, 'joined the group').at(-1)
    for (const running of [one, two]) {
      const [tasks, standbys] = [last(running)?.['tasks'], last(running)?.['standbys']]
      assert.ok(Array.isArray(tasks) && Array.isArray(standbys))
      assert.equal(standbys.length, 1)
      assert.ok(!tasks.includes(standbys[0]))
    }
    await one.stop()
    await two.stop()
  })
})

describe('a dyno that is restarted', () => {
  it('may still end while the new one of its slot begins: every count is exact', async () => {
    using app = new CountingApp({ env: { ...oneStandby, STREAMS_PROCESSING_GUARANTEE: 'exactly_once_v2' } })
    const { one, two } = await twoDynos(app)
    app.feed(...lines)
    const again = app.start(new Life(), app.newDisk(), 'worker.1')
    app.feed(...lines)
    await one.stop()
    app.feed(...lines)
    await app.settled()
    await again.stop()
    await two.stop()
    assert.deepEqual(app.counts, app.expected)
  })
})

describe('a warm-up', () => {
  it('is a standby where a task shall run, and the task moves there at the next probe, once it lacks nothing', async () => {
    let aheadMs = 0
    const clock = {
      now: () => Date.now() + aheadMs,
      sleep: (ms: number, signal: AbortSignal) => systemClock.sleep(ms, signal),
    }
    using app = new CountingApp({ env: { STREAMS_ACCEPTABLE_RECOVERY_LAG: '0' }, clock })
    app.feed(...lines)
    const one = app.start(new Life(), app.newDisk(), 'worker.1')
    await app.settled()
    const two = app.start(new Life(), app.newDisk(), 'worker.2')
    await until(() => told(two, 'a standby store caught up').length === 1)
    const [warmUp] = told(two, 'opened a standby')
    assert.deepEqual(
      told(two, 'opened a task').filter(({ task }) => task === warmUp?.['task']),
      [],
    )
    aheadMs = 600_000
    await until(() => told(two, 'opened a task').some(({ task }) => task === warmUp?.['task']))
    app.feed(...lines)
    await app.settled()
    await one.stop()
    await two.stop()
    assert.deepEqual(app.counts, app.expected)
  })
})

describe('a standby', () => {
  it('starts over when the changelog lost what it would read next', async () => {
    using app = new CountingApp({ env: oneStandby })
    const { one, two } = await twoDynos(app)
    for (const partition of changelog) writeAnew(app, partition)
    await until(() => [one, two].every((running) => told(running, 'a standby lost its place').length === 1))
    app.feed(...lines)
    await app.settled()
    await one.stop()
    app.feed(...lines)
    await app.settled()
    await two.stop()
    assert.deepEqual(app.counts, app.expected)
  })
})

/** What compaction may do while a reader is away: the same state at later offsets, and nothing left at the earlier ones. */
function writeAnew({ kafka: { log } }: CountingApp, partition: TopicPartition): void {
  const { records } = log.read(partition, log.beginning(partition), false)
  const begin = log.end(partition)
  log.mark(partition)
  for (const { transaction: _, ...record } of records) log.append(record)
  log.deleteBefore(partition, begin + 1)
}
