import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startApi, type ApiUnderTest } from '../support/api-server.ts'
import { streamApp, streamApps } from '../support/api-stream-app.ts'

let api: ApiUnderTest
before(async () => {
  api = await startApi()
  await api.call('POST', maps, { body: map('map', { a: 'b' }) })
})
after(() => api.close())

const maps = '/api/v1/namespaces/default/configmaps'
const map = (name: string, data: object) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data })
const as = (type: string) => ({ 'content-type': type })
const merge = as('application/merge-patch+json')
const json = as('application/json-patch+json')

describe('what the record could not keep', () => {
  const cases: readonly (readonly [what: string, body: string])[] = [
    ['a NUL in a value', String.raw`{"data":{"a":"\u0000"}}`],
    ['a NUL in a name', String.raw`{"data":{"\u0000":"a"}}`],
    ['half of a surrogate pair', String.raw`{"data":{"a":"\ud800"}}`],
    ['the other half in a name', String.raw`{"data":{"\udc00":"a"}}`],
    ['a number that is infinite here', '{"data":{"a":1e400}}'],
    ['a number of 400 digits', `{"data":{"a":-${'9'.repeat(400)}}}`],
  ]
  for (const [what, body] of cases) {
    it(`is refused by whichever way it comes: ${what}`, async () => {
      const whole = JSON.stringify(map('new', {})).replace('"data":{}', body.slice(1, -1))
      const ways = [
        api.call('PATCH', `${maps}/map`, { body, headers: merge }),
        api.call('PATCH', `${maps}/map?dryRun=All`, { body, headers: merge }),
        api.call('POST', maps, { body: whole }),
        api.call('PATCH', `${maps}/new?fieldManager=test`, {
          body: whole,
          headers: as('application/apply-patch+yaml'),
        }),
      ]
      for (const { code, text } of await Promise.all(ways)) assert.equal(code, 400, text)
    })
  }

  it('is refused as the name of who writes', async () => {
    const { code, text } = await api.call('PATCH', `${maps}/map?fieldManager=a%00b`, {
      body: { data: { b: 'c' } },
      headers: merge,
    })
    assert.equal(code, 422, text)
  })

  it('is not taken for what only looks like it, and a Secret keeps its bytes', async () => {
    const looks = String.raw`{"data":{"a":"\\u0000 \\ud800 1e400 \ud83d\ude00"}}`
    assert.equal((await api.call('PATCH', `${maps}/map`, { body: looks, headers: merge })).code, 200)
    const body = String.raw`{"apiVersion":"v1","kind":"Secret","metadata":{"name":"bytes"},"stringData":{"a":"\u0000"}}`
    const { code, body: secret } = await api.call('POST', '/api/v1/namespaces/default/secrets', { body })
    assert.deepEqual([code, secret['data']], [201, { a: 'AA==' }])
  })
})

describe('an object', () => {
  it('grows no larger than 1.5 MB, however small the patches are', async () => {
    await api.call('POST', maps, { body: map('grown', {}) })
    const grow = (name: string) =>
      api.call('PATCH', `${maps}/grown`, { body: { data: { [name]: 'x'.repeat(900_000) } }, headers: merge })
    assert.equal((await grow('a')).code, 200)
    const { code, body } = await grow('b')
    assert.deepEqual([code, body['reason']], [413, 'RequestEntityTooLarge'])
  })

  it('is no larger for who owns its fields: managers are bound by the same', async () => {
    await api.call('POST', maps, { body: map('owned', {}) })
    const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`key-${at}`, 'v']))
    const codes = new Set<number>()
    for (let manager = 0; manager < 8; manager += 1) {
      const { code } = await api.call('PATCH', `${maps}/owned?fieldManager=manager-${manager}`, {
        body: map('owned', many),
        headers: as('application/apply-patch+yaml'),
      })
      codes.add(code)
    }
    assert.ok(codes.has(413), [...codes].join())
  })
})

describe('a name of the language', () => {
  const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty']
  for (const name of names) {
    it(`is no content type: ${name}`, async () => {
      assert.equal((await api.call('PATCH', `${maps}/map`, { body: {}, headers: as(name) })).code, 415)
      assert.equal((await api.call('POST', maps, { body: {}, headers: as(name) })).code, 415)
    })

    it(`is a key like any other, in every way to write it: ${name}`, async () => {
      const body = `{"data":{"${name}":"x"}}`
      const read = async (): Promise<unknown> => (await api.call('GET', `${maps}/map`)).body['data']
      const keep = async (given: string, headers: Readonly<Record<string, string>>) => {
        const reply = await api.call('PATCH', `${maps}/map?fieldManager=test`, { body: given, headers })
        assert.equal(reply.code, 200, reply.text)
      }
      const ways: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
        [body, merge],
        [body, as('application/strategic-merge-patch+json')],
        [`[{"op":"add","path":"/data/${name}","value":"x"}]`, json],
        [
          `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"map"},${body.slice(1)}`,
          as('application/apply-patch+yaml'),
        ],
      ]
      for (const [given, headers] of ways) {
        await keep(given, headers)
        const data = Object.getOwnPropertyDescriptor(await read(), name)
        assert.equal(data?.value, 'x')
        await keep(`{"data":{"${name}":null}}`, merge)
        assert.ok(!Object.hasOwn(Object(await read()), name))
      }
    })

    it(`is no setting, and no field: ${name}`, async () => {
      const app = JSON.stringify(streamApp('named', { streams: { config: {} } }))
      const refused = await api.call('POST', `${streamApps}?fieldValidation=Strict`, {
        body: app.replace('"spec":{', `"spec":{"${name}":{"app":"x"},`),
      })
      assert.equal(refused.code, 400, refused.text)
      assert.doesNotMatch(refused.text, /\[object|native code/)
      const setting = await api.call('POST', `${streamApps}?dryRun=All`, {
        body: app.replace('"config":{', `"config":{"${name}":"1"`),
      })
      assert.doesNotMatch(setting.text, /\[object|native code/)
    })

    it(`selects nothing: ${name}`, async () => {
      const selected = async (selector: string) =>
        (await api.call('GET', `${maps}?labelSelector=${encodeURIComponent(selector)}`)).body
      const isName = /^[a-z]/i.test(name)
      const { items = [], code } = await selected(name)
      assert.deepEqual([items, code], isName ? [[], undefined] : [[], 400])
      if (isName) assert.notEqual((await selected(`!${name}`))['items'].length, 0)
    })
  }
  it('changed none of this process', () => {
    assert.deepEqual(
      [Reflect.get({}, 'app'), Reflect.get({}, 'x'), typeof Object.entries],
      [undefined, undefined, 'function'],
    )
  })
})
