import type { PlannedTask } from '../assign/stream-tasks.ts'
import { topologyFacts } from '../graph/topology-facts.ts'
import type { Topology, WireNames } from '../graph/topology.ts'

/** A store of the topology, whoever holds it. */
export interface PlannedStore {
  readonly name: string
  readonly kind: string
  readonly subtopology: number
  /** As many as its sub-topology has tasks; a key lies where Kafka's default partitioner puts it. */
  readonly partitions: number
}

export function planStores(
  topology: Topology,
  wire: WireNames,
  tasks: readonly PlannedTask[],
): ReadonlyMap<string, PlannedStore> {
  return new Map(
    topologyFacts(topology, wire).flatMap(({ id, stores }) => {
      const partitions = tasks.filter((task) => task.id.subtopology === id).length
      return stores.map(({ name, kind }) => [name, { name, kind, subtopology: id, partitions }] as const)
    }),
  )
}
