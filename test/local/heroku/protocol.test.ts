import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startEmulator } from '../../support/heroku-emulator.ts'

const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`

describe('protocol of the Heroku emulator', () => {
  const keys: readonly [string, number][] = [
    ['Bearer secret-key', 200],
    [basic(':secret-key'), 200],
    [basic('you@example.com:secret-key'), 200],
    ['Bearer wrong', 401],
    ['Bearer undefined', 401],
    [basic('secret-key:'), 401],
    ['', 401],
  ]
  for (const [authorization, expected] of keys) {
    it(`answers ${expected} to the key ${JSON.stringify(authorization)} on both hosts`, async (t) => {
      const { call, heroku } = await startEmulator(t)
      const { status, body } = await call('GET', '/apps', { headers: { Authorization: authorization } })
      assert.equal(status, expected)
      if (expected === 401) assert.deepEqual([body.id, body.message], ['unauthorized', 'Invalid credentials provided.'])
      assert.equal(JSON.stringify(heroku.knobs.requests).includes('secret-key'), false)
    })
  }

  it('answers 404 without a version in Accept, and 406 to one it does not know', async (t) => {
    const { call } = await startEmulator(t)
    const answers = await Promise.all(
      ['application/json', 'application/vnd.heroku+json; version=9'].map((Accept) =>
        call('GET', '/account', { headers: { Accept } }),
      ),
    )
    assert.deepEqual(
      answers.map(({ status, body }) => [status, body.id]),
      [
        [404, 'not_found'],
        [406, 'not_acceptable'],
      ],
    )
    assert.match(answers[0]?.body.message, /`Accept` header/)
  })

  it('has other shapes in 3.sdk', async (t) => {
    const { call, deployed } = await startEmulator(t)
    await deployed('tide')
    const plain = (await call('GET', '/apps/tide')).body
    const sdk = (await call('GET', '/apps/tide', { headers: { Accept: 'application/vnd.heroku+json; version=3.sdk' } }))
      .body
    assert.deepEqual([plain.generation.name, sdk.generation], ['cedar', 'cedar'])
  })

  it('answers 304 to an ETag that still holds, and 200 when something changed', async (t) => {
    const { call, deployed } = await startEmulator(t)
    await deployed('tide')
    const first = await call('GET', '/apps/tide/formation')
    const headers = { 'If-None-Match': first.headers.get('ETag') ?? '' }
    const again = await call('GET', '/apps/tide/formation', { headers })
    assert.deepEqual([again.status, again.body], [304, null])
    await call('PATCH', '/apps/tide/formation/worker', { body: { quantity: 1 } })
    assert.equal((await call('GET', '/apps/tide/formation', { headers })).status, 200)
  })

  it('takes a token a call, none for asking how many are left, and refills 75 a minute', async (t) => {
    let now = 1_700_000_000_000
    const clock = { now: () => now, sleep: async () => undefined }
    const { call, heroku } = await startEmulator(t, { clock })
    const { headers } = await call('GET', '/account')
    assert.equal(headers.get('RateLimit-Remaining'), '4499')
    assert.deepEqual((await call('GET', '/account/rate-limits')).body, { remaining: 4499 })
    heroku.knobs.rateLimit.tokens = 0
    const refused = await call('GET', '/account')
    assert.deepEqual([refused.status, refused.body.id], [429, 'rate_limit'])
    assert.equal((await call('GET', '/account/rate-limits')).status, 200)
    now += 60_000
    assert.equal((await call('GET', '/account')).headers.get('RateLimit-Remaining'), '74')
    heroku.knobs.rateLimit.tokens = 0
    heroku.knobs.rateLimit.enabled = false
    assert.equal((await call('GET', '/account')).status, 200)
  })

  it('returns the request id it was sent, or one of its own', async (t) => {
    const { call } = await startEmulator(t)
    const { headers } = await call('GET', '/account', { headers: { 'Request-Id': 'one,two' } })
    assert.equal(headers.get('Request-Id'), 'one,two')
    assert.match((await call('GET', '/account')).headers.get('Request-Id') ?? '', /^[\da-f-]{36}$/)
  })

  it('refuses a body that is not JSON, and one that is not an object', async (t) => {
    const { heroku, call } = await startEmulator(t)
    const response = await fetch(`${heroku.apiUrl}/apps`, {
      method: 'POST',
      body: '{"name":',
      headers: { Accept: 'application/vnd.heroku+json; version=3', Authorization: 'Bearer secret-key' },
    })
    assert.equal(response.status, 400)
    assert.equal((await call('POST', '/apps', { body: ['name'] })).status, 400)
  })

  it('answers 416 to a range that its list does not have', async (t) => {
    const { call, deployed } = await startEmulator(t)
    await deployed('tide')
    for (const Range of ['colour ..', 'version ..; max=0', 'nonsense', 'version ..; order=up']) {
      assert.equal((await call('GET', '/apps/tide/releases', { headers: { Range } })).status, 416, Range)
    }
    assert.equal((await call('GET', '/apps/tide/releases', { headers: { Range: 'version 2..3' } })).body.length, 2)
  })

  it('says what it does not have', async (t) => {
    const { call } = await startEmulator(t)
    const { status, body } = await call('GET', '/teams')
    assert.deepEqual([status, body.id], [404, 'not_found'])
    assert.match(body.message, /The local emulator has no GET \/teams/)
  })
})

describe('knobs of the Heroku emulator', () => {
  it('play a status instead of the answer, without the work', async (t) => {
    const { call, deployed, heroku } = await startEmulator(t)
    await deployed('tide')
    heroku.knobs.fault = ({ method }) =>
      method === 'PATCH' ? { kind: 'status', status: 503, body: { id: 'maintenance' } } : null
    const { status, body } = await call('PATCH', '/apps/tide/config-vars', { body: { A: '1' } })
    assert.deepEqual([status, body], [503, { id: 'maintenance' }])
    assert.deepEqual((await call('GET', '/apps/tide/config-vars')).body, {})
  })

  it('drop the connection before the work, or lose the answer after it', async (t) => {
    const { call, deployed, heroku } = await startEmulator(t)
    await deployed('tide')
    for (const [kind, after] of [
      ['drop', {}],
      ['lose-answer', { A: '1' }],
    ] as const) {
      heroku.knobs.fault = ({ method }) => (method === 'PATCH' ? { kind } : null)
      await assert.rejects(call('PATCH', '/apps/tide/config-vars', { body: { A: '1' } }))
      assert.deepEqual((await call('GET', '/apps/tide/config-vars')).body, after)
    }
  })

  it('keep a log of every call, of both hosts', async (t) => {
    const { call, deployed, kafka, data, heroku } = await startEmulator(t)
    await deployed('tide')
    const id = await kafka('tide')
    heroku.knobs.requests.length = 0
    await call('GET', '/apps/tide/formation')
    await data('GET', `${id}/topics`)
    await call('GET', '/apps/ghost')
    assert.deepEqual(heroku.knobs.requests, [
      { host: 'platform', method: 'GET', path: '/apps/tide/formation', status: 200 },
      { host: 'data', method: 'GET', path: `/data/kafka/v0/clusters/${id}/topics`, status: 200 },
      { host: 'platform', method: 'GET', path: '/apps/ghost', status: 404 },
    ])
  })

  it('restart the dynos of an app as the daily cycle does', async (t) => {
    const { call, deployed, dynosOf, heroku } = await startEmulator(t)
    await deployed('tide')
    await call('PATCH', '/apps/tide/formation/worker', { body: { quantity: 1 } })
    const [before] = dynosOf('tide').list()
    heroku.knobs.dailyRestart('tide')
    assert.notEqual(dynosOf('tide').list()[0]?.id, before?.id)
  })
})
