import { fieldsOf } from '../../base/fields-of.ts'
import { didYouMean } from '../../resource/did-you-mean.ts'
import type { ExitCode } from '../exit-code.ts'
import { listOf, textOf } from './kept-view.ts'
import type { PlaneFailure } from './plane-client.ts'
import type { PlaneWork } from './plane-command.ts'
import { kindPath, ownKind, servedKinds } from './plane-kind.ts'
import { objectTitle, type NamedApp, type PlaneObject } from './plane-object.ts'
import { sayPlaneFailure } from './say-plane-failure.ts'

/** Says why an object could not be had; of one that is not there, which are, so that a slip of the hand is seen at once. */
export async function sayObjectFailure(object: PlaneObject, failure: PlaneFailure, work: PlaneWork): Promise<ExitCode> {
  const title = objectTitle(object)
  if (failure.kind !== 'refused' || failure.code !== 404) return sayPlaneFailure(title, failure, work.around)
  const { kind, namespace, name } = object
  const names = await namesThere(object, work)
  const where = kind.isNamespaced ? ` in namespace ${namespace}` : ''
  const kinds = kind.kind === 'StreamApp' ? await kindWords(work) : []
  // Whoever mistypes a kind gets it read as the name of a StreamApp.
  const nearKind = kinds.length === 0 ? undefined : /^did you mean "(.*)"/.exec(didYouMean(name, kinds))?.[1]
  const known = nearKind === undefined ? knownNames(name, names) : `; did you mean the kind "${nearKind}"?`
  const message = names === undefined ? failure.message : `not found${where}${known}`
  return sayPlaneFailure(title, { ...failure, message }, work.around)
}

export function sayAppFailure(app: NamedApp, failure: PlaneFailure, work: PlaneWork): Promise<ExitCode> {
  return sayObjectFailure({ ...app, kind: ownKind('StreamApp') }, failure, work)
}

/** As many as fit a line; who has more looks with `weir get`. */
const mostListed = 10

function knownNames(name: string, names: readonly string[] = []): string {
  if (names.length === 0) return '; there are none'
  const said = didYouMean(name, names)
  return names.length > mostListed && said.startsWith('known here') ? '' : `; ${said}`
}

/** Undefined: they could not be listed, and the first failure says enough. */
async function namesThere(
  { kind, namespace }: PlaneObject,
  { client, around }: PlaneWork,
): Promise<readonly string[] | undefined> {
  const reply = await client.ask({ method: 'GET', path: kindPath(kind, namespace) }, around.signal)
  if (!reply.ok) return undefined
  return listOf(fieldsOf(reply.value.body)['items']).map((item) => textOf(fieldsOf(fieldsOf(item)['metadata'])['name']))
}

async function kindWords({ client, around }: PlaneWork): Promise<readonly string[]> {
  const kinds = await servedKinds(client, around.signal)
  return kinds.ok ? kinds.value.flatMap(({ plural, singular }) => [plural, singular]) : []
}
