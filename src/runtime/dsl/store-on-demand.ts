import { TableSourceNode } from '../node/table-source-node.ts'
import type { StoreName } from './materialize.ts'
import type { TableSource } from './table-internals.ts'
import { storeView } from './table-view.ts'

/** The store of a table that records feed, which is there if it was given a name or somebody downstream reads it. Kafka's `KTableSource`. */
export interface StoreOnDemand<K, V> {
  /** Known once the whole graph is drawn. */
  readonly isThere: () => boolean
  readonly createNode: () => TableSourceNode<K, V>
  readonly source: TableSource<K, V>
}

export function storeOnDemand<K, V>({ name, isGiven }: StoreName): StoreOnDemand<K, V> {
  let isMaterialized = isGiven
  let sendsOldValues = false
  return {
    isThere: () => isMaterialized,
    createNode: () => new TableSourceNode(isMaterialized ? name : undefined, sendsOldValues),
    source: {
      sendOldValues: (force) => {
        if (!force && !isMaterialized) return false
        isMaterialized = true
        sendsOldValues = true
        return true
      },
      view: () => {
        isMaterialized = true
        return storeView(name)
      },
    },
  }
}
