import sortedBtree from 'sorted-btree'

/** The package is CommonJS: its class is the default of its default. */
export const SortedTree = sortedBtree.default
export type SortedTree<K, V> = sortedBtree.default<K, V>
