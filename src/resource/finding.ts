import type { ManifestMistake } from './manifest-mistake.ts'
import type { SourceDocument } from './read-documents.ts'

/** What a check has to say, before it is given a place in the file. */
export interface Finding {
  /** An error keeps the manifest from being applied; a warning is for the owner to look at. */
  readonly severity: 'error' | 'warning'
  readonly path: string
  readonly part?: 'key' | 'value'
  /** Within a text value: line and column of that text. */
  readonly within?: { readonly line: number; readonly column: number; readonly endColumn: number }
  readonly message: string
  readonly hint?: string
}

export function placed(source: SourceDocument, { path, part, within, message, hint }: Finding): ManifestMistake {
  const place = within === undefined ? source.place(path, part) : source.placeInText(path, within)
  return { ...place, path, message, ...(hint === undefined ? {} : { hint }) }
}

export const error = (path: string, message: string, hint?: string): Finding => ({
  severity: 'error',
  path,
  message,
  ...(hint === undefined ? {} : { hint }),
})

export const warning = (path: string, message: string, hint?: string): Finding => ({
  ...error(path, message, hint),
  severity: 'warning',
})
