import type { HostedPartitions } from '../assign/assignment-info.ts'
import { topologyFacts } from '../graph/topology-facts.ts'
import { printTopicPartition } from '../../kafka/topic-partition.ts'
import type { StreamTask } from '../task/task.ts'
import type { ThreadWorld } from '../thread/thread-world.ts'
import { StoreMeters } from './measure-stores.ts'
import { reportThread } from './report-thread.ts'
import type { AssignmentReport, ThreadReport } from './thread-report.ts'

type World = Parameters<typeof reportThread>[0] & Pick<ThreadWorld, 'topology' | 'wire' | 'clock' | 'hosts'>

/** Tells what a thread does, whenever it is asked to; between two reports it does nothing. */
export class ThreadReporter {
  readonly #world: World
  readonly #stores: StoreMeters
  #open: ReadonlySet<StreamTask> = new Set()

  /** `fineMs` tells parts of a millisecond, for the latencies of stores. */
  constructor(world: World, fineMs: () => number) {
    this.#world = world
    this.#stores = new StoreMeters(fineMs)
  }

  report(): ThreadReport {
    const world = this.#world
    const { config, clock } = world
    this.#countTasks()
    if (config.recordingLevel !== 'INFO') this.#measureStores()
    return {
      ...reportThread(world, clock.now(), { level: config.recordingLevel, stores: this.#stores }),
      assignment: assignmentOf(world),
    }
  }

  /** Tasks that came or went since the last report. */
  #countTasks(): void {
    const { tasks, standbys, metrics } = this.#world
    const open = new Set([...tasks.values(), ...standbys.values()].map(({ task }) => task))
    metrics.created.record(0, open.difference(this.#open).size)
    metrics.closed.record(0, this.#open.difference(open).size)
    this.#open = open
  }

  #measureStores(): void {
    const { tasks, topology, config } = this.#world
    const scopes = [...topology.parts.stores].map(([name, { factory }]) => [name, scopeOf(factory)] as const)
    const open = new Map([...tasks].map(([name, { task }]) => [name, task]))
    this.#stores.measure(open, new Map(scopes), config.recordingLevel)
  }
}

/** Kafka Streams' names, so that its dashboards find the stores: what is persistent there is RocksDB's. */
function scopeOf({ persistent, kind }: { readonly persistent: boolean; readonly kind: string }): string {
  const shape = kind === 'window' || kind === 'session' ? `${kind}-` : ''
  return `${persistent ? 'rocksdb' : 'in-memory'}-${shape}state`
}

/** The leader names partitions; a task is the sub-topology that reads the topic, and the partition. */
function assignmentOf({ membership, hosts, topology, wire }: World): AssignmentReport | undefined {
  if (membership === undefined) return undefined
  const known = [...hosts.active, ...hosts.standby].flatMap(({ partitions }) => partitions)
  const subtopologies = new Map(
    topologyFacts(
      topology,
      wire,
      known.map(({ topic }) => topic),
    ).flatMap(({ id, sources }) => sources.map(({ topic }) => [topic, id] as const)),
  )
  const byTask = (hosted: readonly HostedPartitions[]) =>
    hosted.flatMap(({ host, partitions }) =>
      [...new Map(partitions.map((each) => [printTopicPartition(each), each])).values()].flatMap(
        ({ topic, partition }) => {
          const id = subtopologies.get(topic)
          return id === undefined ? [] : [{ task: `${id}_${partition}`, host }]
        },
      ),
    )
  const standby = Map.groupBy(byTask(hosts.standby), ({ task }) => task)
  return {
    generation: membership.generation,
    active: new Map(byTask(hosts.active).map(({ task, host }) => [task, host])),
    standby: new Map([...standby].map(([task, all]) => [task, [...new Set(all.map(({ host }) => host))]])),
  }
}
