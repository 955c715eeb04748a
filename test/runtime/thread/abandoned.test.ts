import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { TransactionalSink } from '../../../src/kafka/record-sink.ts'
import type { StreamClient } from '../../../src/kafka/stream-client.ts'
import { CountingApp, type Running } from '../../support/counting-app.ts'
import { Life } from '../../support/mortal.ts'
import { until } from '../../support/until.ts'

const env = { STREAMS_PROCESSING_GUARANTEE: 'exactly_once_v2', STREAMS_STATESTORE_CACHE_MAX_BYTES: '0' }
const lines = Array.from({ length: 20 }, (_, index) => `a b c${index % 7} d${index % 5} e`)
const told = 'ending what dynos left open that the group goes on without'

describe('a dyno that dies in a transaction and does not come back', () => {
  it('holds up nobody: the leader ends it when the group goes on without that dyno, and every count is exact', async () => {
    using app = new CountingApp({ env })
    const life = new Life()
    const client = diesAtCommit(app.kafka.openClient(), life)
    const one = app.start(life, app.newDisk(), 'worker.1', { client: client.client })
    await until(() => one.log.some((line) => line.startsWith('joined the group')), 'the first member')
    const two = app.start(new Life(), app.newDisk(), 'worker.2')
    await until(() => seesTwoMembers(two), 'two members')
    app.feed(...lines)
    await app.settled()
    client.arm()
    app.feed(...lines)
    await one.ended

    app.kafka.group('wc').expire(1)
    await app.settled()
    await two.stop()
    assert.deepEqual(app.counts, app.expected)
    assert.deepEqual(
      two.log.filter((line) => line.startsWith(told)),
      [`${told} {"dynos":["worker.1"]}`],
    )
  })

  it('is none of anybody else under at-least-once: there are no transactions to end', async () => {
    using app = new CountingApp({ env: { ...env, STREAMS_PROCESSING_GUARANTEE: 'at_least_once' } })
    const one = app.start(new Life(), app.newDisk())
    await until(() => one.log.some((line) => line.startsWith('joined the group')), 'the first member')
    const two = app.start(new Life(), app.newDisk(), 'worker.2')
    await until(() => seesTwoMembers(two), 'two members')
    await one.stop()
    app.feed(...lines)
    await app.settled()
    await two.stop()
    assert.ok(!two.log.some((line) => line.startsWith(told)))
  })
})

/** Once armed, the process dies in its next commit: what it wrote is on the broker, and the end of its transaction is not. */
function diesAtCommit(real: StreamClient, life: Life): { readonly client: StreamClient; readonly arm: () => void } {
  let isArmed = false
  const openTransactionalSink: StreamClient['openTransactionalSink'] = (options) => {
    const sink = real.openTransactionalSink(options)
    let sent = 0
    const commit: TransactionalSink['commit'] = async (offsets, membership) => {
      if (!isArmed || sent === 0) {
        sent = 0
        return sink.commit(offsets, membership)
      }
      await sink.flush()
      life.end()
      return new Promise(() => {})
    }
    return {
      get pendingBytes() {
        return sink.pendingBytes
      },
      open: () => sink.open(),
      prepare: (topics) => sink.prepare(topics),
      partitions: (topic) => sink.partitions(topic),
      send: (record) => {
        sent += 1
        sink.send(record)
      },
      flush: () => sink.flush(),
      commit,
      abort: () => sink.abort(),
      close: () => sink.close(),
    }
  }
  return { client: { ...real, openTransactionalSink }, arm: () => void (isArmed = true) }
}

const seesTwoMembers = ({ log }: Running) =>
  log.some((line) => line.startsWith('joined the group') && line.includes('"generation":2'))
