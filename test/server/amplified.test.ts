import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { decodeObject } from '../../src/server/protobuf/decode-object.ts'
import { WireWriter } from '../../src/server/protobuf/wire.ts'
import { startApi, type ApiUnderTest } from '../support/api-server.ts'
import { streamApp, streamApps } from '../support/api-stream-app.ts'

let api: ApiUnderTest
before(async () => {
  api = await startApi()
})
after(() => api.close())

const maps = '/api/v1/namespaces/default/configmaps'
const head = '{"apiVersion":"v1","kind":"ConfigMap"'
const many = 90_000
const numbered = (item: (at: number) => string): string => Array.from({ length: many }, (_, at) => item(at)).join(',')

describe('an answer is not many times what was sent', () => {
  const cases: readonly (readonly [what: string, body: string, query?: string])[] = [
    ['names that are none', `${head},"metadata":{"name":"a","finalizers":[${numbered(() => '""')}]}}`],
    ['labels that are none', `${head},"metadata":{"name":"a","labels":{${numbered((at) => `"?${at}":""`)}}}}`],
    ['values of another type', `${head},"metadata":{"name":"a"},"data":{${numbered((at) => `"k${at}":1`)}}}`],
    ['unknown fields', `${head},"metadata":{"name":"a"},${numbered((at) => `"k${at}":1`)}}`, '?fieldValidation=Strict'],
    ['unknown fields, warned of', `${head},"metadata":{"name":"b"},${numbered((at) => `"k${at}":1`)}}`],
    [
      'fields that stand twice',
      `${head},"metadata":{"name":"c"},"data":{${numbered((at) => `"k${Math.floor(at / 2)}":"v"`)}}}`,
    ],
  ]
  for (const [what, body, query = ''] of cases) {
    it(`where it tells of ${what}`, async () => {
      const { text, headers } = await api.call('POST', `${maps}${query}`, { body })
      // Those that are kept come back as they came, and with their owners.
      const most = text.includes('"managedFields"') ? 4 * body.length : 40_000
      assert.ok(text.length < most, `${text.length} characters`)
      assert.ok(JSON.stringify(headers).length < 8_000)
    })
  }

  it('where a manifest has too many topics with mistakes', async () => {
    const topics = Array.from({ length: 5_000 }, () => ({ name: '?', partitions: -1, nope: 1 }))
    const { code, text } = await api.call('POST', streamApps, { body: streamApp('many', { topics }) })
    assert.equal(code, 422)
    assert.ok(text.length < 60_000, `${text.length} characters`)
  })

  it('and what holds more than 100,000 values is not looked into', async () => {
    const { code, text } = await api.call('POST', maps, { body: `${head},"list":[${'0,'.repeat(200_000)}0]}` })
    assert.equal(code, 400)
    assert.match(text, /more than 100000 values/)
  })
})

describe('protobuf of very many items', () => {
  const typeMeta = new WireWriter().text(1, 'v1').text(2, 'ConfigMap')
  const bodyOf = (metadata: Uint8Array, data: Uint8Array = new Uint8Array()): Buffer => {
    const object = Buffer.concat([new WireWriter().bytes(1, metadata).finish(), data])
    return Buffer.concat([Buffer.from('k8s\0'), new WireWriter().message(1, typeMeta).bytes(2, object).finish()])
  }
  // Each an empty text in the list of finalizers.
  const finalizers = (count: number): Uint8Array => Buffer.alloc(2 * count, Buffer.from([0x72, 0x00]))
  const entries = (count: number): Uint8Array =>
    Buffer.concat(
      Array.from({ length: count }, (_, at) =>
        new WireWriter().message(2, new WireWriter().text(1, `k${at}`)).finish(),
      ),
    )

  it('is read in one walk, however long its lists and maps are', () => {
    const object = decodeObject(bodyOf(finalizers(90_000), entries(90_000)))
    const list: unknown = Reflect.get(Object(object?.['metadata']), 'finalizers')
    assert.deepEqual(
      [Array.isArray(list) && list.length, Object.keys(Object(object?.['data'])).length],
      [90_000, 90_000],
    )
  })

  it('is refused where there are more than 100,000', async () => {
    const headers = { 'content-type': 'application/vnd.kubernetes.protobuf' }
    for (const body of [bodyOf(finalizers(1_000_000)), bodyOf(new Uint8Array(), entries(200_000))]) {
      const { code, text } = await api.call('POST', maps, { body, headers })
      assert.equal(code, 400)
      assert.match(text, /more than 100000 fields/)
    }
  })
})

it('a continue token that nobody gave out lists nothing: not of later, and not of another kind of text', async () => {
  const token = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const forged = [[9_007_199_254_740_991, '', ''], [1e308, '', ''], [-1, '', ''], { 0: 1 }, [1], 'x', null, [1, '', {}]]
  for (const value of forged) {
    const { code, body } = await api.call('GET', `${maps}?continue=${token(value)}`)
    assert.ok([400, 410, 504].includes(code), JSON.stringify([value, code]))
    assert.equal(body['items'], undefined)
  }
})
