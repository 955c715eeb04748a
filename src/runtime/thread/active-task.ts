import type { GroupOffset } from '../../kafka/group.ts'
import type { Position } from '../../kafka/record-source.ts'
import type { TopicPartition } from '../../kafka/record.ts'
import { printTopicPartition } from '../../kafka/topic-partition.ts'
import type { Restoration } from '../restore/restoration.ts'
import type { HeldStores } from '../state/task-stores.ts'
import type { StreamTask } from '../task/task.ts'

/** A task that a thread holds, with where it stands in what it reads. */
export class ActiveTask {
  readonly name: string
  readonly task: StreamTask
  readonly stores: HeldStores
  /** By changelog partition; empty once the task may run (W4). */
  readonly restorations: Map<string, Restoration>
  readonly #positions = new Map<string, Position>()
  readonly #committed = new Map<string, GroupOffset>()
  readonly #pending: Map<string, TopicPartition>

  constructor(
    { name, pending }: { readonly name: string; readonly pending: readonly TopicPartition[] },
    task: StreamTask,
    stores: HeldStores,
    restorations: readonly Restoration[],
  ) {
    this.name = name
    this.task = task
    this.stores = stores
    this.restorations = new Map(
      restorations.map((restoration) => [printTopicPartition(restoration.changelog), restoration]),
    )
    this.#pending = new Map(pending.map((partition) => [printTopicPartition(partition), partition]))
  }

  get isReady(): boolean {
    return !this.isRestoring && this.#pending.size === 0
  }

  get isRestoring(): boolean {
    return this.restorations.size > 0
  }

  /** What it reads from where nobody knows yet: a transaction that has not ended holds the committed offset. */
  get pending(): readonly TopicPartition[] {
    return [...this.#pending.values()]
  }

  get positions(): readonly Position[] {
    return [...this.#positions.values()]
  }

  /** By source partition, where anything was committed. */
  get committedOffsets(): readonly GroupOffset[] {
    return [...this.#committed.values()]
  }

  buffered(): number {
    return this.task.sources.reduce((sum, source) => sum + this.task.buffered(source), 0)
  }

  startAt(start: GroupOffset, isCommitted: boolean): void {
    this.#positions.set(printTopicPartition(start), start)
    this.#pending.delete(printTopicPartition(start))
    if (isCommitted) this.#committed.set(printTopicPartition(start), start)
    this.task.resumeAt(start, start.offset, start.metadata)
  }

  moveTo(position: Position): void {
    this.#positions.set(printTopicPartition(position), position)
  }

  /**
   * What to commit. Where nothing waits, that is the position itself: it lies past
   * transaction markers, which the task never sees and which would look like lag for ever.
   */
  offsetsToCommit(): readonly GroupOffset[] {
    const processed = new Map(this.task.committable().map((offset) => [printTopicPartition(offset), offset]))
    return this.task.sources.flatMap((source) => {
      const key = printTopicPartition(source)
      const last = this.#committed.get(key)
      const next = this.#nextOffset(source, processed.get(key)?.offset)
      if (next === undefined || next === last?.offset) return []
      return [{ ...source, offset: next, metadata: processed.get(key)?.metadata ?? last?.metadata ?? '' }]
    })
  }

  #nextOffset(source: TopicPartition, processed: number | undefined): number | undefined {
    if (this.task.buffered(source) > 0) return processed
    const read = this.#positions.get(printTopicPartition(source))?.offset
    return read === undefined ? processed : Math.max(read, processed ?? 0)
  }

  /**
   * The second half of a commit (W5). `written` holds the next offset by changelog partition; where the changelog is a table's
   * own topic, the store is where the group is.
   */
  committed(offsets: readonly GroupOffset[], written: ReadonlyMap<string, number>): void {
    for (const offset of offsets) this.#committed.set(printTopicPartition(offset), offset)
    const read = new Map(offsets.map((offset) => [printTopicPartition(offset), offset.offset]))
    const byTopic = this.task.changelogs.flatMap((changelog) => {
      const next = (changelog.isSource ? read : written).get(printTopicPartition(changelog))
      return next === undefined ? [] : ([[changelog.topic, next]] as const)
    })
    this.task.commit(new Map(byTopic))
  }

  reads(partition: TopicPartition): boolean {
    return this.#positions.has(printTopicPartition(partition))
  }
}
