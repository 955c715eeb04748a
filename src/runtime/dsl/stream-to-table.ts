import type { Internals } from './internals.ts'
import { nameStore } from './materialize.ts'
import type { Materialized, Named } from './options.ts'
import { behind, repartitionNode } from './repartition.ts'
import { sourcedTable } from './sourced-table.ts'
import type { TableInternals } from './table-internals.ts'

/** A stream read as the changes of a table: Kafka's `KStreamImpl.toTable`. */
export function streamToTable<K, V>(
  state: Internals<K, V>,
  materialized: Materialized<K, V>,
  named: Named,
): TableInternals<K, V> {
  const { graph } = state
  const name = graph.processorName('KSTREAM-TOTABLE-', named.name)
  const storeName = nameStore(graph, 'KSTREAM-TOTABLE-', materialized)
  const keySerde = materialized.keySerde ?? state.keySerde
  const valueSerde = materialized.valueSerde ?? state.valueSerde
  let parent = state
  if (state.needsRepartition) {
    const repartition = repartitionNode(graph, {
      prefix: name,
      isUnnamed: named.name === undefined,
      where: `toTable() (${name})`,
      keySerde,
      valueSerde,
    })
    graph.add(state.node, repartition)
    parent = behind(state, repartition, { keySerde, valueSerde })
  }
  const { sourceNodes } = parent
  return sourcedTable(parent.node, { graph, name, sourceNodes, keySerde, valueSerde }, { storeName, materialized })
}
