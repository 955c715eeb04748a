/** What a worker thread is started with. */
export interface ThreadData {
  /** The user's topology, imported by each thread for itself. */
  readonly file: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly number: number
  /** A text that no other start of a process has. */
  readonly start: string
  readonly logLevel: string
}

export type FromThread = { readonly kind: 'stopped' } | { readonly kind: 'died'; readonly reason: string }
