import type { ResourceKind } from './resource-kind.ts'
import { coreKinds } from './core-kinds.ts'
import { gitSourceKind } from './git-source-kind.ts'
import { streamAppKind } from './stream-app-kind.ts'

/** Every kind that is kept and served. */
export const allKinds: readonly ResourceKind[] = [streamAppKind, gitSourceKind, ...coreKinds]

/** As the record names them. Both kinds of events are one. */
export const recordKinds: readonly string[] = [...new Set(allKinds.map(({ kind }) => kind)), 'AccessToken']

export function findKind(group: string, version: string, plural: string): ResourceKind | undefined {
  return allKinds.find((kind) => kind.group === group && kind.version === version && kind.plural === plural)
}
