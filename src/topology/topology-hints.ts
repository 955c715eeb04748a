import type { StoreHint } from './changelog-policy.ts'

/** What an application knows of its topology and `describe()` does not say. */
export interface TopologyHints {
  readonly stores: readonly StoreHint[]
  /** Repartition topics whose partition count the application sets, named as `describe()` prints them. */
  readonly repartitions: readonly { readonly name: string; readonly partitions: number }[]
}
