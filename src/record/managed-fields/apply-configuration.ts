import type { JsonObject } from '../record.ts'
import { compare } from './compare.ts'
import { typeMistakes } from './check-typed.ts'
import { difference, differenceWithBelow, intersection, isEmpty, setOf, union, type FieldSet } from './field-set.ts'
import { fieldsOf } from './fields-of.ts'
import { isMap, isSame } from './json.ts'
import { fieldsKeptByLastApplied, withLastApplied } from './last-applied.ts'
import { managerId, printManagers, type Managers } from './managers.ts'
import { merge } from './merge.ts'
import {
  afterChange,
  conflictsOf,
  entriesOf,
  exclude,
  managersOf,
  untouchedAt,
  withEntries,
  withoutEntries,
  withoutUnowned,
  type Conflict,
} from './ownership.ts'
import { settledManagers } from './settle-fields.ts'
import type { Typing } from './typing.ts'
import { apiVersionOf, managersAfter, timestamp } from './update-managed-fields.ts'
import { withNamedFields, withoutFields } from './without-fields.ts'

/** A server-side apply. */
export interface Application {
  /** Undefined: it is created. */
  readonly live: JsonObject | undefined
  /** What the manager wants to be so, and nothing else. */
  readonly applied: JsonObject
  readonly manager: string
  readonly subresource: string
  /** Take fields from those who own them. */
  readonly force: boolean
  readonly at: Date
  readonly typing: Typing
}

export type Applied =
  /** Defaults are not filled yet, and what the address cannot change may differ. */
  | { readonly kind: 'applied'; readonly object: JsonObject }
  | { readonly kind: 'conflicts'; readonly conflicts: readonly Conflict[] }
  /** The request is not an apply of this object. */
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'mistakes'; readonly mistakes: readonly string[] }

/** The live object with the configuration merged in, and without what this manager applied before and no longer does. */
export function applyConfiguration(application: Application): Applied {
  const { applied, live, typing } = application
  const entries = entriesOf(applied)
  if (entries !== undefined && entries !== null) {
    return { kind: 'refused', message: 'metadata.managedFields must be left out of what is applied' }
  }
  const mistakes = typeMistakes(applied, typing)
  if (mistakes.length > 0) return { kind: 'mistakes', mistakes }
  const before = withoutEntries(live ?? identityOf(applied))
  const outcome = applyOver(before, managersBefore(application), application)
  if (outcome.kind !== 'applied' || application.manager !== 'kubectl') return outcome
  return { kind: 'applied', object: withLastApplied(outcome.object, applied) }
}

function identityOf({ apiVersion, kind }: JsonObject): JsonObject {
  return { apiVersion: apiVersion ?? null, kind: kind ?? null }
}

/** The first apply to an object that nobody is known to have written gives all that is there one owner. */
function managersBefore({ live, at, typing, subresource }: Application): Managers {
  const managers = settledManagers(managersOf(live), typing)
  if (live === undefined || managers.size > 0) return managers
  const update = { before: undefined, after: live, manager: 'before-first-apply', subresource, at, typing }
  return managersAfter(managers, update)
}

function applyOver(live: JsonObject, managers: Managers, application: Application): Applied {
  const { applied, manager: name, subresource, at, typing } = application
  const untouched = untouchedAt(subresource)
  const self = { name, operation: 'Apply', apiVersion: apiVersionOf(applied), subresource } as const
  const id = managerId(self)
  const last = managers.get(id)
  const fields = differenceWithBelow(fieldsOf(applied, typing), untouched)
  const claimed: Managers = new Map([...managers, [id, { ...self, time: last?.time, fields }]])

  const merged = asObject(merge(live, applied, typing))
  const object =
    last === undefined ? merged : asObject(withoutDropped(merged, { last: last.fields, fields, claimed, typing }))
  const comparison = exclude(compare(live, object, typing), untouched)
  const refused = refusedConflicts(conflictsOf(claimed, comparison, id), live, application)
  if (refused.length > 0) return { kind: 'conflicts', conflicts: refused }

  const left = new Map(afterChange(claimed, comparison, id))
  const owned = withoutUnowned(fields)
  left.delete(id)
  // Who applies what is so already changes nothing, and keeps his time or has none.
  const time = isSame(live, object) ? last?.time : timestamp(at)
  if (!isEmpty(owned)) left.set(id, { ...self, time, fields: owned })
  return { kind: 'applied', object: withEntries(object, printManagers(left)) }
}

/** kubectl may take over what it declared before with a client-side apply and nobody has changed since. */
function refusedConflicts(conflicts: readonly Conflict[], live: JsonObject, application: Application) {
  const { manager, force, typing } = application
  if (force || conflicts.length === 0) return []
  const kept = manager === 'kubectl' ? fieldsKeptByLastApplied(live, typing) : setOf()
  return conflicts
    .map((conflict) => ({ ...conflict, fields: difference(conflict.fields, kept) }))
    .filter(({ fields }) => !isEmpty(fields))
}

interface Drop {
  /** What this manager applied last time. */
  readonly last: FieldSet
  /** What he applies now. */
  readonly fields: FieldSet
  /** What everybody claims, he now included. */
  readonly claimed: Managers
  readonly typing: Typing
}

/** Without what this manager applied last time, unless somebody (he now, too) still claims it. */
function withoutDropped(merged: JsonObject, { last, fields, claimed, typing }: Drop) {
  // The usual case: he says again all that he said.
  if (isEmpty(difference(last, fields))) return merged
  const named = (set: FieldSet): FieldSet => withNamedFields(set, typing)
  const before = named(last)
  if (isEmpty(difference(before, named(fields)))) return merged
  const there = named(fieldsOf(merged, typing))
  const pruned = withoutFields(merged, before, typing)
  const isOwned = [...claimed.values()].reduce((all, manager) => union(all, manager.fields), setOf())
  const kept = union(named(fieldsOf(pruned, typing)), named(isOwned))
  const withOwned = withoutFields(merged, difference(there, kept), typing)
  // What went along, though this manager never applied it, comes back.
  const gone = intersection(difference(there, named(fieldsOf(withOwned, typing))), before)
  return withoutFields(merged, gone, typing)
}

function asObject(value: unknown): JsonObject {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an object with apiVersion and kind stays one
  const json = value as JsonObject
  return isMap(json) ? json : {}
}
