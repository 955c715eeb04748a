import { kindPath, type PlaneKind } from './plane-kind.ts'

/** A StreamApp of the control plane. */
export interface NamedApp {
  readonly namespace: string
  readonly name: string
}

/** One object that a command is about, of whatever kind. */
export interface PlaneObject extends NamedApp {
  readonly kind: PlaneKind
}

export function objectPath({ kind, namespace, name }: PlaneObject): string {
  return kindPath(kind, namespace, name)
}

/** `streamapp/word-count`, as kubectl names it. */
export function objectTitle({ kind, name }: Pick<PlaneObject, 'kind' | 'name'>): string {
  return `${kind.singular}/${name}`
}
