import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { serdes, StreamsBuilder } from '../../../src/index.ts'
import { CountingApp, type Running, told } from '../../support/counting-app.ts'
import { Life } from '../../support/mortal.ts'
import { until } from '../../support/until.ts'

const exactlyOnce = { STREAMS_PROCESSING_GUARANTEE: 'exactly_once_v2', STREAMS_STATESTORE_CACHE_MAX_BYTES: '0' }
const texts = { keySerde: serdes.string, valueSerde: serdes.string }

describe('a committed offset in a transaction that has not ended', () => {
  it('holds up its own task and no other, is told, and is asked for until it is known', async () => {
    using app = new CountingApp({ env: exactlyOnce })
    const { pending, offsets } = app.kafka.group('wc')
    pending.add('lines-0')
    app.feed('a b', 'c d', 'a', 'c')
    const running = app.start(new Life(), app.newDisk())

    await until(
      () => offsets.get('lines-1')?.offset === app.kafka.log.end({ topic: 'lines', partition: 1 }),
      'the other',
    )
    const [waits] = told(running, 'a transaction holds committed offsets')
    assert.deepEqual(Object.keys(sinceOf(waits)), ['lines-0'])
    assert.ok(Number.isFinite(Date.parse(String(sinceOf(waits)['lines-0']))))
    assert.equal(told(running, 'opened a task').length, 4)
    assert.deepEqual([measured(running, 'pending-offsets'), running.thread.report().state], [1, 'PARTITIONS_ASSIGNED'])
    assert.deepEqual([offsets.get('lines-0'), app.counts.has('a')], [undefined, false])

    pending.delete('lines-0')
    await app.settled()
    assert.equal(told(running, 'the transaction that held a committed offset has ended')[0]?.['partition'], 'lines-0')
    assert.deepEqual([measured(running, 'pending-offsets'), measured(running, 'pending-offsets-max-ms')], [0, 0])
    assert.equal(running.thread.report().state, 'RUNNING')
    await running.stop()
    assert.deepEqual(app.counts, app.expected)
  })

  it('does not hold up the restore, which goes on to where the changelog ends behind that transaction', async () => {
    using app = new CountingApp({ env: exactlyOnce })
    app.feed('a a b', 'a b c')
    const before = app.start(new Life(), app.newDisk())
    await app.settled()
    await before.stop()
    // What the last owner of 'a' left: the word came once more, its count is written, and its offset is not yet committed.
    const { pending, offsets } = app.kafka.group('wc')
    const { partition } = app.kafka.log.all('wc-counts-changelog').find(({ key }) => text(key) === 'a') ?? assert.fail()
    const [words, changelog] = [at('wc-counts-repartition', partition), at('wc-counts-changelog', partition)]
    pending.add(`wc-counts-repartition-${partition}`)
    const dead = app.kafka
      .openClient()
      .openTransactionalSink({ transactionalId: 'dead', groupId: 'wc', timeoutMs: 1_000 })
    await dead.open()

    const running = app.start(new Life(), app.newDisk(), 'worker.2')
    await until(() => restoring(running).length === 1 && restoring(running)[0]?.remaining === 0, 'the restore')
    app.kafka.log.append({ ...words, ...word('a') })
    dead.send({ ...changelog, ...word('a'), value: long(4n) })
    await dead.commit([], { memberId: '', generation: 0 })
    offsets.set(`wc-counts-repartition-${partition}`, { ...words, offset: app.kafka.log.end(words), metadata: '' })
    const end = app.kafka.log.end(changelog)
    pending.delete(`wc-counts-repartition-${partition}`)
    await until(() => running.thread.report().state === 'RUNNING', 'the end of the wait')
    const [restored] = told(running, 'restored a store').filter(({ task }) => task === `1_${partition}`)
    assert.equal(restored?.['to'], end)

    app.feed('a')
    await app.settled()
    await running.stop()
    assert.equal(app.counts.get('a'), 5)
  })

  it('that never ends is an error after task.timeout.ms, which names the partition and says what to do', async () => {
    using app = new CountingApp({ env: { ...exactlyOnce, STREAMS_TASK_TIMEOUT_MS: '30' } })
    app.kafka.group('wc').pending.add('lines-1')
    const running = app.start(new Life(), app.newDisk())
    await assert.rejects(
      running.ended,
      /the committed offset of lines-1 for more than 30 ms .* start the dyno that began it/,
    )
  })

  it('leaves a task unopened whose table ends at that offset, and opens it then', async () => {
    const table = () => {
      const builder = new StreamsBuilder()
      builder.table('lines', texts, { name: 'homes', store: 'in-memory' }).toStream().to('word-counts', texts)
      return builder.build({ optimization: ['reuse.ktable.source.topics'] })
    }
    using app = new CountingApp({ env: exactlyOnce, topology: table })
    const { pending, offsets } = app.kafka.group('wc')
    pending.add('lines-0')
    for (const partition of [0, 1]) app.kafka.log.append({ ...at('lines', partition), ...word('a') })
    const running = app.start(new Life(), app.newDisk())
    await until(() => offsets.get('lines-1')?.offset === 1, 'the other')
    assert.deepEqual(
      told(running, 'opened a task').map(({ task }) => task),
      ['0_1'],
    )
    assert.equal(told(running, 'a transaction holds committed offsets').length, 1)

    pending.delete('lines-0')
    await until(() => offsets.get('lines-0')?.offset === 1, 'this one')
    await running.stop()
  })
})

const at = (topic: string, partition: number) => ({ topic, partition })
const bytes = (of: string) => new TextEncoder().encode(of)
const word = (of: string) => ({ key: bytes(of), value: bytes(of), timestamp: 2_000, headers: [] })
const text = (key: Uint8Array | null) => Buffer.from(key ?? []).toString()
const sinceOf = (fields: Readonly<Record<string, unknown>> | undefined) => Object(fields?.['since'])
const restoring = ({ thread }: Running) => thread.report().tasks.filter(({ isReady }) => !isReady)

function long(number: bigint): Uint8Array {
  const eight = Buffer.alloc(8)
  eight.writeBigInt64BE(number)
  return eight
}

const measured = ({ thread }: Running, name: string) =>
  thread.report().metrics.find((metric) => metric.group === 'weir-thread-metrics' && metric.name === name)?.value
