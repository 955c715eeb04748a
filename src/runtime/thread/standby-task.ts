import type { Position } from '../../kafka/record-source.ts'
import type { RecordBatch } from '../../kafka/record.ts'
import { printTopicPartition } from '../../kafka/topic-partition.ts'
import type { HeldStores } from '../state/task-stores.ts'
import type { StreamTask, TaskChangelog } from '../task/task.ts'
import type { AssignedTask } from './assigned-task.ts'

/** One store that follows its changelog. */
export interface Following {
  readonly changelog: TaskChangelog
  /** Where the changelog ended when the standby was opened: up to there it catches up. */
  readonly end: number
  position: number
  records: number
}

/** A task that runs elsewhere: here only its stores follow their changelogs, and nothing is processed. */
export class StandbyTask {
  readonly planned: AssignedTask
  readonly stores: HeldStores
  readonly task: StreamTask
  /** By changelog partition. */
  readonly followings: ReadonlyMap<string, Following>

  constructor(planned: AssignedTask, stores: HeldStores, task: StreamTask, followings: readonly Following[]) {
    this.planned = planned
    this.stores = stores
    this.task = task
    this.followings = new Map(followings.map((following) => [printTopicPartition(following.changelog), following]))
  }

  get name(): string {
    return this.planned.name
  }

  get positions(): readonly Position[] {
    return [...this.followings.values()].map(({ changelog: { topic, partition }, position }) => ({
      topic,
      partition,
      offset: position,
    }))
  }

  take(batch: RecordBatch): void {
    const following = this.followings.get(printTopicPartition(batch))
    if (following === undefined) return
    this.task.restore(following.changelog, batch)
    following.records += batch.length
  }

  /** Returns the store that is caught up with this, where one is. */
  moveTo(position: Position): Following | undefined {
    const following = this.followings.get(printTopicPartition(position))
    if (following === undefined) return undefined
    const wasBehind = following.position < following.end
    following.position = position.offset
    return wasBehind && position.offset >= following.end ? following : undefined
  }
}
