import { createHmac } from 'node:crypto'
import { webhookVersion } from './platform/webhooks.ts'
import type { App, Attempt, Delivery, Webhook, WebhookEvent } from './records.ts'
import { isoTime, userIdentity } from './views.ts'
import type { World } from './world.ts'

/** How long a receiver may take; not published, so of our choosing. */
const timeoutMs = 5_000

/** Every webhook of the app that asked for the event gets it: `notify` once, `sync` again until it is taken. */
export function deliver(world: World, app: App, event: WebhookEvent): void {
  for (const webhook of app.webhooks.values()) {
    if (!webhook.include.includes(event.include)) continue
    const delivery: Delivery = {
      id: world.id(),
      webhook,
      event,
      createdAt: world.now(),
      updatedAt: world.now(),
      status: 'pending',
      attempts: 0,
      nextAttemptAt: world.now(),
      lastAttempt: null,
    }
    app.deliveries.push(delivery)
    world.later(`webhook ${event.include} to ${webhook.url}`, 0, () => attempt(world, delivery))
  }
}

async function attempt(world: World, delivery: Delivery): Promise<void> {
  const tried = await post(world, delivery)
  delivery.lastAttempt = tried
  delivery.attempts += 1
  delivery.updatedAt = world.now()
  delivery.nextAttemptAt = null
  const pauseMs = delivery.webhook.level === 'sync' ? world.delays.webhookRetryMs[delivery.attempts - 1] : undefined
  if (tried.status === 'succeeded') delivery.status = 'succeeded'
  else if (pauseMs === undefined) delivery.status = 'failed'
  else {
    delivery.status = 'retrying'
    delivery.nextAttemptAt = new Date(world.now().getTime() + pauseMs)
    world.later(`webhook again to ${delivery.webhook.url}`, pauseMs, () => attempt(world, delivery))
  }
}

async function post(world: World, delivery: Delivery): Promise<Attempt> {
  const attemptId = world.id()
  const createdAt = world.now()
  const body = JSON.stringify(bodyOf(world, delivery, attemptId))
  try {
    const response = await fetch(delivery.webhook.url, {
      method: 'POST',
      headers: headersOf(delivery.webhook, body),
      body,
      signal: AbortSignal.any([world.signal, AbortSignal.timeout(timeoutMs)]),
    })
    await response.body?.cancel()
    const { ok, status } = response
    return { id: attemptId, code: status, errorClass: null, status: ok ? 'succeeded' : 'failed', createdAt }
  } catch (error) {
    const errorClass = error instanceof Error ? error.name : 'Error'
    return { id: attemptId, code: null, errorClass, status: 'failed', createdAt }
  }
}

/** The signature is over the raw body: base64(HMAC-SHA256(secret, body)). */
const headersOf = ({ secret, authorization }: Webhook, body: string): Record<string, string> => ({
  'Content-Type': 'application/json',
  'User-Agent': 'Heroku Webhooks (local emulator)',
  'Heroku-Webhook-Hmac-SHA256': createHmac('sha256', secret).update(body).digest('base64'),
  ...(authorization === null ? {} : { Authorization: authorization }),
})

function bodyOf(world: World, { id, event, webhook }: Delivery, attemptId: string): object {
  const at = isoTime(event.createdAt)
  return {
    action: event.payload.action,
    actor: userIdentity(world.account),
    created_at: at,
    data: event.payload.data,
    id: event.id,
    previous_data: event.payload.previousData,
    published_at: isoTime(world.now()),
    resource: event.payload.resource,
    sequence: null,
    updated_at: at,
    version: webhookVersion,
    webhook_metadata: {
      attempt: { id: attemptId },
      delivery: { id },
      event: { id: event.id, include: event.include },
      webhook: { id: webhook.id },
    },
  }
}
