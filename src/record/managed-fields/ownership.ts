import type { JsonObject } from '../record.ts'
import type { Comparison } from './compare.ts'
import {
  difference,
  differenceWithBelow,
  intersection,
  isEmpty,
  noFields,
  setOf,
  union,
  type FieldSet,
} from './field-set.ts'
import { isMap } from './json.ts'
import { parseManagers, type Manager, type Managers } from './managers.ts'

/** Whose fields of others have changed. */
export interface Conflict {
  readonly manager: Manager
  readonly fields: FieldSet
}

export function conflictsOf(managers: Managers, { added, modified }: Comparison, self?: string): readonly Conflict[] {
  const changed = union(added, modified)
  return [...managers]
    .filter(([id]) => id !== self)
    .map(([, manager]) => ({ manager, fields: intersection(manager.fields, changed) }))
    .filter(({ fields }) => !isEmpty(fields))
}

/** The managers after somebody changed fields: whatever changed or went belongs to nobody else. */
export function afterChange(managers: Managers, comparison: Comparison, self?: string): Managers {
  const lost = union(union(comparison.added, comparison.modified), comparison.removed)
  const left = new Map<string, Manager>()
  for (const [id, manager] of managers) {
    const fields = id === self ? manager.fields : difference(manager.fields, lost)
    if (!isEmpty(fields)) left.set(id, { ...manager, fields })
  }
  return left
}

/** Nobody owns who an object is, nor what the server writes of it. */
const unowned = setOf(
  ['f:apiVersion'],
  ['f:kind'],
  ['f:metadata'],
  ...['name', 'namespace', 'creationTimestamp', 'selfLink', 'uid', 'clusterName', 'generation', 'managedFields'].map(
    (name) => ['f:metadata', `f:${name}`],
  ),
  ['f:metadata', 'f:resourceVersion'],
)

export function withoutUnowned(fields: FieldSet): FieldSet {
  return difference(fields, unowned)
}

/** What a write at this address never changes, so that nobody comes to own it there. */
export function untouchedAt(subresource: string): FieldSet {
  if (subresource === '') return setOf(['f:status'])
  return subresource === 'status' ? setOf(['f:metadata'], ['f:spec']) : noFields
}

export function exclude({ added, modified, removed }: Comparison, untouched: FieldSet): Comparison {
  return {
    added: differenceWithBelow(added, untouched),
    modified: differenceWithBelow(modified, untouched),
    removed: differenceWithBelow(removed, untouched),
  }
}

/** The managers of an object; none where its entries cannot be read. */
export function managersOf(object: JsonObject | undefined): Managers {
  return parseManagers(entriesOf(object)) ?? new Map()
}

export function entriesOf(object: JsonObject | undefined) {
  const metadata = object?.['metadata']
  return isMap(metadata) ? metadata['managedFields'] : undefined
}

export function withoutEntries(object: JsonObject): JsonObject {
  const { metadata } = object
  if (!isMap(metadata)) return object
  const { managedFields: _gone, ...rest } = metadata
  return { ...object, metadata: rest }
}

export function withEntries(object: JsonObject, managedFields: readonly JsonObject[]): JsonObject {
  const bare = withoutEntries(object)
  if (managedFields.length === 0) return bare
  const { metadata } = bare
  return { ...bare, metadata: { ...(isMap(metadata) ? metadata : {}), managedFields } }
}
