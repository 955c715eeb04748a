import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { avro, jsonSchema, protobuf } from '../../../src/registry.ts'
import { MemoryRegistry } from '../../../src/testing/index.ts'

/** What Apache Avro's and Google's libraries for Java made of the same values: `test/java/registry/Bodies.java`. */
const java = new Map(
  readFileSync(new URL('../../fixtures/java-registry-bodies.txt', import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [name = '', bytes = ''] = line.split(' ')
      return [name, bytes] as const
    }),
)
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const head = (id: number) => `00${id.toString(16).padStart(8, '0')}`

const order = {
  type: 'record',
  name: 'Order',
  namespace: 'shop',
  fields: [
    { name: 'id', type: 'long' },
    { name: 'customer', type: 'string' },
    { name: 'amount', type: 'double' },
    { name: 'note', type: ['null', 'string'], default: null },
    { name: 'state', type: { type: 'enum', name: 'State', symbols: ['OPEN', 'PAID'] } },
    { name: 'tags', type: { type: 'array', items: 'string' } },
    { name: 'extra', type: { type: 'map', values: 'int' } },
    { name: 'raw', type: 'bytes' },
  ],
}

interface Order {
  id: number
  customer: string
  amount: number
  note: string | null
  state: 'OPEN' | 'PAID'
  tags: readonly string[]
  extra: Readonly<Record<string, number>>
  raw: Uint8Array
}

const paid: Order = {
  id: 9007199254740990,
  customer: 'Änn 🚀',
  amount: -12.5,
  note: 'soon',
  state: 'PAID',
  tags: ['a', 'b'],
  extra: { x: -1 },
  raw: Buffer.from([0, 255]),
}

describe('avro with a registry', () => {
  const registry = new MemoryRegistry()
  const serde = avro<Order>(registry, { subject: 'orders-value', schema: order })

  it("writes Java's bytes behind the id, and reads them back", () => {
    const empty: Order = { ...paid, note: null, id: -64, tags: [], extra: {} }
    assert.equal(hex(serde.serialize(paid)), head(1) + java.get('avro-order'))
    assert.equal(hex(serde.serialize(empty)), head(1) + java.get('avro-order-empty'))
    for (const value of [paid, empty])
      assert.equal(JSON.stringify(serde.deserialize(serde.serialize(value))), JSON.stringify(value))
    const texts = avro<string>(registry, { subject: 'texts', schema: '"string"' })
    assert.equal(hex(texts.serialize('Änn 🚀')), head(2) + java.get('avro-string'))
  })

  it('has longs of all sizes as bigint, where it is told to, and refuses to lose some else', () => {
    const schema = { type: 'array', items: 'long' }
    const longs = [-(2n ** 63n), 2n ** 63n - 1n, -1n]
    const big = avro<bigint[]>(new MemoryRegistry(), { subject: 'longs', schema, longs: 'bigint' })
    const bytes = big.serialize(longs)
    assert.equal(hex(bytes), head(1) + java.get('avro-longs'))
    assert.deepEqual(big.deserialize(bytes), longs)
    const registry1 = new MemoryRegistry()
    const small = avro<number[]>(registry1, { subject: 'longs', schema })
    small.serialize([1])
    assert.throws(() => small.deserialize(bytes), /potential precision loss/)
  })

  it('writes bytes alone without a length', () => {
    const bytes = avro<Uint8Array>(new MemoryRegistry(), { subject: 'raw', schema: '"bytes"' })
    assert.equal(hex(bytes.serialize(Buffer.from('ab'))), '00000000016162')
    assert.equal(Buffer.from(bytes.deserialize(Buffer.from('00000000016162', 'hex'))).toString(), 'ab')
  })

  it('reads what was written by another version, as its own schema has it', () => {
    const added = { name: 'discount', type: 'int', default: 7 }
    const newer = avro<Order & { discount: number }>(registry, {
      subject: 'orders-value',
      schema: { ...order, fields: [...order.fields.slice(1), added] },
    })
    const { id: _, ...rest } = paid
    assert.equal(JSON.stringify(newer.deserialize(serde.serialize(paid))), JSON.stringify({ ...rest, discount: 7 }))
  })

  it('writes by a schema that must be there, or by the newest, where it is told to', () => {
    const strict = avro<Order>(new MemoryRegistry(), { subject: 'orders', schema: order, write: 'registered' })
    assert.throws(() => strict.serialize(paid), { name: 'RegistryError', code: 40401 })
    const own = new MemoryRegistry()
    const oldest = { type: 'record', name: 'A', fields: [{ name: 'a', type: 'int' }] }
    const newest = { ...oldest, fields: [{ name: 'a', type: 'long' }] }
    for (const schema of [oldest, newest])
      own.register('a', { type: 'AVRO', text: JSON.stringify(schema), references: [] })
    const latest = avro<{ a: number }>(own, { subject: 'a', schema: oldest, write: 'latest' })
    assert.equal(hex(latest.serialize({ a: -1 })), `${head(2)}01`)
  })

  it('knows schemas that another speaks of', () => {
    const money = { type: 'record', name: 'Money', namespace: 'shop', fields: [{ name: 'cents', type: 'long' }] }
    const own = new MemoryRegistry()
    own.register('money', { type: 'AVRO', text: JSON.stringify(money), references: [] })
    const priced = avro<{ price: { cents: number } }>(own, {
      subject: 'priced',
      schema: { type: 'record', name: 'Priced', fields: [{ name: 'price', type: 'shop.Money' }] },
      references: [{ name: 'shop.Money', subject: 'money', version: 1 }],
    })
    const bytes = priced.serialize({ price: { cents: 64 } })
    assert.equal(hex(bytes), `${head(2)}8001`)
    assert.equal(JSON.stringify(priced.deserialize(bytes)), '{"price":{"cents":64}}')
  })

  it('refuses a value that is none of its schema, and bytes that name an unknown one', () => {
    assert.throws(() => serde.serialize({ ...paid, id: Number.NaN }), /id/)
    assert.throws(() => serde.deserialize(Buffer.from('00000000630000', 'hex')), { name: 'RegistryError', code: 40403 })
  })
})

