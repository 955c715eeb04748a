import { isJsonObject } from './json.ts'

/** One object that a GitSource declared. */
export type Declared = {
  readonly kind: string
  readonly namespace: string
  readonly name: string
  /** Another object of the same name is somebody else's. */
  readonly uid: string
  /** What of its labels and annotations came from Git; the others are left alone. */
  readonly labels: readonly string[]
  readonly annotations: readonly string[]
}

/** As the status has it: written by us, read as if by somebody else. */
export function readInventory(value: unknown): readonly Declared[] {
  return Array.isArray(value) ? value.flatMap((entry: unknown) => readEntry(entry)) : []
}

function readEntry(entry: unknown): readonly Declared[] {
  if (!isJsonObject(entry)) return []
  const { kind, namespace, name, uid, labels, annotations } = entry
  if (typeof kind !== 'string' || typeof namespace !== 'string' || typeof name !== 'string') return []
  return typeof uid === 'string'
    ? [{ kind, namespace, name, uid, labels: texts(labels), annotations: texts(annotations) }]
    : []
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}
