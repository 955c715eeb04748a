import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { TestContext } from 'node:test'
import { systemClock } from '../../../src/host/system-clock.ts'
import { errorCode } from '../../../src/kafka/wire/api/error-code.ts'
import { layout } from '../../../src/kafka/wire/batch/layout.ts'
import { WireClient } from '../../../src/kafka/wire/wire-client.ts'
import {
  apiKeys,
  startScriptedBroker,
  writeFetched,
  writeMetadata,
  writeProduced,
  writeProducerId,
} from '../../support/scripted-broker.ts'
import type { ScriptedAnswer, ScriptedBroker, ScriptedCall } from '../../support/scripted-broker.ts'
import { batchBytes, outgoing } from '../../support/wire-records.ts'
import { good, pollRecords } from '../../support/wire-system.ts'

type Script = (node: number, call: ScriptedCall) => ScriptedAnswer

/** Two brokers; who leads is what `cluster.leader` says. A client of little patience sees a slow machine as a cluster that is away. */
async function twoBrokers(t: TestContext, script: Script, patienceMs = 10_000) {
  const cluster: { leader: number; brokers: ScriptedBroker[] } = { leader: 0, brokers: [] }
  for (const node of [0, 1]) {
    const broker = await startScriptedBroker((call) => {
      if (call.key !== apiKeys.metadata) return script(node, call)
      return (writer) =>
        writeMetadata(
          writer,
          cluster.brokers.map(({ address }) => address),
          cluster.leader,
        )
    })
    cluster.brokers.push(broker)
    t.after(() => broker.close())
  }
  const brokers = cluster.brokers.map(({ address: { host, port } }) => `${host}:${port}`)
  const client = new WireClient(
    { brokers },
    {
      clientId: 'test',
      clock: systemClock,
      random: () => 0.5,
      patienceMs,
      requestTimeoutMs: 1000,
      fetchWaitMs: 20,
    },
  )
  t.after(() => client.close())
  return { cluster, client }
}

describe('a leader that moves', () => {
  it('is followed by a source, which goes on without gap or repeat', async (t) => {
    const records = await Promise.all(
      [0, 1, 2].map((offset) => batchBytes([outgoing({ value: `${offset}` })], { baseOffset: offset })),
    )
    const { cluster, client } = await twoBrokers(t, (node, call) => {
      if (node !== cluster.leader) return (writer) => writeFetched(writer, errorCode.notLeaderOrFollower, null)
      const next = records[fetchOffset(call)]
      // the leader moves after each record
      if (next !== undefined) cluster.leader = 1 - cluster.leader
      return (writer) => writeFetched(writer, 0, next ?? null)
    })
    const source = client.openSource({ readCommitted: false, maxBytesPerPartition: 1000 })
    source.assign([{ topic: 't', partition: 0, offset: 0 }])
    const read = await pollRecords(source, 3, 3000)
    assert.deepEqual(
      read.map(({ value }) => value),
      ['0', '1', '2'],
    )
    await source.close()
  })

  it('is followed by a source when the old one just dies', async (t) => {
    const record = await batchBytes([outgoing()])
    const { cluster, client } = await twoBrokers(t, (node, call) => {
      if (node === 0) {
        cluster.leader = 1
        cluster.brokers[0]?.cut()
        return 'silence'
      }
      return (writer) => writeFetched(writer, 0, fetchOffset(call) === 0 ? record : null)
    })
    const source = client.openSource({ readCommitted: false, maxBytesPerPartition: 1000 })
    source.assign([{ topic: 't', partition: 0, offset: 0 }])
    assert.equal((await pollRecords(source, 1, 3000)).length, 1)
    await source.close()
  })

  it('K1: gets every batch again that it did not take, in order and under the same numbers', async (t) => {
    const taken: { node: number; first: number; count: number }[] = []
    let refusals = 0
    const { cluster, client } = await twoBrokers(t, (node, call) => {
      if (call.key === apiKeys.initProducerId) return (writer) => writeProducerId(writer, 42)
      const { first, count } = producedBatch(call)
      if (node !== cluster.leader || (first > 0 && refusals++ < 1)) {
        cluster.leader = 1
        return (writer) => writeProduced(writer, errorCode.notLeaderOrFollower, -1)
      }
      // a real broker takes a producer's batches in order only; on a busy machine several records share one
      if (first !== endOf(taken)) return (writer) => writeProduced(writer, errorCode.outOfOrderSequenceNumber, -1)
      taken.push({ node, first, count })
      return (writer) => writeProduced(writer, 0, first)
    })
    const sink = client.openSink()
    good(await sink.prepare(['t']))
    for (let index = 0; index < 6; index++) {
      sink.send({ topic: 't', partition: 0, ...outgoing({ value: `${index}` }) })
      await new Promise((resolve) => setImmediate(resolve))
      if (index < 5) await new Promise((resolve) => setTimeout(resolve, 3))
    }
    const written = good(await sink.flush())
    assert.equal(sink.pendingBytes, 0)
    assert.equal(endOf(taken), 6)
    assert.ok(taken.some(({ node }) => node === 1))
    assert.equal(written.get('t-0'), 6)
    await sink.close()
  })
})

