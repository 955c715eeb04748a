import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { StreamsBuilder } from '../../../src/runtime/dsl/streams-builder.ts'
import { serdes } from '../../../src/runtime/serde/serdes.ts'
import { CountingApp, type Running } from '../../support/counting-app.ts'
import { Life } from '../../support/mortal.ts'
import { until } from '../../support/until.ts'

const lines = ['a b a', 'b c', 'a', 'c c d', 'a d']
const exactlyOnce = { STREAMS_PROCESSING_GUARANTEE: 'exactly_once_v2' }
const text = { keySerde: serdes.string, valueSerde: serdes.string }

/** The sum of a metric over whatever has it. */
const total = ({ thread }: Running, name: string): number =>
  thread
    .report()
    .metrics.filter((metric) => metric.name === name)
    .reduce((sum, { value }) => sum + Number(value), 0)

/** Enough of them for anything that is to happen at all. */
async function turns(running: Running): Promise<void> {
  const before = total(running, 'poll-total')
  await until(() => total(running, 'poll-total') >= before + 20, 'twenty turns')
}

for (const guarantee of ['at_least_once', 'exactly_once_v2'])
  describe(`a thread that is paused (${guarantee})`, () => {
    it('takes no record, keeps its tasks and its state, and goes on where it stood', async () => {
      using app = new CountingApp({ env: { STREAMS_PROCESSING_GUARANTEE: guarantee } })
      app.feed(...lines)
      const running = app.start(new Life(), app.newDisk())
      await app.settled()
      running.thread.pause()
      await turns(running)
      const [written, processed] = [app.kafka.log.all('word-counts').length, total(running, 'process-total')]
      const before = running.thread.report()
      app.feed(...lines)
      await turns(running)
      const paused = running.thread.report()
      assert.equal(app.kafka.log.all('word-counts').length, written)
      assert.equal(total(running, 'process-total'), processed)
      assert.equal(total(running, 'paused'), 1)
      assert.deepEqual([paused.state, paused.assignment, paused.tasks], ['RUNNING', before.assignment, before.tasks])
      running.thread.resume()
      await app.settled()
      await running.stop()
      assert.deepEqual(app.counts, app.expected)
    })

    it('stops as any other, with a commit of what was processed', async () => {
      using app = new CountingApp({
        env: { STREAMS_COMMIT_INTERVAL_MS: '600000', STREAMS_PROCESSING_GUARANTEE: guarantee },
      })
      app.feed(...lines)
      const running = app.start(new Life(), app.newDisk())
      await until(() => total(running, 'process-total') > 0, 'a record')
      running.thread.pause()
      const processed = total(running, 'process-total')
      await running.stop()
      const offsets = [...app.kafka.group('wc').offsets.values()].map(({ offset }) => offset)
      assert.equal(
        offsets.reduce((sum, offset) => sum + offset, 0),
        processed,
      )
    })
  })

describe('a thread that is paused', () => {
  it('restores nothing until it is resumed', async () => {
    using app = new CountingApp()
    app.feed(...lines)
    const first = app.start(new Life(), app.newDisk())
    await app.settled()
    await first.stop()
    const second = app.start(new Life(), app.newDisk())
    second.thread.pause()
    await until(() => second.thread.report().tasks.length === 4, 'its tasks')
    await turns(second)
    const missing = second.thread.report().tasks.reduce((sum, { remaining }) => sum + remaining, 0)
    assert.ok(missing > 0)
    assert.equal(second.thread.report().state, 'PARTITIONS_ASSIGNED')
    second.thread.resume()
    app.feed(...lines)
    await app.settled()
    await second.stop()
    assert.deepEqual(app.counts, app.expected)
  })

  it('follows no changelog with its standbys until it is resumed', async () => {
    using app = new CountingApp({
      env: { STREAMS_NUM_STANDBY_REPLICAS: '1', STREAMS_METRICS_RECORDING_LEVEL: 'DEBUG' },
    })
    app.feed(...lines)
    const one = app.start(new Life(), app.newDisk(), 'worker.1')
    await app.settled()
    const two = app.start(new Life(), app.newDisk(), 'worker.2')
    const standbys = ({ thread }: Running) => thread.report().tasks.filter(({ role }) => role === 'standby').length
    await until(() => standbys(one) === 1 && standbys(two) === 1, 'a standby each')
    app.feed(...lines)
    await app.settled()
    two.thread.pause()
    await turns(two)
    const followed = total(two, 'update-total')
    const written = app.kafka.log.all('wc-counts-changelog').length
    app.feed(...lines)
    await until(() => app.kafka.log.all('wc-counts-changelog').length > written, 'changes of the other')
    await turns(two)
    assert.equal(total(two, 'update-total'), followed)
    two.thread.resume()
    await app.settled()
    await until(() => total(two, 'update-total') > followed, 'the standby to follow')
    await Promise.all([one.stop(), two.stop()])
    assert.deepEqual(app.counts, app.expected)
  })

  it('fires no timer, neither of the wall clock nor of stream time', async () => {
    const fired: string[] = []
    using app = new CountingApp({ topology: () => ticking(fired) })
    app.feed('a', 'b')
    const running = app.start(new Life(), app.newDisk())
    await until(() => fired.includes('wall') && fired.includes('stream'), 'both timers')
    running.thread.pause()
    const count = fired.length
    await turns(running)
    assert.equal(fired.length, count)
    running.thread.resume()
    await until(() => fired.length > count, 'another')
    await running.stop()
  })

  it('brings calls in flight to their end and commits them, and begins no other', async () => {
    const gate = Promise.withResolvers<void>()
    const asked: string[] = []
    using app = new CountingApp({
      env: exactlyOnce,
      topology: () =>
        asking(async (line) => {
          asked.push(line)
          await gate.promise
          return line
        }),
    })
    app.feed(...lines, ...lines)
    const running = app.start(new Life(), app.newDisk())
    await until(() => asked.length === 2, 'a call in each task')
    running.thread.pause()
    gate.resolve()
    await until(() => app.kafka.log.all('word-counts').length === 2, 'both results, committed')
    await turns(running)
    assert.equal(asked.length, 2)
    running.thread.resume()
    await until(() => app.kafka.log.all('word-counts').length === 2 * lines.length, 'all')
    await running.stop()
  })
})

function ticking(fired: string[]) {
  const builder = new StreamsBuilder()
  builder.stream('lines', text).process(() => ({
    init(context) {
      context.schedule(1, 'wall-clock', () => void fired.push('wall'))
      context.schedule(1, 'stream-time', () => void fired.push('stream'))
    },
    process() {},
  }))
  return builder.build()
}

/** One call at a time in each task, and no record waits for it. */
function asking(ask: (line: string) => Promise<string>) {
  const builder = new StreamsBuilder()
  builder
    .stream('lines', text)
    .mapValuesAsync(ask, { order: 'partition', concurrency: 1, maxWaiting: 0 })
    .to('word-counts', text)
  return builder.build()
}
