import type { Json, JsonObject } from '../../record/record.ts'
import { isJsonObject } from '../api-object.ts'

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
  if (directive === 'delete') return null
  if (directive === 'replace') return withoutDirectives(fields)
  const merged = new Map(Object.entries(isJsonObject(target) ? target : {}))
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

function mergeList(base: readonly Json[], patch: readonly Json[], key: string): Json {
  const isReplaced = patch.some((item) => isJsonObject(item) && item['$patch'] === 'replace')
  const items = new Map<Json | undefined, Json>()
  if (!isReplaced) for (const item of base) items.set(keyOf(item, key), item)
  for (const item of patch) {
    const at = keyOf(item, key)
    if (isJsonObject(item) && item['$patch'] === 'delete') items.delete(at)
    else if (at !== undefined) items.set(at, strategicMergePatch(items.get(at) ?? null, item))
  }
  return [...items.values()]
}

function keyOf(item: Json, key: string): Json | undefined {
  return isJsonObject(item) ? item[key] : item
}

/** `$deleteFromPrimitiveList/finalizers: [...]`; orders (`$setElementOrder/…`) and `$retainKeys` change nothing here. */
function mergeDirective(merged: Map<string, Json>, directive: string, value: Json): void {
  const [, field] = /^\$deleteFromPrimitiveList\/(.+)$/.exec(directive) ?? []
  const list = field === undefined ? undefined : merged.get(field)
  if (field === undefined || !Array.isArray(list) || !Array.isArray(value)) return
  merged.set(
    field,
    list.filter((item: Json) => !value.includes(item)),
  )
}

function withoutDirectives(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([name, value]) => !name.startsWith('$') && value !== null))
}
