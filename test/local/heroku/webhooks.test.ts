import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import { describe, it } from 'node:test'
import type { TestContext } from 'node:test'
import { startEmulator } from '../../support/heroku-emulator.ts'
import type { Reply } from '../../support/heroku-emulator.ts'

interface Received {
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** A receiver that answers with these statuses in turn, then with 200. */
async function receiver(t: TestContext, statuses: number[] = []): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      received.push({ headers: request.headers, text: Buffer.concat(chunks).toString() })
      response.writeHead(statuses.shift() ?? 200, { connection: 'close' }).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  return { url: `http://127.0.0.1:${address.port}/hook`, received }
}

describe('webhooks of the Heroku emulator', () => {
  it('are signed with the secret that was told once', async (t) => {
    const { call, deployed, heroku } = await startEmulator(t)
    await deployed('tide')
    const { url, received } = await receiver(t)
    const made = await call('POST', '/apps/tide/webhooks', {
      body: { include: ['api:release'], level: 'notify', url },
      headers: { Accept: 'application/vnd.heroku+json; version=3.webhooks' },
    })
    assert.equal(made.status, 201)
    const secret = made.headers.get('Heroku-Webhook-Secret') ?? ''
    await call('PATCH', '/apps/tide/config-vars', { body: { A: '1' } })
    await heroku.knobs.settled()
    const [{ headers, text } = { headers: {}, text: '' }] = received
    assert.equal(headers['heroku-webhook-hmac-sha256'], createHmac('sha256', secret).update(text).digest('base64'))
    const event: unknown = JSON.parse(text)
    assert.deepEqual(
      ['action', 'resource', 'sequence', 'version'].map((field) => Reflect.get(Object(event), field)),
      ['create', 'release', null, 'application/vnd.heroku+json; version=3'],
    )
    const metadata: unknown = Reflect.get(Object(event), 'webhook_metadata')
    assert.equal(Reflect.get(Object(Reflect.get(Object(metadata), 'webhook')), 'id'), made.body.id)
  })

  it('do not tell a secret that the caller chose, and send the authorization given', async (t) => {
    const { call, deployed, heroku } = await startEmulator(t)
    await deployed('tide')
    const { url, received } = await receiver(t)
    const body = { include: ['api:formation'], level: 'notify', url, secret: 'mine', authorization: 'Bearer x' }
    assert.equal((await call('POST', '/apps/tide/webhooks', { body })).headers.get('Heroku-Webhook-Secret'), null)
    await call('PATCH', '/apps/tide/formation/worker', { body: { quantity: 1 } })
    await call('PATCH', '/apps/tide/formation/worker', { body: { quantity: 1 } })
    await heroku.knobs.settled()
    assert.equal(received.length, 1, 'no event where nothing changed')
    const [{ headers, text } = { headers: {}, text: '' }] = received
    assert.equal(headers['authorization'], 'Bearer x')
    assert.equal(headers['heroku-webhook-hmac-sha256'], createHmac('sha256', 'mine').update(text).digest('base64'))
  })

  it('tell of add-ons, attachments, builds, dynos and the app', async (t) => {
    const { call, deployed, kafka, heroku } = await startEmulator(t)
    await deployed('tide')
    const { url, received } = await receiver(t)
    const include = ['api:addon', 'api:addon-attachment', 'api:build', 'api:app', 'dyno']
    await call('POST', '/apps/tide/webhooks', { body: { include, level: 'notify', url } })
    const addon = await kafka('tide')
    await call('PATCH', '/apps/tide', { body: { maintenance: true } })
    await call('PATCH', '/apps/tide/formation/worker', { body: { quantity: 1 } })
    await call('POST', '/apps/tide/builds', { body: { source_blob: { url: heroku.apiUrl } } })
    await call('DELETE', `/apps/tide/addons/${addon}`)
    await heroku.knobs.settled()
    const told = received.map(({ text }) => {
      const event: Record<string, unknown> = JSON.parse(text)
      return `${String(event['resource'])} ${String(event['action'])}`
    })
    for (const expected of [
      'addon create',
      'addon update',
      'addon destroy',
      'addon-attachment create',
      'addon-attachment destroy',
      'app update',
      'build create',
      'build update',
      'dyno update',
    ]) {
      assert.ok(told.includes(expected), `${expected} in ${told.join(', ')}`)
    }
    const { body } = await call('GET', '/apps/tide/webhook-events')
    assert.equal(body.length, received.length)
  })

  it('are tried once with notify, and again with sync until they are taken', async (t) => {
    const { call, deployed, heroku } = await startEmulator(t, { delays: { webhookRetryMs: [1, 1, 1] } })
    await deployed('tide')
    const notify = await receiver(t, [500, 500])
    const sync = await receiver(t, [500, 503])
    for (const [level, { url }] of [
      ['notify', notify],
      ['sync', sync],
    ] as const) {
      await call('POST', '/apps/tide/webhooks', { body: { include: ['api:release'], level, url } })
    }
    await call('PATCH', '/apps/tide/config-vars', { body: { A: '1' } })
    await heroku.knobs.settled()
    assert.deepEqual([notify.received.length, sync.received.length], [1, 3])
    const { body } = await call('GET', '/apps/tide/webhook-deliveries')
    assert.deepEqual(body.map((one: Reply['body']) => [one.webhook.level, one.status, one.num_attempts]).toSorted(), [
      ['notify', 'failed', 1],
      ['sync', 'succeeded', 3],
    ])
    assert.equal((await call('GET', `/apps/tide/webhook-deliveries/${body[0].id}`)).status, 200)
  })

  it('give up when nobody listens, with the reason', async (t) => {
    const { call, deployed, heroku } = await startEmulator(t, { delays: { webhookRetryMs: [] } })
    await deployed('tide')
    await call('POST', '/apps/tide/webhooks', {
      body: { include: ['api:release'], level: 'sync', url: 'http://127.0.0.1:1/' },
    })
    await call('PATCH', '/apps/tide/config-vars', { body: { A: '1' } })
    await heroku.knobs.settled()
    const [delivery] = (await call('GET', '/apps/tide/webhook-deliveries')).body
    assert.deepEqual(
      [delivery.status, delivery.last_attempt.code, delivery.last_attempt.error_class],
      ['failed', null, 'TypeError'],
    )
  })

  it('are listed, changed and removed', async (t) => {
    const { call, deployed } = await startEmulator(t)
    await deployed('tide')
    const { body: hook } = await call('POST', '/apps/tide/webhooks', {
      body: { include: ['dyno'], level: 'sync', url: 'http://127.0.0.1:1/' },
    })
    assert.deepEqual((await call('GET', '/apps/tide/webhooks')).body, [hook])
    const changed = await call('PATCH', `/apps/tide/webhooks/${hook.id}`, { body: { level: 'notify' } })
    assert.equal(changed.body.level, 'notify')
    assert.equal((await call('DELETE', `/apps/tide/webhooks/${hook.id}`)).status, 200)
    assert.equal((await call('GET', `/apps/tide/webhooks/${hook.id}`)).status, 404)
  })

  const refused: readonly [string, object][] = [
    ['an entity that is not there', { include: ['api:nonsense'], level: 'notify', url: 'http://127.0.0.1:1/' }],
    ['no entity', { include: [], level: 'notify', url: 'http://127.0.0.1:1/' }],
    ['a level that is not there', { include: ['dyno'], level: 'loud', url: 'http://127.0.0.1:1/' }],
    ['an address that is none', { include: ['dyno'], level: 'sync', url: 'nowhere' }],
  ]
  for (const [what, body] of refused) {
    it(`refuse ${what}`, async (t) => {
      const { call, deployed } = await startEmulator(t)
      await deployed('tide')
      assert.equal((await call('POST', '/apps/tide/webhooks', { body })).status, 422)
    })
  }
})