describe('protobuf with a registry', () => {
  const schema = `
    syntax = "proto3";
    package shop;
    import "google/protobuf/timestamp.proto";
    message Order {
      message Line { string item_name = 1; sint32 count = 2; }
      int64 id = 1;
      string customer = 2;
      repeated Line lines = 3;
      repeated int32 scores = 4;
    }
    enum Colour { RED = 0; }
    message Second { google.protobuf.Timestamp at = 1; }
  `
  const registry = new MemoryRegistry()
  const value = {
    id: '9223372036854775807',
    customer: 'Änn 🚀',
    lines: [{ item_name: 'tea', count: -3 }],
    scores: [1, 300],
  }

  it("writes Java's bytes behind the id and the place of the message, and reads them back", () => {
    const orders = protobuf<typeof value>(registry, { subject: 'orders', schema })
    const bytes = orders.serialize(value)
    assert.equal(hex(bytes), `${head(1)}00${java.get('protobuf-order')}`)
    assert.deepEqual(orders.deserialize(bytes), value)
    const lines = protobuf<{ item_name: string; count: number }>(registry, {
      subject: 'orders',
      schema,
      message: 'shop.Order.Line',
    })
    assert.equal(hex(lines.serialize({ item_name: 'tea', count: -3 })), `${head(1)}040000${java.get('protobuf-line')}`)
  })

  it('counts messages alone, and knows Google’s own types', () => {
    const second = protobuf<{ at: { seconds: string; nanos: number } }>(registry, {
      subject: 'orders',
      schema,
      message: 'shop.Second',
    })
    const bytes = second.serialize({ at: { seconds: '5', nanos: 0 } })
    assert.equal(hex(bytes), `${head(1)}02020a020805`)
    assert.deepEqual(second.deserialize(bytes), { at: { seconds: '5', nanos: 0 } })
  })

  it('says which messages there are', () => {
    const none = protobuf<object>(registry, { subject: 'orders', schema, message: 'shop.Third' })
    assert.throws(
      () => none.serialize({}),
      /has no message shop.Third: it has shop.Order, shop.Order.Line, shop.Second/,
    )
  })
})

describe('JSON Schema with a registry', () => {
  const schema = { type: 'object', properties: { id: { type: 'integer' } }, required: ['id'] }

  it('writes JSON behind the id', () => {
    const serde = jsonSchema<{ id: number }>(new MemoryRegistry(), { subject: 'ids', schema })
    const bytes = serde.serialize({ id: 7 })
    assert.equal(hex(bytes), head(1) + Buffer.from('{"id":7}').toString('hex'))
    assert.deepEqual(serde.deserialize(bytes), { id: 7 })
  })

  it('holds values against the schema only where it is told to', () => {
    const registry = new MemoryRegistry()
    const loose = jsonSchema<object>(registry, { subject: 'ids', schema })
    const strict = jsonSchema<object>(registry, { subject: 'ids', schema, validate: true })
    const bytes = loose.serialize({ id: 'seven' })
    const says = /does not fit the schema of ids: \/id must be integer/
    assert.throws(() => strict.serialize({ id: 'seven' }), says)
    assert.throws(() => strict.deserialize(bytes), says)
    assert.deepEqual(loose.deserialize(bytes), { id: 'seven' })
  })
})
