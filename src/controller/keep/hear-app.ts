import type { Secret } from '../../base/secret.ts'
import { webhookSecretOf } from '../../heroku/webhook.ts'
import { heardEntities, type HerokuWebhooks } from '../../heroku/webhooks.ts'

/** Changed by each thing heard of a StreamApp's Heroku app. */
export const heardAnnotation = 'streams.weirkeeper.dev/heard-at'
/** What was heard, and of whom: for people, and believed of nobody. */
export const heardFromAnnotation = 'streams.weirkeeper.dev/heard-from'

/** Which of Heroku's events that was: when it is delivered again, it is no news. */
export const heardEventAnnotation = 'streams.weirkeeper.dev/heard-event'

/** Where Heroku's webhooks for this control plane go, and what their secrets follow from. */
export interface Hearing {
  readonly webhooks: HerokuWebhooks
  /** The address of the API from outside, without a slash at the end. */
  readonly publicUrl: string
  readonly secret: Secret
}

/**
 * Sees to it that an app's changes are told to us. Undefined where they are, or
 * why not: a controller that hears nothing still finds everything by its resync.
 */
export async function hearApp(
  app: string,
  { webhooks, publicUrl, secret }: Hearing,
  signal: AbortSignal,
): Promise<string | undefined> {
  const url = hookUrl(publicUrl, app)
  const known = await webhooks.webhooks(app, signal)
  if (!known.ok) return known.error.kind
  if (known.value.some((webhook) => webhook.url === url)) return undefined
  const made = await webhooks.createWebhook(
    app,
    { url, include: heardEntities, secret: webhookSecretOf(app, secret) },
    signal,
  )
  return made.ok ? undefined : made.error.kind
}

export function hookUrl(publicUrl: string, app: string): string {
  return `${publicUrl}/hooks/heroku/${encodeURIComponent(app)}`
}
