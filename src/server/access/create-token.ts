import { asJson } from '../../record/as-json.ts'
import type { Json, JsonObject } from '../../record/record.ts'
import { objectAt, timestamp } from '../api-object.ts'
import { keyOf, missing, type Call } from '../objects/call.ts'
import type { ServerSurroundings } from '../http/server-surroundings.ts'
import { hashOf, tokenKind } from './authenticate.ts'

const usualSeconds = 3_600
const shortestSeconds = 600
const longestSeconds = 365 * 24 * 3_600

type TokenSurroundings = Pick<ServerSurroundings, 'cache' | 'clock' | 'newToken' | 'record'>
type TokenCall = Pick<Call, 'target' | 'isDryRun' | 'actor'>

/** `kubectl create token NAME`: shown once, here, and kept as its hash. */
export async function createToken(around: TokenSurroundings, call: TokenCall, body: Json): Promise<JsonObject> {
  await around.cache.fresh()
  const account = around.cache.get(keyOf(call.target))?.object
  if (account === undefined) throw missing(call.target)
  const expiresAt = timestamp(around.clock.now() + secondsOf(body) * 1000)
  const { name, namespace = '', uid = '' } = account.metadata
  const token = around.newToken()
  const spec = { namespace, account: name, uid, expiresAt }
  if (!call.isDryRun) {
    const key = { kind: tokenKind, namespace: '', name: hashOf(token) }
    const stored = asJson({ apiVersion: 'v1', kind: tokenKind, metadata: { name: key.name }, spec })
    await around.record.write([{ kind: 'put', key, expected: 'absent', actor: call.actor, body: stored }])
  }
  return {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name, namespace, creationTimestamp: timestamp(around.clock.now()) },
    spec: { audiences: ['weirkeeper'], expirationSeconds: secondsOf(body) },
    status: { token, expirationTimestamp: expiresAt },
  }
}

function secondsOf(body: Json): number {
  const { expirationSeconds } = objectAt(body, 'spec')
  if (typeof expirationSeconds !== 'number') return usualSeconds
  return Math.min(longestSeconds, Math.max(shortestSeconds, Math.round(expirationSeconds)))
}
