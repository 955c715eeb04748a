import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Secret } from '../../src/base/secret.ts'
import { isSigned, readWebhook, webhookSecretOf } from '../../src/heroku/webhook.ts'

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))

describe('a delivery of a webhook', () => {
  it('is signed as Heroku signs it: base64 of the HMAC-SHA256 of the raw body', () => {
    const body = new TextEncoder().encode('{"a":1}')
    // openssl dgst -sha256 -hmac secret -binary | base64
    const signature = 'qp4uNXX11wmLbKzNeQiIw21f22M0KnO62i1qUXR6hJQ='
    assert.equal(isSigned(body, signature, 'secret'), true)
    assert.equal(isSigned(body, signature, 'another'), false)
    assert.equal(isSigned(body, undefined, 'secret'), false)
    assert.equal(isSigned(body, 'short', 'secret'), false)
    assert.equal(isSigned(encode({ a: 2 }), signature, 'secret'), false)
  })

  it('has a secret of its own for each app, the same for whoever knows the one it follows from', () => {
    const master = new Secret('one')
    assert.equal(webhookSecretOf('a', master), webhookSecretOf('a', new Secret('one')))
    assert.notEqual(webhookSecretOf('a', master), webhookSecretOf('b', master))
    assert.notEqual(webhookSecretOf('a', master), webhookSecretOf('a', new Secret('two')))
  })

  it('names the app and what changed', () => {
    const event = (include: string) => ({ webhook_metadata: { event: { include } } })
    assert.deepEqual(readWebhook(encode({ ...event('api:formation'), data: { app: { name: 'example-app' } } })), {
      event: undefined,
      entity: 'api:formation',
      app: 'example-app',
      action: 'change',
      by: undefined,
    })
    assert.deepEqual(readWebhook(encode({ id: 'b', ...event('api:app'), data: { name: 'example-app' } })), {
      event: 'b',
      entity: 'api:app',
      app: 'example-app',
      action: 'change',
      by: undefined,
    })
    const metadata = { event: { id: 'a', include: 'dyno' } }
    const whole = { id: 'b', webhook_metadata: metadata, action: 'update', actor: { email: 'somebody@example.com' } }
    assert.deepEqual(readWebhook(encode({ ...whole, data: { app: { name: 'example-app' } } })), {
      event: 'a',
      entity: 'dyno',
      app: 'example-app',
      action: 'update',
      by: 'somebody@example.com',
    })
  })

  for (const [title, body] of [
    ['no JSON', new TextEncoder().encode('{')],
    ['no app', encode({ webhook_metadata: { event: { include: 'dyno' } }, data: {} })],
    ['nothing of Heroku’s', encode([1, 2])],
  ] as const) {
    it(`is not taken for one with ${title}`, () => assert.equal(readWebhook(body), undefined))
  }
})
