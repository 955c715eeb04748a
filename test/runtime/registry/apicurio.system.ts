import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { after, before, describe, it } from 'node:test'
import { avro, jsonSchema, protobuf, SchemaRegistry } from '../../../src/registry.ts'
import { freePort } from '../../../src/local/free-ports.ts'
import { until } from '../../support/until.ts'

/** The jar of a real registry, `apicurio-registry-app-3.x-runner.jar` beside its `lib`: 108 MB, so nobody is made to have it. */
const jar = process.env['WEIRKEEPER_APICURIO']
const skip = jar === undefined ? 'set WEIRKEEPER_APICURIO to the runner jar of an Apicurio Registry' : false

describe('a real registry (Apicurio, by the API that Confluent’s has)', { skip }, () => {
  let server: ChildProcess | undefined
  let url = ''

  before(async () => {
    const port = await freePort()
    url = `http://127.0.0.1:${port}/apis/ccompat/v7`
    const flags = [`-Dquarkus.http.port=${port}`, '-Dquarkus.http.host=127.0.0.1']
    server = spawn('java', [...flags, '-jar', jar ?? ''], { stdio: 'ignore' })
    const isUp = async () => (await fetch(`${url}/subjects`).catch(() => undefined))?.ok
    await until(isUp, 'the registry', { withinMs: 50_000, everyMs: 200 })
  })
  after(async () => {
    if (server === undefined) return
    const ended = once(server, 'exit')
    server.kill('SIGKILL')
    await ended
  })

  it('gives ids to all three kinds of schema, and others read by them', async () => {
    await using mine = new SchemaRegistry({ url })
    await using other = new SchemaRegistry({ url })
    const point = { type: 'record', name: 'Point', fields: [{ name: 'x', type: 'int' }] }
    const message = 'syntax = "proto3"; package shop; message M { string a = 1; int64 b = 2; }'
    const schema = { type: 'object', properties: { id: { type: 'integer' } } }
    const pairs = [mine, other].map((registry) => ({
      avro: avro<{ x: number }>(registry, { subject: 'points-value', schema: point }),
      protobuf: protobuf<{ a: string; b: string }>(registry, { subject: 'messages-value', schema: message }),
      json: jsonSchema<{ id: number }>(registry, { subject: 'ids-value', schema, validate: true }),
    }))
    const [writer, reader] = pairs
    assert.ok(writer !== undefined && reader !== undefined)
    assert.deepEqual({ ...reader.avro.deserialize(writer.avro.serialize({ x: -7 })) }, { x: -7 })
    const value = { a: 'b', b: '-1' }
    assert.deepEqual(reader.protobuf.deserialize(writer.protobuf.serialize(value)), value)
    assert.deepEqual(reader.json.deserialize(writer.json.serialize({ id: 1 })), { id: 1 })
    const [one, two] = [writer, reader].map((serde) => Buffer.from(serde.avro.serialize({ x: 1 })).toString('hex'))
    assert.equal(one, two)
  })

  it('refuses a schema that does not fit the subject’s earlier ones, and what is unknown', async () => {
    await using registry = new SchemaRegistry({ url })
    assert.throws(() => registry.schema(987_654), { name: 'RegistryError', code: 40403 })
    assert.throws(() => registry.latest('no-such-subject'), { name: 'RegistryError', code: 40401 })
    const record = (type: string) => ({ type: 'record', name: 'R', fields: [{ name: 'x', type }] })
    avro<{ x: number }>(registry, { subject: 'strict-value', schema: record('int') }).serialize({ x: 1 })
    const backward = await fetch(`${url}/config/strict-value`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ compatibility: 'BACKWARD' }),
    })
    assert.ok(backward.ok, `${backward.status}`)
    const broken = avro<{ x: string }>(registry, { subject: 'strict-value', schema: record('string') })
    assert.throws(() => broken.serialize({ x: 'a' }), { name: 'RegistryError', code: 409 })
  })

  it('keeps schemas that others speak of', async () => {
    await using registry = new SchemaRegistry({ url })
    const money = { type: 'record', name: 'Money', namespace: 'shop', fields: [{ name: 'cents', type: 'long' }] }
    registry.register('money', { type: 'AVRO', text: JSON.stringify(money), references: [] })
    const options = {
      subject: 'priced-value',
      schema: { type: 'record', name: 'Priced', fields: [{ name: 'price', type: 'shop.Money' }] },
      references: [{ name: 'shop.Money', subject: 'money', version: 1 }],
    }
    const bytes = avro<{ price: { cents: number } }>(registry, options).serialize({ price: { cents: 5 } })
    await using other = new SchemaRegistry({ url })
    const read = avro<{ price: { cents: number } }>(other, options).deserialize(bytes)
    assert.equal(JSON.stringify(read), '{"price":{"cents":5}}')
  })
})
