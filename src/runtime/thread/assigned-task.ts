import type { Joined } from '../../kafka/group.ts'
import type { TopicPartition } from '../../kafka/record.ts'
import { printTaskId, type TaskId } from '../../topology/task-id.ts'
import { comparePartitions } from '../assign/assign-members.ts'
import { decodeAssignmentInfo, type Hosts } from '../assign/assignment-info.ts'
import { changelogsOf } from '../assign/changelogs.ts'
import type { PlannedTask } from '../assign/stream-tasks.ts'
import { shutdownRequested } from '../assign/assignor-error.ts'
import { ApplicationShutdown } from './application-shutdown.ts'
import { topologyFacts } from '../graph/topology-facts.ts'
import type { Topology, WireNames } from '../graph/topology.ts'

export interface AssignedTask extends PlannedTask {
  readonly role: 'active' | 'standby'
}

export interface Assigned {
  readonly tasks: readonly AssignedTask[]
  readonly nextRebalanceMs: number | undefined
  readonly hosts: Hosts
}

/** The assignment says a task for each partition; together they are the active tasks. Standbys are named by themselves. */
export function readAssignment(
  { assignment }: Joined,
  { topology, wire }: { readonly topology: Topology; readonly wire: WireNames },
): Assigned {
  const facts = new Map(topologyFacts(topology, wire).map((subtopology) => [subtopology.id, subtopology]))
  const toTask = (id: TaskId, partitions: readonly TopicPartition[], role: AssignedTask['role']): AssignedTask => {
    const subtopology = facts.get(id.subtopology)
    if (subtopology === undefined)
      throw new RangeError(`the leader named task ${printTaskId(id)}, which this topology lacks`)
    const isRead = (topic: string) => partitions.some((partition) => partition.topic === topic)
    const changelogs = changelogsOf(subtopology, id.partition, isRead)
    return { id, name: printTaskId(id), partitions, changelogs, role }
  }
  const { active, standby, nextRebalanceMs, hosts, errorCode } = decodeAssignmentInfo(assignment.userData)
  if (errorCode === shutdownRequested) throw new ApplicationShutdown()
  if (errorCode !== 0)
    throw new Error(`the leader of the group could not assign tasks (code ${errorCode}): see its log`)
  const byTask = Map.groupBy(pairUp(assignment.partitions, active), ({ name }) => name)
  const actives = [...byTask.values()].flatMap((entries) => {
    const [first] = entries
    if (first === undefined) return []
    return [
      toTask(
        first.id,
        entries.map(({ partition }) => partition),
        'active',
      ),
    ]
  })
  return {
    tasks: [...actives, ...standby.map(({ id, partitions }) => toTask(id, partitions, 'standby'))],
    nextRebalanceMs,
    hosts,
  }
}

function pairUp(partitions: readonly TopicPartition[], ids: readonly TaskId[]) {
  const sorted = partitions.toSorted(comparePartitions)
  return ids.map((id, index) => ({ id, name: printTaskId(id), partition: sorted[index] ?? missing(index) }))
}

function missing(index: number): never {
  throw new RangeError(`the assignment names ${index + 1} tasks or more and fewer partitions`)
}
