import type { GitSource } from '../../resource/git-source.ts'
import type { StreamApp } from '../../resource/stream-app.ts'
import type { PlaneFailure, PlaneReply } from './plane-client.ts'
import type { PlaneWork } from './plane-command.ts'
import { kindPath, ownKind } from './plane-kind.ts'
import type { Result } from '../../base/result.ts'

/** What a manifest declares. */
export type DeclaredObject = StreamApp | GitSource

/** Who owns the fields that `weir` declares. */
const fieldManager = 'weir'

/** `streamapp/word-count`, as kubectl names it. */
export function declaredTitle({ kind, metadata }: DeclaredObject): string {
  return `${kind.toLowerCase()}/${metadata.name}`
}

function declaredPath({ kind, metadata }: DeclaredObject): string {
  return kindPath(ownKind(kind), metadata.namespace, metadata.name)
}

/** Server-side apply, as kubectl does it; `dryRun` asks what it would become. */
export function declareObject(
  declared: DeclaredObject,
  how: { readonly isForced: boolean; readonly isDry: boolean },
  { client, around }: PlaneWork,
): Promise<Result<PlaneReply, PlaneFailure>> {
  const { apiVersion, kind, metadata, spec } = declared
  const query = {
    fieldManager,
    fieldValidation: 'Strict',
    force: String(how.isForced),
    ...(how.isDry ? { dryRun: 'All' } : {}),
  }
  return client.ask(
    {
      method: 'PATCH',
      path: declaredPath(declared),
      query,
      body: { apiVersion, kind, metadata, spec },
      contentType: 'application/apply-patch+yaml',
    },
    around.signal,
  )
}

/** The object as it is kept; undefined: there is none. */
export async function keptObject(
  declared: DeclaredObject,
  { client, around }: PlaneWork,
): Promise<Result<unknown, PlaneFailure>> {
  const reply = await client.ask({ method: 'GET', path: declaredPath(declared) }, around.signal)
  if (reply.ok) return { ok: true, value: reply.value.body }
  const isMissing = reply.error.kind === 'refused' && reply.error.code === 404
  return isMissing ? { ok: true, value: undefined } : reply
}
