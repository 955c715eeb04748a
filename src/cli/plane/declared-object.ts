import type { GitSource } from '../../resource/git-source.ts'
import type { StreamApp } from '../../resource/stream-app.ts'
import type { PlaneFailure, PlaneReply } from './plane-client.ts'
import type { PlaneWork } from './plane-command.ts'
import { ownKind } from './plane-kind.ts'
import { objectPath, objectTitle, type NamedApp, type PlaneObject } from './plane-object.ts'
import type { Result } from '../../base/result.ts'

/** What a manifest declares. */
export type DeclaredObject = StreamApp | GitSource

/** What a verb is about: named on the command line, or written in manifests. */
export interface PlaneAsked {
  /** Names as they were typed, perhaps with a kind before them; they lie in the namespace of the command. */
  readonly words: readonly string[]
  /** What manifests declare, GitSources too; each lies where it says. */
  readonly declared: readonly DeclaredObject[]
}

/** What a manifest is about: it lies where the manifest says, wherever else the command looks. */
export function objectOf({ kind, metadata: { namespace, name } }: DeclaredObject): PlaneObject {
  return { kind: ownKind(kind), namespace, name }
}

/** StreamApps among what manifests declare. */
export function appsDeclared(declared: readonly DeclaredObject[]): readonly NamedApp[] {
  return declared.filter(({ kind }) => kind === 'StreamApp').map(({ metadata }) => metadata)
}

/** Who owns the fields that `weir` declares. */
const fieldManager = 'weir'

/** `streamapp/word-count`, as kubectl names it. */
export function declaredTitle(declared: DeclaredObject): string {
  return objectTitle(objectOf(declared))
}

function declaredPath(declared: DeclaredObject): string {
  return objectPath(objectOf(declared))
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
