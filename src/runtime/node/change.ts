/** What a table tells downstream: its new value for a key, and the old one where somebody asked for it. */
export interface Change<V> {
  readonly newValue: V | null
  readonly oldValue: V | null
}
