import type { ResourceKind } from './resource-kind.ts'
import { coreKinds } from './core-kinds.ts'
import { gitSourceKind } from './git-source-kind.ts'
import { podKind } from './pod-kind.ts'
import { streamAppKind } from './stream-app-kind.ts'

const keptKinds: readonly ResourceKind[] = [streamAppKind, gitSourceKind, ...coreKinds]

/** Every kind that is served: what the record keeps, and what Heroku does. */
export const allKinds: readonly ResourceKind[] = [...keptKinds, podKind]

/** As the record names them. Both kinds of events are one. */
export const recordKinds: readonly string[] = [...new Set(keptKinds.map(({ kind }) => kind)), 'AccessToken']

export function findKind(group: string, version: string, plural: string): ResourceKind | undefined {
  return allKinds.find((kind) => kind.group === group && kind.version === version && kind.plural === plural)
}
