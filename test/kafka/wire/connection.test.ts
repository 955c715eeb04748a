import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { TestContext } from 'node:test'
import * as fc from 'fast-check'
import { metadata } from '../../../src/kafka/wire/api/metadata.ts'
import { heartbeat } from '../../../src/kafka/wire/api/heartbeat.ts'
import { MalformedBytes } from '../../../src/kafka/wire/bytes/byte-reader.ts'
import { Connection } from '../../../src/kafka/wire/connection/connection.ts'
import type { ConnectionOptions } from '../../../src/kafka/wire/connection/connection.ts'
import { FrameReader } from '../../../src/kafka/wire/connection/frame-reader.ts'
import { startScriptedBroker, writeMetadata } from '../../support/scripted-broker.ts'
import type { ScriptedAnswer, ScriptedBroker } from '../../support/scripted-broker.ts'

const options: ConnectionOptions = {
  tls: null,
  clientId: 'test',
  connectTimeoutMs: 2000,
  requestTimeoutMs: 2000,
  maxResponseBytes: 10_000,
}
const anything: ScriptedAnswer = (writer) => writeMetadata(writer, [], 0)

describe('a connection', () => {
  it('C1: takes many calls at once and answers each in order', async (t) => {
    let leader = 0
    const broker = await scripted(t, () => {
      const now = leader++
      return (writer) => writeMetadata(writer, [], now)
    })
    const connection = await opened(t, broker)
    const answers = await Promise.all(Array.from({ length: 50 }, () => connection.call(metadata, { topics: ['t'] })))
    const leaders = answers.map((answer) => answer.ok && answer.value.topics[0]?.partitions[0]?.leaderId)
    assert.deepEqual(
      leaders,
      Array.from({ length: 50 }, (_, index) => index),
    )
  })

  it('C2: a call without an answer ends in time, and with it the connection', async (t) => {
    const connection = await opened(t, await scripted(t, () => 'silence'))
    const answers = await Promise.all([
      connection.call(metadata, { topics: [] }, 30),
      connection.call(metadata, { topics: [] }),
    ])
    for (const answer of answers)
      assert.match(answer.ok ? '' : answer.error.reason, /no answer to Metadata within 30 ms/)
    assert.equal(connection.isOpen, false)
    assert.equal((await connection.call(metadata, { topics: [] })).ok, false)
  })

  it('C2: a connection that ends takes its calls with it', async (t) => {
    const broker = await scripted(t, () => 'silence')
    const connection = await opened(t, broker)
    const answer = connection.call(metadata, { topics: [] })
    broker.cut()
    const settled = await answer
    assert.equal(settled.ok ? '' : settled.error.kind, 'lost')
  })

  const malformed: readonly (readonly [string, ScriptedAnswer])[] = [
    ['a response longer than the limit', Buffer.from('7fffffff00000000', 'hex')],
    ['a negative length', Buffer.from('ffffffff', 'hex')],
    ['an answer to a call never made', Buffer.from('0000000500ffffff00', 'hex')],
    ['an answer that is cut off', (writer) => writer.int32(0)],
    [
      'an array that claims more than there is',
      (writer) => {
        writer.int32(0)
        writer.unsignedVarint(4_000_000_000)
      },
    ],
    ['another protocol', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ]
  for (const [name, answer] of malformed) {
    it(`C3: ${name} closes it, and is no crash`, async (t) => {
      const connection = await opened(t, await scripted(t, () => answer))
      const settled = await connection.call(metadata, { topics: [] }, 1000)
      assert.match(settled.ok ? '' : settled.error.reason, /does not fit the protocol/)
      assert.equal(connection.isOpen, false)
    })
  }

  it('C4: sends nothing while the broker throttles it', async (t) => {
    const broker = await scripted(t, () => (writer) => {
      writer.int32(120) // throttle time
      writer.int16(0)
      writer.noTaggedFields()
    })
    const connection = await opened(t, broker)
    const request = { group: 'g', generation: 1, memberId: 'm', instanceId: null }
    await connection.call(heartbeat, request)
    const begun = performance.now()
    const next = connection.call(heartbeat, request)
    await new Promise((resolve) => setTimeout(resolve, 40))
    assert.equal(broker.calls.length, 1)
    await next
    assert.ok(performance.now() - begun >= 110)
    assert.equal(broker.calls.length, 2)
  })

  it('says by name what a broker does not speak', async (t) => {
    const broker = await scripted(t, () => anything, [[3, 0, 8]])
    const connection = await opened(t, broker)
    const settled = await connection.call(metadata, { topics: [] })
    assert.deepEqual(settled.ok ? null : settled.error, {
      kind: 'unsupported',
      address: connection.address,
      reason: 'it speaks versions 0 to 8 of Metadata, we speak 9 to 12',
    })
  })

  it('to nobody is lost, with the address in the message', async (t) => {
    const broker = await scripted(t, () => 'silence')
    await broker.close()
    const settled = await Connection.open(broker.address, options)
    assert.equal(settled.ok ? '' : settled.error.kind, 'lost')
    assert.match(settled.ok ? '' : settled.error.address, /^127\.0\.0\.1:\d+$/)
  })
})

it('frames come out whole, however the stream is cut', () => {
  const someFrames = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 })
  fc.assert(
    fc.property(someFrames, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (frames, cuts) => {
      const stream = Buffer.concat(
        frames.flatMap((frame) => {
          const length = Buffer.alloc(4)
          length.writeInt32BE(frame.length)
          return [length, Buffer.from(frame)]
        }),
      )
      const reader = new FrameReader(100)
      const taken: Buffer[] = []
      for (let at = 0, turn = 0; at < stream.length; turn++) {
        const end = at + (cuts[turn % cuts.length] ?? 1)
        reader.push(stream.subarray(at, end), (frame) => taken.push(Buffer.from(frame)))
        at = end
      }
      assert.deepEqual(
        taken,
        frames.map((frame) => Buffer.from(frame)),
      )
    }),
  )
  assert.throws(() => new FrameReader(100).push(Buffer.from('00000065', 'hex'), () => {}), MalformedBytes)
})

async function scripted(t: TestContext, ...script: Parameters<typeof startScriptedBroker>): Promise<ScriptedBroker> {
  const broker = await startScriptedBroker(...script)
  t.after(() => broker.close())
  return broker
}

async function opened(t: TestContext, broker: ScriptedBroker): Promise<Connection> {
  const connection = await Connection.open(broker.address, options)
  if (!connection.ok) throw new Error(connection.error.reason)
  t.after(() => connection.value.close())
  return connection.value
}
