import { timestampedStore } from '../node/store-of.ts'
import type { TableView } from './table-internals.ts'

/** A table that lies in a key-value store. */
export function storeView<K, V>(name: string): TableView<K, V> {
  return {
    storeNames: [name],
    open: (context) => {
      const store = timestampedStore<K, V>(context, name)
      return (key) => store.get(key)
    },
  }
}
