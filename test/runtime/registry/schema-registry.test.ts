import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { Worker } from 'node:worker_threads'
import { avro, protobuf, SchemaRegistry } from '../../../src/registry.ts'
import { startRegistryServer } from '../../support/registry-server.ts'

const point = { type: 'record', name: 'Point', fields: [{ name: 'x', type: 'int' }] }

describe('a schema registry over HTTP', () => {
  it('is asked while the thread sleeps, again where it is ill, and once for each schema', async () => {
    await using server = await startRegistryServer('ann:p@ss')
    const url = `http://ann:p%40ss@127.0.0.1:${server.port}/`
    await using one = new SchemaRegistry({ url })
    await using other = new SchemaRegistry({ url })
    const writer = avro<{ x: number }>(one, { subject: 'points/value', schema: point })
    const reader = avro<{ x: number }>(other, { subject: 'points/value', schema: point })
    const bytes = writer.serialize({ x: 3 })
    assert.equal(Buffer.from(bytes).toString('hex'), '000000000106')
    assert.deepEqual({ ...reader.deserialize(bytes) }, { x: 3 })
    const before = performance.now()
    for (let at = 0; at < 1_000; at += 1) reader.deserialize(writer.serialize({ x: at }))
    assert.ok(performance.now() - before < 5_000, 'a thousand values were asked for one by one')
    const messages = protobuf<{ a: string }>(other, {
      subject: 'm',
      schema: 'syntax = "proto3"; message M { string a = 1; }',
    })
    assert.deepEqual(messages.deserialize(messages.serialize({ a: 'b' })), { a: 'b' })
    assert.equal(other.latest('m').schema.type, 'PROTOBUF')
    assert.equal(other.version('points/value', 1).text, JSON.stringify(point))
  })

  it('says what the registry refused, without the password', async () => {
    await using server = await startRegistryServer('ann:secret')
    await using wrong = new SchemaRegistry({ url: `http://ann:wrong@127.0.0.1:${server.port}` })
    assert.throws(
      () => wrong.schema(1),
      (error: Error) =>
        /refuses GET \/schemas\/ids\/1 \(401\): Unauthorized/.test(error.message) && !/wrong/.test(error.message),
    )
    await using right = new SchemaRegistry({ url: `http://ann:secret@127.0.0.1:${server.port}` })
    assert.throws(() => right.schema(1), { name: 'RegistryError', code: 40403 })
    assert.throws(() => right.latest('none'), { name: 'RegistryError', code: 40401 })
  })

  it('goes on to the next URL, and gives up in time where none answers', async () => {
    await using server = await startRegistryServer()
    await using two = new SchemaRegistry({ url: `http://127.0.0.1:1, http://127.0.0.1:${server.port}` })
    assert.equal(two.register('s', { type: 'AVRO', text: '"int"', references: [] }), 1)
    await using none = new SchemaRegistry({ url: 'http://127.0.0.1:1', patienceMs: 0 })
    assert.throws(() => none.schema(1), /the schema registry cannot be asked: http:\/\/127.0.0.1:1\/schemas\/ids\/1: /)
  })

  it('is asked from a stream thread, which is a worker thread, as well', async () => {
    await using server = await startRegistryServer()
    const file = new URL('../../fixtures/runtime/asks-registry.ts', import.meta.url)
    const worker = new Worker(file, { workerData: `http://127.0.0.1:${server.port}` })
    // before its word is waited for: a thread that ends first has word and end told in one turn
    const ended = once(worker, 'exit')
    const [told]: unknown[] = await once(worker, 'message')
    assert.equal(told, '000000000106')
    // the thread that asked ends by itself: nothing of the registry keeps it
    await ended
  })

  it('wants a URL, once it is asked', () => {
    const none = new SchemaRegistry({ url: '' })
    assert.throws(() => none.schema(1), /set SCHEMA_REGISTRY_URL/)
    assert.throws(() => new SchemaRegistry({ url: 'localhost:8081' }), /begins with http/)
  })
})
