import { constructFromEvents, parseEvents, YAMLException, type Event } from 'js-yaml'
import { LineIndex } from './line-index.ts'
import type { ManifestMistake, Place } from './manifest-mistake.ts'
import { yamlPlaces, type DocumentPlaces, type Range, type ValuePlace } from './yaml-places.ts'

export interface ManifestFile {
  readonly name: string
  readonly bytes: Uint8Array
}

/** One document of a file: its plain value, and where each part of it stands. */
export interface SourceDocument {
  readonly value: unknown
  readonly file: string
  /** Place of the value at a JSON pointer, or of the nearest thing around it that has one. */
  readonly place: (pointer: string, part?: 'key' | 'value') => Place
  /** Place within a text value, by line and column of that text. */
  readonly placeInText: (pointer: string, within: { line: number; column: number; endColumn: number }) => Place
}

/** What of a file could be read, and what could not. */
export interface ReadFile {
  readonly documents: readonly SourceDocument[]
  readonly mistakes: readonly ManifestMistake[]
}

/**
 * A manifest comes from a repository that anybody may write to: what would cost more than a
 * moment is refused before it is looked at. The largest topologies known print 60 kB.
 */
const limits = { fileBytes: 1_048_576, depth: 32, aliases: 20, documents: 1000, values: 20_000 }

/** Reads YAML 1.2, and JSON with it. */
export function readDocuments(file: ManifestFile): ReadFile {
  const text = textOf(file.bytes)
  if ('problem' in text) return nothingBut(file, text.problem)
  const { source } = text
  const marks = source.match(/^---/gm)?.length ?? 0
  if (marks > limits.documents) return nothingBut(file, tooMany(marks, 'documents', limits.documents))
  try {
    const events = parseEvents(source, { filename: file.name, maxDepth: limits.depth })
    if (events.length > limits.values) return nothingBut(file, tooMany(events.length, 'values', limits.values))
    return documentsOf(file, source, events)
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error
    return { documents: [], mistakes: [syntaxMistake(file.name, error)] }
  }
}

function documentsOf({ name }: ManifestFile, source: string, events: Event[]): ReadFile {
  const lines = new LineIndex(source)
  const places = yamlPlaces(source, events)
  const values = constructFromEvents(events, { source, filename: name, json: true, maxAliases: limits.aliases })
  const documents = places.flatMap((document, index) => {
    const value = values[index]
    return value === null || value === undefined ? [] : [{ value, file: name, ...finder(name, lines, document) }]
  })
  return { documents, mistakes: places.flatMap((document) => keyMistakes(name, lines, document)) }
}

type Problem = Pick<ManifestMistake, 'message' | 'hint'>

/** A file as a whole cannot be looked at: one message, at its beginning. */
function nothingBut({ name }: ManifestFile, problem: Problem): ReadFile {
  return { documents: [], mistakes: [{ file: name, line: 1, column: 1, endColumn: 2, path: '', ...problem }] }
}

function tooMany(count: number, what: string, most: number): Problem {
  return {
    message: `the file holds ${count} ${what}`,
    hint: `a manifest has at most ${most}; split it into several files`,
  }
}

function textOf(bytes: Uint8Array): { readonly source: string } | { readonly problem: Problem } {
  if (bytes.length > limits.fileBytes) {
    const megabytes = (bytes.length / 1_048_576).toFixed(1)
    return {
      problem: {
        message: `the file is ${megabytes} MB large`,
        hint: 'a manifest has at most 1 MB; split it into several files',
      },
    }
  }
  try {
    // Decoding drops a byte order mark by itself.
    return { source: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch {
    return { problem: { message: 'the file is not UTF-8 text', hint: 'save it as UTF-8' } }
  }
}

function syntaxMistake(file: string, { reason, mark }: YAMLException): ManifestMistake {
  const line = (mark?.line ?? 0) + 1
  const column = (mark?.column ?? 0) + 1
  const hint = syntaxHints.find(({ pattern }) => pattern.test(reason))?.hint
  return {
    file,
    line,
    column,
    endColumn: column + 1,
    path: '',
    message: reason,
    ...(hint === undefined ? {} : { hint }),
  }
}

const syntaxHints: readonly { readonly pattern: RegExp; readonly hint: string }[] = [
  { pattern: /maxDepth/, hint: `a manifest is at most ${limits.depth} levels deep` },
  {
    pattern: /maxAliases|alias/i,
    hint: `a document has at most ${limits.aliases} aliases, each of an anchor before it`,
  },
  { pattern: /null byte/, hint: 'the file holds bytes that are not text' },
  { pattern: /tab character|tabs? /i, hint: 'indent with spaces' },
]

function keyMistakes(
  file: string,
  lines: LineIndex,
  { repeatedKeys, mergeKeys }: DocumentPlaces,
): readonly ManifestMistake[] {
  const at = (range: Range) => ({
    file,
    ...lines.at(range[0]),
    endColumn: lines.at(range[0]).column + (range[1] - range[0]),
  })
  return [
    ...repeatedKeys.map(({ pointer, name, range }) => ({
      ...at(range),
      path: pointer,
      message: `"${name}" is written twice here`,
      hint: 'keep one of the two',
    })),
    ...mergeKeys.map(({ pointer, range }) => ({
      ...at(range),
      path: pointer,
      message: 'YAML 1.2 has no merge keys (<<)',
      hint: 'write the fields out, or use an alias for one whole value',
    })),
  ]
}

function finder(
  file: string,
  lines: LineIndex,
  { values }: DocumentPlaces,
): Pick<SourceDocument, 'place' | 'placeInText'> {
  const placeOf = ([start, end]: Range): Place => {
    const { line, column } = lines.at(start)
    return { file, line, column, endColumn: column + Math.min(end, lines.endOfLine(start)) - start }
  }
  const nearest = (pointer: string): ValuePlace | undefined => {
    for (let at = pointer; ; at = at.slice(0, at.lastIndexOf('/'))) {
      const found = values.get(at)
      if (found !== undefined || at === '') return found
    }
  }
  const place: SourceDocument['place'] = (pointer, part = 'value') => {
    const found = nearest(pointer)
    if (found === undefined) return { file, line: 1, column: 1, endColumn: 2 }
    if (found.key !== undefined && (part === 'key' || !values.has(pointer) || found.isCollection))
      return placeOf(found.key)
    return found.isCollection ? placeOf([found.value[0], lines.endOfLine(found.value[0])]) : placeOf(found.value)
  }
  return {
    place,
    placeInText: (pointer, within) => {
      const block = values.get(pointer)?.block
      // Only a `|` block keeps its lines one by one; of a folded or quoted text the whole is shown.
      if (block === undefined) return place(pointer)
      const column = block.indent + within.column
      return {
        file,
        line: lines.at(block.start).line + within.line - 1,
        column,
        endColumn: block.indent + within.endColumn,
      }
    },
  }
}
