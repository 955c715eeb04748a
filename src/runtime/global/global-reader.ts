import type { Result } from '../../base/result.ts'
import type { Position, Polled, RecordSource } from '../../kafka/record-source.ts'
import type { TopicPartition } from '../../kafka/record.ts'
import type { StreamClient } from '../../kafka/stream-client.ts'
import type { StreamFailure } from '../../kafka/stream-failure.ts'
import { printTopicPartition } from '../../kafka/topic-partition.ts'
import type { HeldStores, StateFolder } from '../state/task-stores.ts'
import type { StateStore } from '../store/state-store.ts'
import type { TaskSurroundings } from '../task/task.ts'
import type { Topology, WireNames } from '../graph/topology.ts'
import { GlobalState } from './global-state.ts'

export interface GlobalReaderOptions {
  readonly topology: Topology
  readonly wire: WireNames
  readonly client: StreamClient
  readonly folder: StateFolder
  /** The number of the thread that reads. */
  readonly number: number
  readonly readCommitted: boolean
  readonly maxBytesPerPartition: number
  readonly pollMs: number
  readonly errors?: TaskSurroundings['errors']
  readonly log: (level: 'info' | 'warn' | 'error', message: string, fields: Readonly<Record<string, unknown>>) => void
}

/**
 * One thread's copy of the global tables. Each thread reads their topics for itself, from
 * the first record on at every start: what a thread holds is then what it has read, no lock
 * is shared with another, and a record deleted or compacted away meanwhile leaves no trace.
 *
 * Invariants
 *   G3  No task of the thread exists before the copy has reached the ends that the topics had at start.
 *   G4  It follows the topics in no group: nothing is committed, and no rebalance stops it.
 */
export class GlobalReader {
  readonly #options: GlobalReaderOptions
  readonly #source: RecordSource
  #held: HeldStores | undefined
  #state: GlobalState | undefined
  /** Ends still to be reached, by partition; undefined before they were asked for. */
  #ends: Map<string, number> | undefined
  readonly #positions = new Map<string, number>()
  #records = 0

  constructor(options: GlobalReaderOptions) {
    const { client, readCommitted, maxBytesPerPartition } = options
    this.#options = options
    this.#source = client.openSource({ readCommitted, maxBytesPerPartition })
  }

  get isFull(): boolean {
    return this.#ends?.size === 0
  }

  /** Offsets still to be read at start. */
  get remaining(): number {
    return [...(this.#ends ?? [])].reduce((sum, [key, end]) => sum + end - (this.#positions.get(key) ?? 0), 0)
  }

  get stores(): ReadonlyMap<string, StateStore> {
    return this.#state?.stores ?? new Map()
  }

  /** Takes what is there; at start, everything there is, unless the signal fires. */
  async follow(signal: AbortSignal): Promise<StreamFailure | undefined> {
    const state = (this.#state ??= await this.#open())
    if (state === undefined)
      return { kind: 'retry', reason: 'another thread still holds the folder of the global stores' }
    const unbegun = this.#ends === undefined ? await this.#begin(state) : undefined
    if (unbegun !== undefined) return unbegun
    while (!this.isFull && !signal.aborted) {
      const trouble = this.#take(state, await this.#source.poll(this.#options.pollMs, signal))
      if (trouble !== undefined) return trouble
    }
    return signal.aborted ? undefined : this.#take(state, await this.#source.poll(0, signal))
  }

  async close(): Promise<void> {
    this.#state?.close()
    this.#state = undefined
    await this.#held?.release()
    await this.#source.close()
  }

  async #open(): Promise<GlobalState | undefined> {
    const { topology, wire, folder, number, errors, log } = this.#options
    this.#held ??= folder.hold(`global-${number}`)
    if (this.#held === undefined) return undefined
    await this.#held.wipe()
    return new GlobalState(topology, {
      ...wire,
      openEngine: this.#held.openEngine,
      ...(errors !== undefined && { errors }),
      log,
    })
  }

  async #begin({ topics }: GlobalState): Promise<StreamFailure | undefined> {
    const { client, readCommitted } = this.#options
    const counts = await client.partitions(topics)
    if (!counts.ok) return counts.error
    const missing = topics.filter((topic) => !counts.value.has(topic))
    if (missing.length > 0) return notThere(missing)
    const partitions = [...counts.value].flatMap(partitionsOf)
    const beginnings = await client.offsets(partitions, 'beginning')
    if (!beginnings.ok) return beginnings.error
    const ends = await client.offsets(partitions, readCommitted ? 'committed-end' : 'end')
    if (!ends.ok) return ends.error
    const first = (partition: TopicPartition) => beginnings.value.get(printTopicPartition(partition)) ?? 0
    this.#source.assign(partitions.map((partition) => ({ ...partition, offset: first(partition) })))
    this.#ends = new Map(
      partitions.flatMap((partition) => {
        const key = printTopicPartition(partition)
        const end = ends.value.get(key) ?? 0
        return first(partition) < end ? [[key, end]] : []
      }),
    )
    if (this.isFull) this.#tellFull()
    return undefined
  }

  #take(state: GlobalState, polled: Result<Polled, StreamFailure>): StreamFailure | undefined {
    if (!polled.ok) return this.#lost(polled.error)
    for (const batch of polled.value.batches) {
      state.take(batch)
      this.#records += batch.length
    }
    const left = this.#ends?.size
    for (const position of polled.value.positions) this.#reach(position)
    if (left !== 0 && this.#ends?.size === 0) this.#tellFull()
    return undefined
  }

  #reach(position: Position): void {
    const key = printTopicPartition(position)
    this.#positions.set(key, position.offset)
    if (position.offset >= (this.#ends?.get(key) ?? Number.POSITIVE_INFINITY)) this.#ends?.delete(key)
  }

  #tellFull(): void {
    const stores = [...this.stores.keys()]
    this.#options.log('info', 'read the topics of the global stores', { stores, records: this.#records })
  }

  /** Records went before they were read: what is here may lack their deletions, so the thread begins anew. */
  #lost(failure: StreamFailure): StreamFailure {
    if (failure.kind !== 'out-of-range') return failure
    throw new Error(`a global store lost its place, and is read anew by the next thread: ${failure.reason}`)
  }
}

/** Undefined where the topology has no global stores. */
export function openGlobalReader(options: GlobalReaderOptions): GlobalReader | undefined {
  return options.topology.parts.globalStores.size === 0 ? undefined : new GlobalReader(options)
}

function partitionsOf([topic, count]: readonly [string, number]): TopicPartition[] {
  return Array.from({ length: count }, (_, partition) => ({ topic, partition }))
}

function notThere(topics: readonly string[]): StreamFailure {
  const reason = topics.map((topic) => `There are no partitions available for topic ${topic}`).join('; ')
  return { kind: 'fatal', reason, whatToDo: 'list it under spec.topics and run `weir apply`' }
}
