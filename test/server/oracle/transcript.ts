import { readFileSync, writeFileSync } from 'node:fs'
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib'
import type { JsonObject } from '../../../src/record/record.ts'
import { isMap, isSame } from '../../../src/record/managed-fields/json.ts'
import { step } from './gadget-store.ts'
import type { Answer, Operation } from './operation.ts'

/** What was asked of one object, and what the genuine server answered. */
export interface Exchange {
  readonly operation: Operation
  readonly answer: Answer
  /** Of a refusal, whoever's words they are; empty where none was kept. */
  readonly words?: string
}

export type Transcript = readonly Exchange[]

export interface Difference extends Exchange {
  readonly got: Answer
}

/** Where our rules answer otherwise. After a difference we go on from what the genuine server has. */
export function differencesOf(transcript: Transcript): readonly Difference[] {
  const differences: Difference[] = []
  let kept: JsonObject | undefined
  for (const { operation, answer } of transcript) {
    const { answer: got, next } = step(kept, operation)
    kept = next
    if (isSameAnswer(answer, got)) continue
    differences.push({ operation, answer, got })
    kept = adopted(answer, kept)
  }
  return differences
}

/** But for warnings, which come from admission and not from these rules. */
function isSameAnswer(left: Answer, right: Answer): boolean {
  const { object: leftObject, warnings: _there, ...leftWords } = left
  const { object: rightObject, warnings: _here, ...rightWords } = right
  return isSame(leftWords, rightWords) && isSame(leftObject, rightObject)
}

function adopted({ code, object }: Answer, kept: JsonObject | undefined): JsonObject | undefined {
  if (object === undefined) return code < 300 ? undefined : kept
  if (isGone(object)) return undefined
  const metadata = isMap(object['metadata']) ? object['metadata'] : {}
  return { ...object, metadata: { ...metadata, resourceVersion: '1000000' } }
}

/** Whether an answer shows an object for the last time. */
export function isGone({ metadata }: JsonObject): boolean {
  if (!isMap(metadata) || metadata['deletionTimestamp'] === undefined) return false
  return metadata['finalizers'] === undefined || metadata['finalizers'] === null
}

export function readTranscripts(file: URL | string): readonly Transcript[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- writeTranscripts wrote it
  return JSON.parse(brotliDecompressSync(readFileSync(file)).toString('utf8')) as Transcript[]
}

export function writeTranscripts(file: string, transcripts: readonly Transcript[]): void {
  // With a wide window: an object looks much like it did many requests ago.
  const params = { [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS }
  writeFileSync(file, brotliCompressSync(JSON.stringify(transcripts), { params }))
}

export function countOf(transcripts: readonly Transcript[]): number {
  return transcripts.reduce((sum, exchanges) => sum + exchanges.length, 0)
}
