import type { PlannedTask } from '../assign/stream-tasks.ts'
import { topologyFacts } from '../graph/topology-facts.ts'
import type { Topology, WireNames } from '../graph/topology.ts'

/** A store of the topology, whoever holds it. */
export interface PlannedStore {
  readonly name: string
  readonly kind: string
  readonly subtopology: number
  /** As many as its sub-topology has tasks, as far as was known at start; a key lies where Kafka's default partitioner puts it. */
  readonly partitions: number
  /** Every thread has the whole of it. */
  readonly isGlobal: boolean
}

export function planStores(
  topology: Topology,
  wire: WireNames,
  tasks: readonly PlannedTask[],
): ReadonlyMap<string, PlannedStore> {
  const ofTasks = topologyFacts(topology, wire).flatMap(({ id, stores }): PlannedStore[] => {
    const partitions = tasks.filter((task) => task.id.subtopology === id).length
    return stores.map(({ name, kind }) => ({ name, kind, subtopology: id, partitions, isGlobal: false }))
  })
  const ofAll = [...topology.parts.globalStores.values()].map(({ name, kind }): PlannedStore => ({
    name,
    kind,
    subtopology: -1,
    partitions: 1,
    isGlobal: true,
  }))
  return new Map([...ofTasks, ...ofAll].map((store) => [store.name, store]))
}
