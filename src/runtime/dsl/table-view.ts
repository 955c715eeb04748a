import { tableStore } from '../node/store-of.ts'
import type { TableView } from './table-internals.ts'

/** A table that lies in a key-value store. */
export function storeView<K, V>(name: string): TableView<K, V> {
  return {
    storeNames: [name],
    open: (context) => {
      const store = tableStore<K, V>(context, name)
      return (key, asOfMs) => store.get(key, asOfMs)
    },
  }
}
