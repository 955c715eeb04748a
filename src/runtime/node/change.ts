/** What a table tells downstream: its new value for a key, and the old one where somebody asked for it. */
export interface Change<V> {
  readonly newValue: V | null
  readonly oldValue: V | null
  /** Of a versioned table: the key had a later value already, which stays its value. */
  readonly isLate?: true
}
