import type { Json } from '../../record/record.ts'
import { isJsonObject } from '../api-object.ts'

/** RFC 7396: what the patch says replaces what is there, null takes away, lists are taken whole. */
export function mergePatch(target: Json, patch: Json): Json {
  if (!isJsonObject(patch)) return patch
  const base = isJsonObject(target) ? target : {}
  const merged = new Map(Object.entries(base))
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name)
    else merged.set(name, mergePatch(merged.get(name) ?? null, value))
  }
  return Object.fromEntries(merged)
}
