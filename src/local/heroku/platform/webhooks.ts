import { secretFrom } from '../chance.ts'
import { objectOf, optionalText, requiredText } from '../http/body.ts'
import type { JsonObject } from '../http/body.ts'
import type { Call, Route } from '../http/route.ts'
import { invalidParams, notFound } from '../refusal.ts'
import type { App, Delivery, Webhook, WebhookEvent } from '../records.ts'
import { appIdentity, isoTime, isoTimeOrNull, userIdentity } from '../views.ts'
import type { World } from '../world.ts'
import { appOf } from './find.ts'

const path = '/apps/:app/webhooks'

/** Dev Center 2025-01. */
const maxWebhooks = 10

/** What can be subscribed to. Nothing here tells of collaborators, domains, certificates or `api:dyno`: use `dyno`. */
const entities: readonly string[] = [
  'api:addon',
  'api:addon-attachment',
  'api:app',
  'api:build',
  'api:collaborator',
  'api:domain',
  'api:dyno',
  'api:formation',
  'api:release',
  'api:sni-endpoint',
  'dyno',
]

export const webhookRoutes: readonly Route[] = [
  { method: 'GET', path, range: ['id'], answer: (call) => hooks(call).map((hook) => hookView(appOf(call), hook)) },
  { method: 'POST', path, status: 201, answer: create },
  { method: 'GET', path: `${path}/:webhook`, answer: (call) => hookView(appOf(call), hookOf(call)) },
  { method: 'PATCH', path: `${path}/:webhook`, answer: update },
  {
    method: 'DELETE',
    path: `${path}/:webhook`,
    answer: (call) => {
      const hook = hookOf(call)
      appOf(call).webhooks.delete(hook.id)
      return hookView(appOf(call), hook)
    },
  },
  {
    method: 'GET',
    path: '/apps/:app/webhook-deliveries',
    range: ['id'],
    answer: (call) => appOf(call).deliveries.map((delivery) => deliveryView(delivery)),
  },
  {
    method: 'GET',
    path: '/apps/:app/webhook-deliveries/:delivery',
    answer: (call) => {
      const delivery = appOf(call).deliveries.find(({ id }) => id === call.params['delivery'])
      if (delivery === undefined) throw notFound('webhook_delivery', 'webhook delivery')
      return deliveryView(delivery)
    },
  },
  {
    method: 'GET',
    path: '/apps/:app/webhook-events',
    range: ['id'],
    answer: (call) => eventsOf(appOf(call)).map((event) => eventView(call.world, event)),
  },
]

const hooks = (call: Call): readonly Webhook[] => [...appOf(call).webhooks.values()]

function hookOf(call: Call): Webhook {
  const hook = appOf(call).webhooks.get(call.params['webhook'] ?? '')
  if (hook === undefined) throw notFound('webhook')
  return hook
}

/** Without a secret of the caller's, one is made and told this once, in a header. */
function create(call: Call): object {
  const { world } = call
  const app = appOf(call)
  const body = objectOf(call.body)
  if (app.webhooks.size >= maxWebhooks) throw invalidParams(`An app can have ${maxWebhooks} webhooks.`)
  const given = optionalText(body, 'secret')
  const hook: Webhook = {
    id: world.id(),
    include: includeOf(body),
    level: levelOf(requiredText(body, 'level')),
    url: urlOf(requiredText(body, 'url')),
    secret: given ?? secretFrom(world.options.chance),
    authorization: optionalText(body, 'authorization'),
    createdAt: world.now(),
    updatedAt: world.now(),
  }
  app.webhooks.set(hook.id, hook)
  if (given === null) call.header('Heroku-Webhook-Secret', hook.secret)
  return hookView(app, hook)
}

function update(call: Call): object {
  const hook = hookOf(call)
  const body = objectOf(call.body)
  if (body['include'] !== undefined) hook.include = includeOf(body)
  hook.level = levelOf(optionalText(body, 'level') ?? hook.level)
  hook.url = urlOf(optionalText(body, 'url') ?? hook.url)
  hook.secret = optionalText(body, 'secret') ?? hook.secret
  hook.authorization = optionalText(body, 'authorization') ?? hook.authorization
  hook.updatedAt = call.world.now()
  return hookView(appOf(call), hook)
}

function includeOf({ include }: JsonObject): readonly string[] {
  const list: readonly unknown[] = Array.isArray(include) ? include : []
  const unknown = list.filter((entity) => typeof entity !== 'string' || !entities.includes(entity))
  if (list.length === 0 || unknown.length > 0) {
    throw invalidParams(`include must be a list of ${entities.join(', ')}; it has ${JSON.stringify(include)}.`)
  }
  return list.map(String)
}

function levelOf(level: string): 'notify' | 'sync' {
  if (level !== 'notify' && level !== 'sync') throw invalidParams('level must be notify or sync.')
  return level
}

function urlOf(url: string): string {
  if (!URL.canParse(url)) throw invalidParams(`url must be an address, and not ${JSON.stringify(url)}.`)
  return url
}

const eventsOf = (app: App): readonly WebhookEvent[] => [...new Set(app.deliveries.map(({ event }) => event))]

const hookView = (app: App, hook: Webhook): object => ({
  app: appIdentity(app),
  created_at: isoTime(hook.createdAt),
  id: hook.id,
  include: hook.include,
  level: hook.level,
  updated_at: isoTime(hook.updatedAt),
  url: hook.url,
})

const deliveryView = (delivery: Delivery): object => ({
  created_at: isoTime(delivery.createdAt),
  event: { id: delivery.event.id, include: delivery.event.include },
  id: delivery.id,
  last_attempt: attemptView(delivery),
  next_attempt_at: isoTimeOrNull(delivery.nextAttemptAt),
  num_attempts: delivery.attempts,
  status: delivery.status,
  updated_at: isoTime(delivery.updatedAt),
  webhook: { id: delivery.webhook.id, level: delivery.webhook.level },
})

function attemptView({ lastAttempt }: Delivery): object | null {
  if (lastAttempt === null) return null
  const at = isoTime(lastAttempt.createdAt)
  const { code, errorClass, id, status } = lastAttempt
  return { code, created_at: at, error_class: errorClass, id, status, updated_at: at }
}

const eventView = (world: World, event: WebhookEvent): object => ({
  created_at: isoTime(event.createdAt),
  id: event.id,
  include: event.include,
  payload: {
    action: event.payload.action,
    actor: userIdentity(world.account),
    data: event.payload.data,
    previous_data: event.payload.previousData,
    resource: event.payload.resource,
    version: webhookVersion,
  },
  updated_at: isoTime(event.createdAt),
})

export const webhookVersion = 'application/vnd.heroku+json; version=3'
