import type { Json, JsonObject } from '../record.ts'
import { compare } from './compare.ts'
import { isEmpty, union } from './field-set.ts'
import { isList, isMap, isSame } from './json.ts'
import { managerId, parseManagers, printManagers, secondsOf, type Manager, type Managers } from './managers.ts'
import {
  afterChange,
  entriesOf,
  exclude,
  managersOf,
  untouchedAt,
  withEntries,
  withoutEntries,
  withoutUnowned,
} from './ownership.ts'
import { settledManagers } from './settle-fields.ts'
import type { Typing } from './typing.ts'

/** A write that is not an apply: create, replace, patch. */
export interface Update {
  /** Undefined: created. */
  readonly before: JsonObject | undefined
  /** As the request asks, with defaults filled; what its address cannot change may still differ. */
  readonly after: JsonObject
  /** `fieldManager` of the request, else its User-Agent up to the first slash. */
  readonly manager: string
  /** Empty: the object itself. */
  readonly subresource: string
  readonly at: Date
  readonly typing: Typing
}

/** `after` with `metadata.managedFields`: whoever changed a field owns it now, and nobody owns what is gone. */
export function updateManagedFields(update: Update): JsonObject {
  const { before, after, subresource } = update
  const managers = settledManagers(managersBefore(before, after, subresource), update.typing)
  // Once a client has emptied the list, nobody is tracked until the first apply.
  if (managers.size === 0 && before !== undefined) return withoutEntries(after)
  return withEntries(after, printManagers(managersAfter(managers, update)))
}

/** A client may rewrite the list, though not through a subresource; one that sends none or cannot be read changes nothing. */
function managersBefore(before: JsonObject | undefined, after: JsonObject, subresource: string): Managers {
  if (subresource !== '') return managersOf(before)
  const asked = entriesOf(after)
  if (isReset(asked)) return new Map()
  const managers = parseManagers(asked)
  return managers === undefined || managers.size === 0 ? managersOf(before) : managers
}

function isReset(asked: Json | undefined): boolean {
  if (!isList(asked)) return false
  const [first] = asked
  return first === undefined || (asked.length === 1 && isMap(first) && Object.keys(first).length === 0)
}

const mostUpdaters = 10

export function managersAfter(managers: Managers, update: Update): Managers {
  const { before, after, manager: name, subresource, at, typing } = update
  const compared = compare(withoutEntries(before ?? identityOf(after)), withoutEntries(after), typing)
  const comparison = exclude(compared, untouchedAt(subresource))
  const left = new Map(afterChange(managers, comparison))
  const fields = withoutUnowned(union(comparison.added, comparison.modified))
  if (!isEmpty(fields)) {
    const self = {
      name: name === '' ? 'unknown' : name,
      operation: 'Update',
      apiVersion: apiVersionOf(after),
      subresource,
    } as const
    const id = managerId(self)
    const owned = left.get(id)?.fields
    left.set(id, { ...self, time: timestamp(at), fields: owned === undefined ? fields : union(owned, fields) })
  }
  return withFewUpdaters(left)
}

function identityOf({ apiVersion, kind }: JsonObject): JsonObject {
  return { apiVersion: apiVersion ?? null, kind: kind ?? null }
}

export function apiVersionOf({ apiVersion }: JsonObject): string {
  return typeof apiVersion === 'string' ? apiVersion : ''
}

/** Kubernetes' timestamps have whole seconds. */
export function timestamp(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`
}

/** The oldest entries of more than ten updaters become one, `ancient-changes`, for each version. */
function withFewUpdaters(managers: Managers): Managers {
  const updaters = [...managers].filter(([, { operation }]) => operation === 'Update')
  let many = updaters.length - mostUpdaters
  if (many <= 0) return managers
  const left = new Map(managers)
  const oldest = new Map<string, string>()
  for (const [id, manager] of updaters.toSorted(byAge)) {
    if (many <= 0) break
    const { apiVersion } = manager
    const first = oldest.get(apiVersion)
    if (first === undefined) {
      oldest.set(apiVersion, id)
      continue
    }
    const ancient = { name: 'ancient-changes', operation: 'Update', apiVersion, subresource: '' } as const
    const known = left.get(managerId(ancient)) ?? left.get(first)
    left.delete(first)
    left.delete(id)
    const fields = known === undefined ? manager.fields : union(known.fields, manager.fields)
    left.set(managerId(ancient), { ...ancient, time: manager.time, fields })
    many -= 1
  }
  return left
}

function byAge([leftId, left]: readonly [string, Manager], [rightId, right]: readonly [string, Manager]): number {
  return secondsOf(left.time) - secondsOf(right.time) || (leftId < rightId ? -1 : 1)
}

/** A write that would change nothing but the times of entries changes nothing at all. */
export function keepTimes(before: JsonObject, after: JsonObject): JsonObject {
  const entries = entriesOf(before)
  if (!isList(entries)) return after
  return isSame(withoutTimes(before), withoutTimes(after)) ? withEntries(after, entries.filter(isMap)) : after
}

function withoutTimes(object: JsonObject): JsonObject {
  const entries = entriesOf(object)
  return withEntries(
    object,
    (isList(entries) ? entries : []).filter(isMap).map(({ time: _time, ...entry }) => entry),
  )
}
