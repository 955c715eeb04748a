import type { Clock } from '../../base/clock.ts'
import type { Secret } from '../../base/secret.ts'
import { heardAnnotation, heardFromAnnotation } from '../../controller/keep/hear-app.ts'
import { isSigned, readWebhook, webhookSecretOf, type WebhookNews } from '../../heroku/webhook.ts'
import type { ControlRecord, JsonObject, StoredObject } from '../../record/record.ts'

export interface HookSurroundings {
  readonly record: Pick<ControlRecord, 'list' | 'write'>
  readonly clock: Clock
  /** Undefined where nobody registers webhooks: then none is taken. */
  readonly secret: Secret | undefined
}

export interface Delivery {
  /** The app that the address names. */
  readonly app: string
  readonly body: Uint8Array
  readonly signature: string | undefined
}

/** What comes twice within a second asks for one look. */
const quietMs = 1_000

/**
 * Takes a delivery of Heroku's webhooks: 204, or 401 where it is not signed with
 * the app's secret. A delivery that comes twice, late or out of order asks for a
 * look too many and does no other harm: what it says is not believed.
 */
export async function takeHerokuHook({ app, body, signature }: Delivery, around: HookSurroundings): Promise<204 | 401> {
  const { record, clock, secret } = around
  if (secret === undefined || !isSigned(body, signature, webhookSecretOf(app, secret))) return 401
  const news = readWebhook(body)
  if (news?.app !== app) return 204
  const nowMs = clock.now()
  const { objects } = await record.list('StreamApp')
  const about = objects.filter((object) => appOf(object) === app && !wasHeardJustNow(object, nowMs))
  await record.write(
    about.map(({ key, version, body: before }) => ({
      kind: 'put',
      key,
      body: withHeard(before, news, nowMs),
      expected: version,
      actor: 'heroku-webhook',
    })),
  )
  return 204
}

function appOf({ body }: StoredObject): unknown {
  return fieldsOf(body['spec'])['app']
}

function annotationsOf(body: JsonObject): JsonObject {
  return fieldsOf(fieldsOf(body['metadata'])['annotations'])
}

function wasHeardJustNow({ body }: StoredObject, nowMs: number): boolean {
  const heardAt = annotationsOf(body)[heardAnnotation]
  return typeof heardAt === 'string' && nowMs - Date.parse(heardAt) < quietMs
}

function withHeard(body: JsonObject, { entity, action, by }: WebhookNews, nowMs: number): JsonObject {
  const annotations = {
    ...annotationsOf(body),
    [heardAnnotation]: new Date(nowMs).toISOString(),
    [heardFromAnnotation]: `${entity} ${action}${by === undefined ? '' : ` by ${by}`}`,
  }
  return { ...body, metadata: { ...fieldsOf(body['metadata']), annotations } }
}

function fieldsOf(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}