describe('a cluster that is away', () => {
  it('is told as retry by poll and by flush, and nothing is lost by calling again', async (t) => {
    let away = true
    const { client } = await twoBrokers(
      t,
      (_, call) => {
        if (call.key === apiKeys.initProducerId) return (writer) => writeProducerId(writer, 42)
        if (call.key === apiKeys.fetch)
          return away ? Buffer.from('ffffffff', 'hex') : (writer) => writeFetched(writer, 0, null)
        return (writer) => writeProduced(writer, away ? errorCode.notEnoughReplicas : 0, away ? -1 : 5)
      },
      400,
    )
    const source = client.openSource({ readCommitted: false, maxBytesPerPartition: 1000 })
    source.assign([{ topic: 't', partition: 0, offset: 0 }])
    const polled = await source.poll(100, new AbortController().signal)
    assert.equal(polled.ok ? '' : polled.error.kind, 'retry')
    const sink = client.openSink()
    good(await sink.prepare(['t']))
    sink.send({ topic: 't', partition: 0, ...outgoing() })
    const refused = await sink.flush()
    assert.match(refused.ok ? '' : refused.error.reason, /nothing was written for 400 ms: .*NOT_ENOUGH_REPLICAS/)
    away = false
    assert.equal(good(await sink.flush()).get('t-0'), 6)
    await sink.close()
    await source.close()
  })

  it('is not one that holds us back by its quota: a flush sits that out', async (t) => {
    let offset = 0
    const { client } = await twoBrokers(
      t,
      (_, call) => {
        if (call.key === apiKeys.initProducerId) return (writer) => writeProducerId(writer, 42)
        return (writer) => writeProduced(writer, 0, offset++, 700) // longer than the patience of 400 ms
      },
      400,
    )
    const sink = client.openSink()
    good(await sink.prepare(['t']))
    for (let count = 0; count < 2; count++) {
      sink.send({ topic: 't', partition: 0, ...outgoing() })
      assert.equal(good(await sink.flush()).get('t-0'), count + 1)
    }
    await sink.close()
  })

  it('that refuses by its rights is told as fatal, with what to do, and nothing more is written (K3)', async (t) => {
    const { client, cluster } = await twoBrokers(t, (_, call) => {
      if (call.key === apiKeys.initProducerId) return (writer) => writeProducerId(writer, 42)
      return (writer) => writeProduced(writer, errorCode.topicAuthorizationFailed, -1)
    })
    const sink = client.openSink()
    good(await sink.prepare(['t']))
    sink.send({ topic: 't', partition: 0, ...outgoing() })
    const refused = await sink.flush()
    assert.equal(refused.ok ? '' : refused.error.kind, 'fatal')
    assert.match(refused.ok || refused.error.kind !== 'fatal' ? '' : refused.error.whatToDo, /ACLs/)
    const produced = (): number =>
      cluster.brokers.flatMap(({ calls }) => calls).filter((key) => key === apiKeys.produce).length
    const before = produced()
    sink.send({ topic: 't', partition: 0, ...outgoing() })
    assert.equal((await sink.flush()).ok, false)
    assert.equal(produced(), before)
    await sink.close()
  })
})

function fetchOffset({ body }: ScriptedCall): number {
  for (let count = 0; count < 4; count++) body.int32()
  body.int8()
  body.int32()
  body.int32()
  body.unsignedVarint()
  body.compactString()
  body.unsignedVarint()
  body.int32()
  body.int32()
  return body.int64()
}

/** The sequence number that the next batch begins with. */
function endOf(taken: readonly { readonly first: number; readonly count: number }[]): number {
  const last = taken.at(-1)
  return last === undefined ? 0 : last.first + last.count
}

function producedBatch({ body }: ScriptedCall): { readonly first: number; readonly count: number } {
  body.compactString()
  body.int16()
  body.int32()
  body.unsignedVarint()
  body.compactString()
  body.unsignedVarint()
  body.int32()
  const batch = body.compactBytes()
  assert.ok(batch)
  return { first: batch.readInt32BE(layout.baseSequence), count: batch.readInt32BE(layout.recordCount) }
}

it('a source that is polled without waiting still hears its brokers', async (t) => {
  const record = await batchBytes([outgoing()])
  const { client } = await twoBrokers(
    t,
    (_, call) => (writer) => writeFetched(writer, 0, fetchOffset(call) === 0 ? record : null),
  )
  const source = client.openSource({ readCommitted: false, maxBytesPerPartition: 1000 })
  source.assign([{ topic: 't', partition: 0, offset: 0 }])
  const signal = new AbortController().signal
  const deadline = Date.now() + 3000
  let count = 0
  while (count === 0 && Date.now() < deadline) count += good(await source.poll(0, signal)).batches.length
  assert.equal(count, 1)
  await source.close()
})
