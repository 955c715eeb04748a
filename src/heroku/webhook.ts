import { createHmac, timingSafeEqual } from 'node:crypto'
import { fieldsOf } from '../base/fields-of.ts'
import type { Secret } from '../base/secret.ts'

/** What a webhook tells us: that something of this app may have changed. What it is now is looked up. */
export interface WebhookNews {
  /** The same for each delivery of one event, and of no other. Undefined where Heroku does not say. */
  readonly event: string | undefined
  /** `api:formation`, `dyno` … */
  readonly entity: string
  readonly app: string
  /** `update`, and who did it, where Heroku says so. */
  readonly action: string
  readonly by: string | undefined
}

/**
 * The secret that deliveries of one app are signed with: it follows from one
 * secret of the control plane, so whoever registers and whoever checks need to
 * share nothing else, and nothing is stored.
 */
export function webhookSecretOf(app: string, master: Secret): string {
  return createHmac('sha256', master.reveal()).update(`heroku-webhook/${app}`).digest('hex')
}

/** `Heroku-Webhook-Hmac-SHA256` is the base64 of the HMAC of the raw body. Dev Center, "App Webhooks". */
export function isSigned(body: Uint8Array, signature: string | undefined, secret: string): boolean {
  const expected = createHmac('sha256', secret).update(body).digest()
  const given = Buffer.from(signature ?? '', 'base64')
  return given.length === expected.length && timingSafeEqual(given, expected)
}

/** Undefined where it is no delivery of Heroku's, or names no app. */
export function readWebhook(body: Uint8Array): WebhookNews | undefined {
  const delivery = fieldsOf(parsed(body))
  const { id = delivery['id'], include: entity } = fieldsOf(fieldsOf(delivery['webhook_metadata'])['event'])
  const data = fieldsOf(delivery['data'])
  const app = fieldsOf(data['app'])['name'] ?? (entity === 'api:app' ? data['name'] : undefined)
  if (typeof entity !== 'string' || typeof app !== 'string') return undefined
  const [action, by] = [delivery['action'], fieldsOf(delivery['actor'])['email']]
  return {
    event: typeof id === 'string' && id !== '' ? id : undefined,
    entity,
    app,
    action: typeof action === 'string' ? action : 'change',
    by: typeof by === 'string' ? by : undefined,
  }
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body))
  } catch {
    return undefined
  }
}
