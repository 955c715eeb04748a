import { assignToClients, type AssignmentSettings, type TasksToAssign } from './assign-to-clients.ts'
import { assignToThreads, type ThreadTasks } from './assign-to-threads.ts'
import { lagsOf } from './lags.ts'

/** A stream thread of the group, as it tells of itself. */
export interface MemberFacts {
  readonly memberId: string
  readonly processId: string
  readonly tags: ReadonlyMap<string, string>
  /** By task: the sum of the offsets of its stores, or that it runs there (`runsHere`). */
  readonly offsetSums: ReadonlyMap<string, number>
}

export interface GroupTasks {
  /** Every stateful task, with the sum of the ends of its changelogs. */
  readonly stateful: ReadonlyMap<string, number>
  readonly stateless: readonly string[]
}

export interface AssignedGroup {
  /** By member id. */
  readonly members: ReadonlyMap<string, ThreadTasks>
  /** Some task is not yet where it shall be: ask again after `probing.rebalance.interval.ms`. */
  readonly isProbingNeeded: boolean
}

/** Members → processes → tasks for processes → tasks for their threads, as Kafka Streams does. */
export function assignGroup(
  members: readonly MemberFacts[],
  { stateful, stateless }: GroupTasks,
  settings: AssignmentSettings,
): AssignedGroup {
  const processes = [...Map.groupBy(members, ({ processId }) => processId)].map(([processId, threads]) => ({
    processId,
    threads,
    tags: threads[0]?.tags ?? new Map<string, string>(),
    lags: lagsOf(new Map(threads.flatMap(({ offsetSums }) => [...offsetSums])), stateful),
  }))
  const tasks: TasksToAssign = { stateful: [...stateful.keys()], stateless }
  const facts = processes.map((process) => ({ ...process, threads: process.threads.length }))
  const { clients, isProbingNeeded } = assignToClients(facts, tasks, settings)
  const shares = processes.flatMap(({ processId, threads, lags }) => {
    const given = clients.get(processId)
    const told = threads.map(({ memberId, offsetSums }) => ({ memberId, previous: [...offsetSums.keys()] }))
    return given === undefined ? [] : [...assignToThreads(told, given, lags)]
  })
  return { members: new Map(shares), isProbingNeeded }
}
