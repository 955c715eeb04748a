import { createHash } from 'node:crypto'
import type { Clock } from '../../base/clock.ts'
import { fail, ok, type Result } from '../../base/result.ts'
import {
  isSameRepository,
  readGithubWebhook,
  type GithubNews,
  type WebhookRefusal,
  type WebhookRequest,
} from '../../git/github-webhook.ts'
import { asJson } from '../../record/as-json.ts'
import { ownWrite } from '../../record/own-write.ts'
import type { ControlRecord, ObjectKey, StoredObject, Write } from '../../record/record.ts'
import { isJsonObject } from './json.ts'
import { keptObject } from './kept-git-source.ts'
import { webhookSecretOf } from './source-secret.ts'

/** Where whoever announces a commit leaves that it did: the controller looks at once at what was annotated. */
const requestedAnnotation = 'streams.weirkeeper.dev/requested'

export type HookRefusal = Pick<WebhookRefusal, 'message'> & { readonly status: WebhookRefusal['status'] | 404 | 503 }

/**
 * One delivery of GitHub's for one GitSource. Harmless when it is doubled, late
 * or lost: it asks for a look, and the poll looks anyway. One that is delivered again asks for none.
 */
export async function hearGithubWebhook(
  key: Pick<ObjectKey, 'namespace' | 'name'>,
  request: WebhookRequest,
  { record, clock }: { readonly record: Pick<ControlRecord, 'get' | 'write'>; readonly clock: Clock },
): Promise<Result<'heard' | 'nothing-to-do', HookRefusal>> {
  const source = await record.get({ ...key, kind: 'GitSource' })
  const secret = source === undefined ? undefined : await webhookSecret(source, record)
  // The same words for both: who does not know the secret learns nothing of what there is.
  if (source === undefined || secret === undefined) return fail(noHook)

  const news = readGithubWebhook(request, secret)
  if (!news.ok) return news
  if (!isAbout(source, news.value)) return ok('nothing-to-do')
  const [result] = await record.write([askForLook(source, identityOf(request), new Date(clock.now()))])
  if (result?.kind !== 'conflict') return ok('heard')
  return fail({ status: 503, message: 'the GitSource was being changed: deliver it again, or wait for the next poll' })
}

const noHook: HookRefusal = {
  status: 404,
  message:
    'no GitSource of that name takes webhooks: put the secret into `webhook` of the Secret that spec.secretRef names',
}

async function webhookSecret(
  { key, body: { spec } }: StoredObject,
  record: Pick<ControlRecord, 'get'>,
): Promise<ReturnType<typeof webhookSecretOf>> {
  const secretRef = isJsonObject(spec) && isJsonObject(spec['secretRef']) ? spec['secretRef'] : {}
  const { name } = secretRef
  if (typeof name !== 'string') return undefined
  const secret = await record.get({ kind: 'Secret', namespace: key.namespace, name })
  return secret === undefined ? undefined : webhookSecretOf(secret.body)
}

function isAbout({ body: { spec } }: StoredObject, news: GithubNews): boolean {
  if (news.kind !== 'push' || !isJsonObject(spec)) return false
  const { url, branch = 'main' } = spec
  return branch === news.branch && news.urls.some((other) => typeof url === 'string' && isSameRepository(url, other))
}

/** Of what was signed: the id of a delivery stands in its head, which is not, and whoever delivers it again can make up another. */
function identityOf({ body }: WebhookRequest): string {
  return createHash('sha256').update(body).digest('hex').slice(0, 32)
}

function askForLook({ key, version, body }: StoredObject, identity: string, at: Date): Write {
  const before = keptObject(body)
  const { metadata } = before
  const annotations = { ...metadata.annotations, [requestedAnnotation]: identity }
  const after = { ...before, metadata: { ...metadata, annotations } }
  const owned = ownWrite({ before, after, writer: 'weirkeeper-webhook', subresource: '', at })
  return { kind: 'put', key, body: asJson(owned), expected: version, actor: 'github' }
}
