import { parseDocument, parseManifests, type ParsedManifests } from './parse-manifests.ts'
import { readDocuments, type ManifestFile, type SourceDocument } from './read-documents.ts'

/**
 * A manifest that was read as JSON already: what `parseManifests` makes of its text, without reading that as YAML
 * where there is nothing to tell.
 */
export function parseValue(name: string, value: object): ParsedManifests {
  const file = (): ManifestFile => ({ name, bytes: new TextEncoder().encode(JSON.stringify(value)) })
  const copy = new PlainCopy()
  const copied = copy.of(value, simple.depth)
  if (!copy.isPlain) return parseManifests([file()])
  const { app, gitSource, mistakes } = parseDocument(sourceOf(name, file, copied))
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

/** Letters that YAML reads in quotes as JSON does. */
const plainText = /^[\0-~]*$/
/** A key that YAML takes for more than a name, and one that an object takes for more. */
const strangeKeys: ReadonlySet<string> = new Set(['<<', '__proto__'])

/** A copy for defaults to be filled into, made while it is looked whether YAML reads its text as JSON does. */
class PlainCopy {
  isPlain = true
  #values = simple.values
  #characters = simple.characters

  of(value: unknown, deepest: number): unknown {
    this.#values -= 1
    if (this.#values < 0) this.isPlain = false
    if (typeof value !== 'object' || value === null) return this.#scalar(value)
    if (deepest === 0) this.isPlain = false
    if (!this.isPlain) return value
    return Array.isArray(value) ? value.map((item) => this.of(item, deepest - 1)) : this.#map(value, deepest)
  }

  #scalar(value: unknown): unknown {
    if (typeof value === 'string') this.#look(value)
    if (typeof value !== 'number') return value
    if (!Number.isFinite(value)) this.isPlain = false
    // JSON has no -0.
    return value === 0 ? 0 : value
  }

  #map(value: object, deepest: number): object {
    const copy: Record<string, unknown> = {}
    for (const [key, inner] of Object.entries(value)) {
      this.#values -= 1
      this.#look(key)
      if (strangeKeys.has(key)) this.isPlain = false
      // As JSON leaves it out.
      else if (inner !== undefined) copy[key] = this.of(inner, deepest - 1)
    }
    return copy
  }

  #look(text: string): void {
    this.#characters -= text.length
    if (this.#characters < 0 || !plainText.test(text)) this.isPlain = false
  }
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
