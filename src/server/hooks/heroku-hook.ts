import { createHash } from 'node:crypto'
import type { Clock } from '../../base/clock.ts'
import type { Secret } from '../../base/secret.ts'
import { heardAnnotation, heardEventAnnotation, heardFromAnnotation } from '../../controller/keep/hear-app.ts'
import { isSigned, readWebhook, webhookSecretOf, type WebhookNews } from '../../heroku/webhook.ts'
import { asJson } from '../../record/as-json.ts'
import type { KeptObject } from '../../record/object-life.ts'
import { ownWrite } from '../../record/own-write.ts'
import type { ControlRecord, JsonObject, StoredObject, Write } from '../../record/record.ts'
import { ApiFailure, failure } from '../api-status.ts'

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

/** The same body within a second, where Heroku gave it no event id to know it by. */
const quietMs = 1_000
/** The controller wrote its status first, this many times in a row. */
const mostAttempts = 20

/**
 * Takes a delivery of Heroku's webhooks: 204, or 401 where it is not signed with the app's secret. Each event asks for
 * one look, however often it is delivered (Dev Center, "App Webhooks": `webhook_metadata.event.id`); one that comes
 * late or out of order asks for a look too many and does no other harm, since what it says is not believed.
 */
export async function takeHerokuHook({ app, body, signature }: Delivery, around: HookSurroundings): Promise<204 | 401> {
  const { record, clock, secret } = around
  if (secret === undefined || !isSigned(body, signature, webhookSecretOf(app, secret))) return 401
  const news = readWebhook(body)
  if (news?.app !== app) return 204
  const heard = { news, identity: news.event ?? hashOf(body) }
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const { objects } = await record.list('StreamApp')
    const about = objects.filter((object) => appOf(object) === app && !wasHeard(object, heard, clock.now()))
    if (about.length === 0) return 204
    const results = await record.write(about.map((object) => writeOf(object, heard, clock.now())))
    if (!results.some(({ kind }) => kind === 'conflict')) return 204
  }
  const words = 'the StreamApps of the app are being written by many at once; please try again'
  throw new ApiFailure(failure('ServiceUnavailable', words, { retryAfterSeconds: 1 }))
}

interface Heard {
  readonly news: WebhookNews
  /** Of the event. */
  readonly identity: string
}

function hashOf(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('hex').slice(0, 32)
}

function writeOf({ key, version, body }: StoredObject, heard: Heard, nowMs: number): Write {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- StreamApps are kept in this outline
  const before = body as unknown as KeptObject
  const after = withHeard(before, heard, nowMs)
  const owned = ownWrite({ before, after, writer: 'weirkeeper-webhook', subresource: '', at: new Date(nowMs) })
  return { kind: 'put', key, body: asJson(owned), expected: version, actor: 'heroku-webhook' }
}

function appOf({ body }: StoredObject): unknown {
  return fieldsOf(body['spec'])['app']
}

function annotationsOf(body: JsonObject): JsonObject {
  return fieldsOf(fieldsOf(body['metadata'])['annotations'])
}

function wasHeard({ body }: StoredObject, { news, identity }: Heard, nowMs: number): boolean {
  if (annotationsOf(body)[heardEventAnnotation] !== identity) return false
  return news.event !== undefined || nowMs - heardAtMs(body) < quietMs
}

function heardAtMs(body: JsonObject): number {
  const heardAt = annotationsOf(body)[heardAnnotation]
  return typeof heardAt === 'string' ? Date.parse(heardAt) || 0 : 0
}

/** The time tells the controller that there is news, and so no two events have the same. */
function withHeard(object: KeptObject, { news: { entity, action, by }, identity }: Heard, nowMs: number): KeptObject {
  const annotations = {
    ...object.metadata.annotations,
    [heardAnnotation]: new Date(Math.max(nowMs, heardAtMs(asJson(object)) + 1)).toISOString(),
    [heardEventAnnotation]: identity,
    [heardFromAnnotation]: `${entity} ${action}${by === undefined ? '' : ` by ${by}`}`,
  }
  return { ...object, metadata: { ...object.metadata, annotations } }
}

function fieldsOf(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}
