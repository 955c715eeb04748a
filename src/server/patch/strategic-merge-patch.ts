import type { Json, JsonObject } from '../../record/record.ts'
import { isJsonObject } from '../api-object.ts'
import { ApiFailure, failure } from '../api-status.ts'

/** How lists of the core kinds are merged: item by item under this key. Lists that are not here are taken whole. */
const mergeKeys: ReadonlyMap<string, string> = new Map([
  ['ownerReferences', 'uid'],
  ['conditions', 'type'],
  ['secrets', 'name'],
  ['imagePullSecrets', 'name'],
])
const sets: ReadonlySet<string> = new Set(['finalizers'])

/** What kubectl sends for the kinds that Kubernetes brings along. Kubernetes docs, "Update API Objects in Place Using kubectl patch". */
export function strategicMergePatch(target: Json, patch: Json): Json {
  if (!isJsonObject(patch)) return patch
  const { $patch: directive, ...fields } = patch
  if (directive === undefined) return mergeFields(isJsonObject(target) ? target : {}, fields)
  if (directive === 'replace') return mergeFields({}, fields)
  if (directive === 'delete') return {}
  throw unknownDirective()
}

function mergeFields(target: JsonObject, fields: JsonObject): JsonObject {
  const merged = new Map(Object.entries(target))
  for (const [name, value] of Object.entries(fields)) {
    if (name.startsWith('$')) mergeDirective(merged, name, value)
    else if (value === null) merged.delete(name)
    else merged.set(name, mergeField(name, merged.get(name) ?? null, value))
  }
  return Object.fromEntries(merged)
}

function mergeField(name: string, target: Json, value: Json): Json {
  if (!Array.isArray(value)) return strategicMergePatch(target, value)
  const base = Array.isArray(target) ? target : []
  if (sets.has(name)) return [...new Set([...base, ...value])]
  const key = mergeKeys.get(name)
  return key === undefined ? value : mergeList(base, value, key)
}

/** Directives first: what they take away may come again. Each other item goes into the one of its key, or to the end. */
function mergeList(base: readonly Json[], patch: readonly Json[], key: string): Json {
  const ruled = Map.groupBy(patch, (item) => keyOf(item, '$patch'))
  const given = ruled.get(undefined) ?? []
  if ([...ruled.keys()].some((directive) => !listDirectives.has(directive))) throw unknownDirective()
  if (ruled.has('replace')) return given
  const items = new Map(base.map((item) => [keyOf(item, key), item]))
  for (const item of ruled.get('delete') ?? []) items.delete(keyOf(item, key))
  for (const item of given) {
    const at = keyOf(item, key)
    if (at === undefined)
      throw new ApiFailure(failure('BadRequest', `an item of the patch has no ${key}, which says what item it changes`))
    items.set(at, strategicMergePatch(items.get(at) ?? null, item))
  }
  return [...items.values()]
}

const listDirectives: ReadonlySet<Json | undefined> = new Set([undefined, 'delete', 'replace'])

function keyOf(item: Json, key: string): Json | undefined {
  return isJsonObject(item) ? item[key] : undefined
}

function unknownDirective(): ApiFailure {
  return new ApiFailure(failure('BadRequest', '$patch can be delete or replace'))
}

const deleting = '$deleteFromPrimitiveList/'

/** `$deleteFromPrimitiveList/finalizers: [...]`; orders (`$setElementOrder/…`) and `$retainKeys` change nothing here. */
function mergeDirective(merged: Map<string, Json>, directive: string, value: Json): void {
  if (!directive.startsWith(deleting)) return
  const field = directive.slice(deleting.length)
  const list = merged.get(field)
  if (!Array.isArray(list) || !Array.isArray(value)) return
  merged.set(
    field,
    list.filter((item: Json) => !value.includes(item)),
  )
}
