import type { Json, JsonObject } from '../record.ts'
import { typeMistakes } from './check-typed.ts'
import { compare } from './compare.ts'
import { difference, noFields, union, type FieldSet } from './field-set.ts'
import { fieldsOf } from './fields-of.ts'
import { canonicalText, isMap } from './json.ts'
import { withoutEntries } from './ownership.ts'
import type { Typing } from './typing.ts'

const annotation = 'kubectl.kubernetes.io/last-applied-configuration'

/** Kubernetes' limit for all annotations of an object. */
const mostBytes = 256 * 1024

/** What the last client-side apply declared and is still so. */
export function fieldsKeptByLastApplied(live: JsonObject, typing: Typing): FieldSet {
  const declared = parse(lastApplied(live))
  if (declared === undefined || typeMistakes(declared, typing).length > 0) return noFields
  const { added, modified, removed } = compare(live, declared, typing)
  return difference(fieldsOf(declared, typing), union(union(added, modified), removed))
}

/** kubectl's annotation follows its server-side applies, so that going back to client-side apply stays possible. */
export function withLastApplied(object: JsonObject, applied: JsonObject): JsonObject {
  const { metadata } = object
  const annotations = annotationsOf(object)
  if (!isMap(metadata) || annotations === undefined || lastApplied(object) === '') return object
  const text = `${canonicalText(withoutAnnotation(withoutEntries(applied)))}\n`
  const written = Buffer.byteLength(text) > mostBytes ? '' : text
  return { ...object, metadata: { ...metadata, annotations: { ...annotations, [annotation]: written } } }
}

function withoutAnnotation(applied: JsonObject): JsonObject {
  const { metadata } = applied
  const annotations = annotationsOf(applied)
  if (!isMap(metadata) || annotations === undefined) return applied
  const { [annotation]: _gone, ...rest } = annotations
  return { ...applied, metadata: { ...metadata, annotations: rest } }
}

function annotationsOf({ metadata }: JsonObject): JsonObject | undefined {
  const annotations = isMap(metadata) ? metadata['annotations'] : undefined
  return isMap(annotations) ? annotations : undefined
}

function lastApplied(object: JsonObject): string {
  const text = annotationsOf(object)?.[annotation]
  return typeof text === 'string' ? text : ''
}

function parse(text: string): JsonObject | undefined {
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- JSON text holds JSON
    const value = JSON.parse(text) as Json
    return isMap(value) ? value : undefined
  } catch {
    return undefined
  }
}
