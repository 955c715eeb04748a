/** Where in a file, counted from 1; the end is exclusive. Columns count UTF-16 units, as editors do. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly endColumn: number
}

/** Something in a manifest that is wrong, or (a warning) that its owner should look at. */
export interface ManifestMistake extends Place {
  /** JSON pointer within the document; empty for the document itself. */
  readonly path: string
  /** The field that should stand there and does not. */
  readonly lacks?: string
  readonly message: string
  /** What to do about it. */
  readonly hint?: string
}
