import { parseDocument, parseManifests, type ParsedManifests } from './parse-manifests.ts'
import { readDocuments, type ManifestFile, type SourceDocument } from './read-documents.ts'

/**
 * A manifest that was read as JSON already: what `parseManifests` makes of its text, without reading that as YAML
 * where there is nothing to tell.
 */
export function parseValue(name: string, value: object): ParsedManifests {
  const text = JSON.stringify(value)
  const file = (): ManifestFile => ({ name, bytes: new TextEncoder().encode(text) })
  const copy: unknown = JSON.parse(text)
  if (!isSimple(text, copy)) return parseManifests([file()])
  const { app, gitSource, mistakes } = parseDocument(sourceOf(name, file, copy))
  if (mistakes.length > 0) return parseManifests([file()])
  return {
    documents: 1,
    apps: app === undefined ? [] : [app],
    gitSources: gitSource === undefined ? [] : [gitSource],
    mistakes,
  }
}

/** Far within the limits of `readDocuments`, which is asked about everything beyond. */
const simple = { values: 4_000, depth: 20, characters: 200_000 }

/** YAML reads it as JSON does: plain letters, and no key that YAML takes for more than a name. */
function isSimple(text: string, value: unknown): boolean {
  if (text.length > simple.characters || text.includes('"<<"') || !/^[ -~]*$/.test(text)) return false
  return countValues(value, simple.depth) <= simple.values
}

/** With keys; infinitely many where it is deeper than that. */
function countValues(value: unknown, deepest: number): number {
  if (typeof value !== 'object' || value === null) return 1
  if (deepest === 0) return Infinity
  let count = 1
  for (const inner of Object.values(value)) count += 1 + countValues(inner, deepest - 1)
  return count
}

/** Where things stand is looked up when somebody asks, which is to say that they are wrong. */
function sourceOf(name: string, file: () => ManifestFile, value: unknown): SourceDocument {
  let read: SourceDocument | undefined
  const source = (): SourceDocument => {
    read ??= readDocuments(file()).documents[0]
    if (read === undefined) throw new Error(`${name} is not read as YAML as it was as JSON`)
    return read
  }
  return {
    value,
    file: name,
    place: (...asked) => source().place(...asked),
    placeInText: (...asked) => source().placeInText(...asked),
  }
}
