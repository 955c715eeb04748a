import { recordsBefore } from '../../kafka/first-records.ts'
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
  /** Of a table's own topic: what the group has committed, behind which the active task may stand. Else Infinity. */
  limit: number
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
    return [...this.followings.values()].map(positionOf)
  }

  /** Where there is more to follow. */
  get openPositions(): readonly Position[] {
    return [...this.followings.values()].filter(({ position, limit }) => position < limit).map(positionOf)
  }

  /** Takes the records that it may have, and says how many. */
  take(batch: RecordBatch): number {
    const following = this.followings.get(printTopicPartition(batch))
    if (following === undefined) return 0
    const taken = following.limit === Number.POSITIVE_INFINITY ? batch : recordsBefore(batch, following.limit)
    this.task.restore(following.changelog, taken)
    following.records += taken.length
    return taken.length
  }

  /** Returns the store that is caught up with this, where one is. */
  moveTo(position: Position): Following | undefined {
    const following = this.followings.get(printTopicPartition(position))
    if (following === undefined) return undefined
    const wasBehind = following.position < following.end
    following.position = Math.min(position.offset, following.limit)
    return wasBehind && following.position >= following.end ? following : undefined
  }
}

function positionOf({ changelog: { topic, partition }, position }: Following): Position {
  return { topic, partition, offset: position }
}
