import { hearGithubWebhook } from '../../controller/git-source/hear-webhook.ts'
import { ApiFailure, failure } from '../api-status.ts'
import { json, plain, type Answer } from '../http/answer.ts'
import type { Asked } from '../http/asked.ts'
import { takeHerokuHook, type HookSurroundings } from './heroku-hook.ts'
import type { ControlRecord } from '../../record/record.ts'

/**
 * What others announce to us: `/hooks/heroku/APP`, `/hooks/github/NAMESPACE/NAME`.
 * They carry no token of ours; each delivery is signed. Undefined where the path
 * is none of these.
 */
export async function takeHook(
  asked: Asked,
  around: HookSurroundings & { readonly record: Pick<ControlRecord, 'get'> },
): Promise<Answer | undefined> {
  if (!isHook(asked)) return undefined
  const [, from, ...names] = segmentsOf(asked)
  if (asked.method !== 'POST') throw new ApiFailure(failure('MethodNotAllowed', 'a webhook is a POST'))
  if (from === 'heroku' && names.length === 1) return herokuHook(names[0] ?? '', asked, around)
  if (from === 'github' && names.length === 2) {
    return githubHook({ namespace: names[0] ?? '', name: names[1] ?? '' }, asked, around)
  }
  throw new ApiFailure(failure('NotFound', 'no webhook is taken here'))
}

export function isHook(asked: Pick<Asked, 'path'>): boolean {
  return segmentsOf(asked)[0] === 'hooks'
}

function segmentsOf({ path }: Pick<Asked, 'path'>): readonly string[] {
  return path.split('/').filter((part) => part !== '')
}

async function herokuHook(app: string, asked: Asked, around: HookSurroundings): Promise<Answer> {
  const signature = asked.header('heroku-webhook-hmac-sha256')
  const code = await takeHerokuHook({ app, body: await asked.bytes(), signature }, around)
  if (code === 401) throw new ApiFailure(failure('Unauthorized', 'the delivery is not signed for this app'))
  return plain(code, '')
}

/** All that is read of a delivery's head. */
const githubHeaders = ['x-hub-signature-256', 'x-github-event', 'x-github-delivery', 'content-type'] as const

async function githubHook(
  source: { readonly namespace: string; readonly name: string },
  asked: Asked,
  around: Parameters<typeof hearGithubWebhook>[2],
): Promise<Answer> {
  const headers = Object.fromEntries(githubHeaders.map((name) => [name, asked.header(name)]))
  const heard = await hearGithubWebhook(source, { headers, body: await asked.bytes() }, around)
  return heard.ok ? plain(202, heard.value) : json(heard.error.status, { message: heard.error.message })
}
