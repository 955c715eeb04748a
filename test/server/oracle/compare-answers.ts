import type { Json, JsonObject } from '../../../src/record/record.ts'
import { canonicalText, isList, isMap, isSame } from '../../../src/record/managed-fields/json.ts'
import type { Answer } from './operation.ts'

/** An answer with the words of a refusal, whoever's they are. */
export interface Said {
  readonly answer: Answer
  readonly words: string
}

export type Verdict =
  | { readonly kind: 'equal' }
  /** Our server is otherwise on purpose: `test/fixtures/oracle/README.md` says why. */
  | { readonly kind: 'explained'; readonly by: Explanation }
  | { readonly kind: 'different'; readonly lines: readonly string[] }

export type Explanation = keyof typeof explanations

/** Whole objects and words side by side. Times are compared as "some time": two servers do not share their seconds. */
export function compareAnswers(genuine: Said, ours: Answer): Verdict {
  const lines = [...differencesIn(comparable(genuine.answer), comparable(ours)), ...otherWarnings(genuine.answer, ours)]
  if (lines.length === 0) return { kind: 'equal' }
  const by = keysOf(explanations).find((name) => explanations[name](genuine, ours))
  return by === undefined ? { kind: 'different', lines } : { kind: 'explained', by }
}

const explanations = {
  /** It keeps `labels: {}` until the next write, which so takes a version. We never keep it. */
  'a version for dropping empty metadata': ({ answer }: Said, ours: Answer): boolean =>
    answer.isNewVersion && !ours.isNewVersion && isSameBut(answer, { ...ours, isNewVersion: true }),
}

/** Of an answer that a record has without them nothing is known. */
function otherWarnings({ warnings }: Answer, ours: Answer): readonly string[] {
  // A refusal says enough.
  if (warnings === undefined || ours.code >= 300 || isSame([...warnings], [...(ours.warnings ?? [])])) return []
  return [`  warnings genuine ${JSON.stringify(warnings)} ours ${JSON.stringify(ours.warnings)}`]
}

function isSameBut(genuine: Answer, ours: Answer): boolean {
  return differencesIn(comparable(genuine), comparable(ours)).length === 0
}

function keysOf<Key extends string>(map: Readonly<Record<Key, unknown>>): readonly Key[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a literal's own keys
  return Object.keys(map) as Key[]
}

/** Without the seconds, and in an order that does not hang on them. What does not fit the schema is our 400 and its 500. */
function comparable({ object, code, reason, message, isNewVersion }: Answer): JsonObject {
  const words = { code: code === 500 ? 400 : code, reason: code === 500 ? 'BadRequest' : reason, message, isNewVersion }
  return object === undefined ? words : { ...words, object: withoutSeconds(object) }
}

function withoutSeconds(object: JsonObject): JsonObject {
  const metadata = isMap(object['metadata']) ? object['metadata'] : {}
  const { creationTimestamp: born, deletionTimestamp: going, managedFields, ...rest } = metadata
  const entries = (isList(managedFields) ? managedFields : []).filter(isMap).map(withoutTime)
  const sorted: Json = entries.toSorted((left, right) => (canonicalText(left) < canonicalText(right) ? -1 : 1))
  const times = { isBorn: born !== undefined, isGoing: going !== undefined }
  return { ...object, metadata: { ...rest, ...times, managedFields: sorted } }
}

function withoutTime({ time, ...entry }: JsonObject): JsonObject {
  return time === undefined ? entry : { ...entry, time: 'then' }
}

/** Path by path, what the genuine server says and what we say. */
function differencesIn(wanted: Json | undefined, got: Json | undefined, at = ''): readonly string[] {
  if (isSame(wanted, got)) return []
  if (!isMap(wanted) || !isMap(got)) return [`  ${at} genuine ${JSON.stringify(wanted)} ours ${JSON.stringify(got)}`]
  const names = new Set([...Object.keys(wanted), ...Object.keys(got)])
  return [...names].flatMap((name) => differencesIn(wanted[name], got[name], `${at}/${name}`))
}
