import type { Change } from '../node/change.ts'
import { MapValuesNode } from '../node/stateless-nodes.ts'
import { internals } from './internals.ts'
import type { Makers } from './makers.ts'
import type { KStream, KTable } from './model.ts'
import type { Named } from './options.ts'
import { processorNode } from './processor-graph.ts'
import type { TableInternals } from './table-internals.ts'

/** Kafka's `KTableImpl`. */
export class TableImplementation<K, V> implements KTable<K, V> {
  readonly [internals]: TableInternals<K, V>
  readonly #makers: Makers

  constructor(state: TableInternals<K, V>, makers: Makers) {
    this[internals] = state
    this.#makers = makers
  }

  toStream(named: Named = {}): KStream<K, V> {
    const { graph, node, sourceNodes, keySerde, valueSerde } = this[internals]
    const name = graph.processorName('KTABLE-TOSTREAM-', named.name)
    const toStream = processorNode(name, () => new MapValuesNode((change: Change<V>) => change.newValue), {
      changesValue: false,
    })
    graph.add(node, toStream)
    return this.#makers.stream<K, V>({
      graph,
      name,
      node: toStream,
      keySerde,
      valueSerde,
      sourceNodes,
      needsRepartition: false,
    })
  }
}
