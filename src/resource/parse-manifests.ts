import type { Static } from 'typebox'
import { fieldsOf } from '../base/fields-of.ts'
import { didYouMean } from './did-you-mean.ts'
import type { GitSource } from './git-source.ts'
import { apiVersion, kinds, type Kind } from './head-schema.ts'
import type { ManifestMistake } from './manifest-mistake.ts'
import { readDocuments, type ManifestFile, type SourceDocument } from './read-documents.ts'
import { schemaMistakes } from './schema-mistakes.ts'
import type { streamAppSchema } from './stream-app-schema.ts'
import type { StreamApp } from './stream-app.ts'

export interface StreamAppDocument {
  readonly app: StreamApp
  /** For mistakes that are found later: where each part of it was written. */
  readonly source: SourceDocument
}

export interface GitSourceDocument {
  readonly gitSource: GitSource
  readonly source: SourceDocument
}

export interface ParsedManifests {
  /** How many documents the files hold, right or wrong. */
  readonly documents: number
  /** The documents without a mistake, defaults filled in. */
  readonly apps: readonly StreamAppDocument[]
  readonly gitSources: readonly GitSourceDocument[]
  /** Every mistake of every file, in the order of reading. */
  readonly mistakes: readonly ManifestMistake[]
}

/**
 * From the bytes of files to what they declare. Whatever is wrong is told at once, with the place it is written at.
 * An object that names no namespace is of `usualNamespace`.
 */
export function parseManifests(files: readonly ManifestFile[], usualNamespace?: string): ParsedManifests {
  const read = files.map(readDocuments)
  const documents = read.flatMap((file) => file.documents)
  if (usualNamespace !== undefined) for (const { value } of documents) fillNamespace(value, usualNamespace)
  const parsed = documents.map(parseDocument)
  const apps = parsed.flatMap(({ app }) => (app === undefined ? [] : [app]))
  const gitSources = parsed.flatMap(({ gitSource }) => (gitSource === undefined ? [] : [gitSource]))
  const mistakes = [
    ...read.flatMap((file) => file.mistakes),
    ...parsed.flatMap((document) => document.mistakes),
    ...repeatedNames(apps.map(({ app, source }) => ({ head: app, source }))),
    ...repeatedNames(gitSources.map(({ gitSource, source }) => ({ head: gitSource, source }))),
  ]
  return { documents: documents.length, apps, gitSources, mistakes: inReadingOrder(mistakes, files) }
}

interface ParsedDocument {
  readonly app?: StreamAppDocument
  readonly gitSource?: GitSourceDocument
  readonly mistakes: readonly ManifestMistake[]
}

/** One document; names that are used twice are looked for elsewhere. */
export function parseDocument(source: SourceDocument): ParsedDocument {
  const headMistake = kindMistake(source)
  if (headMistake !== undefined) return { mistakes: [headMistake] }
  const kind = kindOf(source)
  const mistakes = schemaMistakes(source, kind)
  if (mistakes.length > 0) return { mistakes }
  return kind === 'StreamApp'
    ? { app: { app: streamAppOf(source.value), source }, mistakes }
    : { gitSource: { gitSource: gitSourceOf(source.value), source }, mistakes }
}

/** As the validator does with every other default: in the document itself. */
function fillNamespace(value: unknown, namespace: string): void {
  const { metadata } = fieldsOf(value)
  if (typeof metadata !== 'object' || metadata === null || Object.hasOwn(metadata, 'namespace')) return
  Reflect.set(metadata, 'namespace', namespace)
}

/** A document that names no kind is held against a StreamApp, and told that it lacks one. */
function kindOf({ value }: SourceDocument): Kind {
  const { kind: named } = fieldsOf(value)
  return kinds.find((kind) => kind === named) ?? 'StreamApp'
}

/** What is another kind altogether gets one message, and not one for each field that a StreamApp has not. */
function kindMistake(source: SourceDocument): ManifestMistake | undefined {
  const { value } = source
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return {
      ...source.place(''),
      path: '',
      message: 'a manifest is a mapping (field: value)',
      hint: `begin with apiVersion: ${apiVersion}`,
    }
  }
  const { apiVersion: version, kind }: { readonly apiVersion?: unknown; readonly kind?: unknown } = value
  if (typeof kind === 'string' && !kinds.some((known) => known === kind)) {
    return {
      ...source.place('/kind'),
      path: '/kind',
      message: `there is no kind ${JSON.stringify(kind.slice(0, 60))}`,
      hint: didYouMean(kind, kinds),
    }
  }
  if (typeof version === 'string' && version !== apiVersion) {
    return {
      ...source.place('/apiVersion'),
      path: '/apiVersion',
      message: `apiVersion ${JSON.stringify(version.slice(0, 60))} is not known`,
      hint: `this weir reads ${apiVersion}`,
    }
  }
  return undefined
}

/**
 * The schema has just shown what the value is. Here and below alone a type is asserted and not
 * inferred: the schema is the type's own source, and the validator has filled the defaults in.
 */
function streamAppOf(value: unknown): StreamApp {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  const written = value as Static<typeof streamAppSchema>
  return {
    ...written,
    spec: { ...written.spec, applicationName: written.spec.applicationName ?? written.metadata.name },
  }
}

function gitSourceOf(value: unknown): GitSource {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  return value as GitSource
}

interface Headed {
  readonly head: Pick<StreamApp | GitSource, 'kind' | 'metadata'>
  readonly source: SourceDocument
}

function repeatedNames(documents: readonly Headed[]): readonly ManifestMistake[] {
  const first = new Map<string, Headed>()
  return documents.flatMap((document) => {
    const { kind, metadata } = document.head
    const { namespace, name } = metadata
    const earlier = first.get(`${namespace}/${name}`)
    if (earlier === undefined) {
      first.set(`${namespace}/${name}`, document)
      return []
    }
    const { file, line } = earlier.source.place('/metadata/name')
    const message = `${kind} ${namespace}/${name} is declared twice; the other is at ${file}:${line}`
    return [
      {
        ...document.source.place('/metadata/name'),
        path: '/metadata/name',
        message,
        hint: 'give one of them another name',
      },
    ]
  })
}

/** As one reads: file by file, from the top. */
export function inReadingOrder<M extends ManifestMistake>(
  mistakes: readonly M[],
  files: readonly ManifestFile[],
): readonly M[] {
  const order = new Map(files.map(({ name }, index) => [name, index]))
  return mistakes.toSorted(
    (a, b) => (order.get(a.file) ?? 0) - (order.get(b.file) ?? 0) || a.line - b.line || a.column - b.column,
  )
}
