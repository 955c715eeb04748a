import { hash as digest } from 'node:crypto'
import type { Secret } from '../../base/secret.ts'
import { objectAt, type ObjectMeta } from '../api-object.ts'
import type { ObjectCache } from '../cache/object-cache.ts'
import { roleAnnotation } from '../kinds/core-kinds.ts'
import { isRole, type User } from './roles.ts'

/** A token from the configuration. Those that are made at run time stand in the record, hashed. */
export interface KnownToken {
  readonly token: Secret
  readonly user: User
}

/** Who a bearer token speaks for. Undefined where nobody knows it, or it is past its time. */
export type Authenticate = (token: string, nowMs: number) => User | undefined

/** The record's kind of tokens; their name is their hash, so that the token itself stands nowhere. */
export const tokenKind = 'AccessToken'

export function hashOf(token: string): string {
  return digest('sha256', token, 'hex')
}

export function authenticator(known: readonly KnownToken[], cache: Pick<ObjectCache, 'get'>): Authenticate {
  const users = new Map(known.map(({ token, user }) => [hashOf(token.reveal()), user]))
  return (token, nowMs) => {
    const hash = hashOf(token)
    return users.get(hash) ?? serviceAccountOf(hash, cache, nowMs)
  }
}

/** A token lasts as long as its account: one that was deleted and made anew is another. */
function serviceAccountOf(hash: string, cache: Pick<ObjectCache, 'get'>, nowMs: number): User | undefined {
  const token = cache.get({ kind: tokenKind, namespace: '', name: hash })?.object
  const { namespace, account, uid, expiresAt } = objectAt(token, 'spec')
  if (typeof namespace !== 'string' || typeof account !== 'string') return undefined
  if (typeof expiresAt !== 'string' || Date.parse(expiresAt) <= nowMs) return undefined
  const found = cache.get({ kind: 'ServiceAccount', namespace, name: account })?.object.metadata
  return found === undefined || found.uid !== uid ? undefined : accountUser(namespace, account, found)
}

function accountUser(namespace: string, account: string, { annotations = {} }: ObjectMeta): User {
  const role = annotations[roleAnnotation] ?? 'view'
  return {
    name: `system:serviceaccount:${namespace}:${account}`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
    grants: isRole(role) ? [{ role, namespace }] : [],
  }
}

/** Who holds the token of the configuration. */
export const adminUser: User = {
  name: 'admin',
  groups: ['system:masters', 'system:authenticated'],
  grants: [{ role: 'admin', namespace: '*' }],
}
