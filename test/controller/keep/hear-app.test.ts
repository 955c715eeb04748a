import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Secret } from '../../../src/base/secret.ts'
import { fail, ok } from '../../../src/base/result.ts'
import { hearApp } from '../../../src/controller/keep/hear-app.ts'
import type { HerokuWebhooks, NewWebhook } from '../../../src/heroku/webhooks.ts'
import { webhookSecretOf } from '../../../src/heroku/webhook.ts'

const live = new AbortController().signal
const secret = new Secret('the one of the control plane')

describe('hearApp', () => {
  it('has Heroku tell of an app’s changes, once', async () => {
    const { made, hearing } = stage()
    assert.equal(await hearApp('word-count', hearing, live), undefined)
    assert.equal(await hearApp('word-count', hearing, live), undefined)

    assert.equal(made.length, 1)
    assert.equal(made[0]?.url, 'https://weir.example/hooks/heroku/word-count')
    assert.equal(made[0].secret, webhookSecretOf('word-count', secret))
  })

  it('says why it could not, and does not stand in anybody’s way', async () => {
    const { hearing } = stage()
    const webhooks: HerokuWebhooks = {
      ...hearing.webhooks,
      createWebhook: () => Promise.resolve(fail({ kind: 'forbidden', call: 'POST', said: 'no' })),
    }
    assert.equal(await hearApp('word-count', { ...hearing, webhooks }, live), 'forbidden')
  })
})

function stage(): { made: NewWebhook[]; hearing: Parameters<typeof hearApp>[1] } {
  const made: NewWebhook[] = []
  const webhooks: HerokuWebhooks = {
    webhooks: () => Promise.resolve(ok(made)),
    createWebhook: (_app, webhook) => Promise.resolve(ok(void made.push(webhook))),
  }
  return { made, hearing: { webhooks, publicUrl: 'https://weir.example', secret } }
}
