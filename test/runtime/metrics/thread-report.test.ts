import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { systemClock } from '../../../src/host/system-clock.ts'
import { catalogue } from '../../../src/runtime/metrics/catalogue.ts'
import { recordingLevels, type MetricValue } from '../../../src/runtime/metrics/metric.ts'
import { CountingApp, countAwaiting } from '../../support/counting-app.ts'
import { Life } from '../../support/mortal.ts'
import { watch } from '../../support/watched-app.ts'

const find = (values: readonly MetricValue[], name: string, tags: Readonly<Record<string, string>> = {}) =>
  values
    .filter((each) => each.name === name && Object.entries(tags).every(([tag, text]) => each.tags[tag] === text))
    .map(({ value }) => Number(value))
const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0)

describe('the metrics of a running worker', () => {
  it('count every record once on each of its ways, with its bytes', async () => {
    using app = new CountingApp()
    app.feed('a b a', 'b c')
    const running = app.start(new Life(), app.newDisk())
    await app.settled()
    const { served, look } = watch(running)
    look()
    const values = served.board.values()
    const on = (topic: string) => ({ topic })
    assert.equal(sum(find(values, 'records-consumed-total', on('lines'))), 2)
    assert.equal(sum(find(values, 'records-produced-total', on('wc-counts-repartition'))), 5)
    assert.equal(sum(find(values, 'records-consumed-total', on('wc-counts-repartition'))), 5)
    // two values of 5 and 3 bytes without a key, and per record 20 and the five letters of the topic
    assert.equal(sum(find(values, 'bytes-consumed-total', on('lines'))), 8 + 2 * 25)
    assert.equal(sum(find(values, 'process-total')), 7)
    assert.equal(sum(find(values, 'dropped-records-total')), 0)
    assert.deepEqual(find(values, 'task-created-total'), [4])
    assert.deepEqual(find(values, 'thread-state'), [4])
    assert.deepEqual([served.board.state, ...find(values, 'client-state')], ['RUNNING', 2])
    assert.deepEqual(find(values, 'alive-stream-threads'), [1])
    await running.stop()
  })

  for (const level of ['INFO', 'DEBUG', 'TRACE'] as const)
    it(`at level ${level} are all those of the catalogue, and no other`, async () => {
      using app = new CountingApp({
        env: { WEIR_METRICS_PORT: '0', STREAMS_METRICS_RECORDING_LEVEL: level, STREAMS_NUM_STANDBY_REPLICAS: '1' },
        topology: () => countAwaiting('key'),
      })
      app.feed('a b a', 'b c')
      const running = app.start(new Life(), app.newDisk())
      await app.settled()
      const { served, look } = watch(running)
      look()
      app.feed('a', 'b')
      await app.settled()
      look()
      const seen = new Set(
        served.board.values().map((value) => printKind(value.group, value.name, Object.keys(value.tags))),
      )
      const wanted = catalogue.filter((kind) => recordingLevels.indexOf(kind.level) <= recordingLevels.indexOf(level))
      const all = wanted.map(({ group, name, tags }) => printKind(group, name, tags))
      assert.deepEqual(
        [...seen].filter((kind) => !all.includes(kind)),
        [],
      )
      // calls that this kind of store does not have, and what only a standby tells, which needs a second dyno
      const absent = all.filter((kind) => !seen.has(kind)).filter((kind) => !/ (fetch|delete|range|update)-/.test(kind))
      assert.deepEqual(absent, [])
      await running.stop()
    })

  it('say how long the thread waited for Kafka', async () => {
    let hands = 1_000_000
    // each look at this clock takes a millisecond
    const clock = { now: () => (hands += 1), sleep: systemClock.sleep.bind(systemClock) }
    using app = new CountingApp({ clock })
    app.feed('a b a', 'b c')
    const running = app.start(new Life(), app.newDisk())
    await app.settled()
    const { served, look } = watch(running)
    look()
    const [ns = 0] = find(served.board.values(), 'blocked-time-ns-total')
    const [polls = 0] = find(served.board.values(), 'poll-total')
    // joining and committing wait, too
    assert.ok(polls > 0 && ns > polls * 1_000_000, `${ns} ns in ${polls} polls`)
    await running.stop()
  })

  it('time the calls of stores at level DEBUG, and say at TRACE how old records are there', async () => {
    using app = new CountingApp({ env: { STREAMS_METRICS_RECORDING_LEVEL: 'TRACE' } })
    app.feed('a b a', 'b c')
    const running = app.start(new Life(), app.newDisk())
    await app.settled()
    const { served, look } = watch(running)
    look()
    app.feed('a a a', 'a')
    await app.settled()
    look()
    const puts = find(served.board.values(), 'put-rate', { 'in-memory-state-id': 'counts' })
    assert.ok(sum(puts) > 0, String(puts))
    const youngest = find(served.board.values(), 'record-e2e-latency-min', { 'in-memory-state-id': 'counts' })
    const known = youngest.filter((ms) => !Number.isNaN(ms))
    // the records are of the first seconds of 1970
    const now = Date.now()
    assert.ok(known.length > 0 && known.every((ms) => ms > now - 60_000 && ms < now), String(youngest))
    await running.stop()
  })

  it('say that a worker is stopping, and that a thread died', async () => {
    using app = new CountingApp()
    const running = app.start(new Life(), app.newDisk())
    const { served } = watch(running)
    assert.equal(served.board.state, 'CREATED')
    served.board.stopping()
    assert.equal(served.board.state, 'PENDING_SHUTDOWN')
    served.board.ended(1, true)
    assert.equal(served.board.state, 'NOT_RUNNING')
    assert.deepEqual(find(served.board.values(), 'failed-stream-threads'), [1])
    await running.stop()
  })
})

function printKind(group: string, name: string, tags: readonly string[]): string {
  const scoped = tags.map((tag) => tag.replace(/^.*-state-id$/, '[store-scope]-id'))
  return `${group} ${name} ${scoped.join(',')}`
}
