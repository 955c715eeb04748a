import { printTopicPartition } from '../../kafka/topic-partition.ts'
import { assignRestores } from '../restore/restore-tasks.ts'
import { assignStandbys } from '../restore/follow-standbys.ts'
import type { AssignedTask } from './assigned-task.ts'
import type { ThreadWorld } from './thread-world.ts'

/**
 * Makes room for what is assigned: a task that is not, or in another role, is set down. One whose role changes keeps
 * its stores open, and is taken up again on them: no state is moved. Returns the names of what went away.
 */
export async function changeRoles(world: ThreadWorld, assigned: readonly AssignedTask[]): Promise<readonly string[]> {
  const roles = new Map(assigned.map(({ name, role }) => [name, role]))
  const changed = new Set(assigned.filter((task) => readsOthers(world, task)).map(({ name }) => name))
  setDownActive(world, (name) => roles.get(name) !== 'active' || changed.has(name))
  setDownStandbys(world, (name) => roles.get(name) !== 'standby')
  const gone = [...world.kept.keys()].filter((name) => !roles.has(name))
  await release(world, gone)
  world.waiting = assigned.filter(({ name, role }) => !(role === 'active' ? world.tasks : world.standbys).has(name))
  assignEverything(world)
  return gone
}

/** An active task of a source with a pattern, for which topics came or went: it is made anew on its stores. */
export function readsOthers({ tasks }: ThreadWorld, { name, role, partitions }: AssignedTask): boolean {
  const held = tasks.get(name)
  if (held === undefined || role !== 'active') return false
  const reads = new Set(held.task.sources.map(printTopicPartition))
  return reads.size !== partitions.length || !partitions.every((partition) => reads.has(printTopicPartition(partition)))
}

/** Closes active tasks: somebody else may own them by now. Their stores stay where they are on disk. */
export async function closeActive(world: ThreadWorld): Promise<void> {
  const names = [...world.tasks.keys()]
  setDownActive(world, () => true)
  await release(world, names)
  assignEverything(world)
}

/** Closes whatever is open: stores first, so that whoever takes the tasks over may have their folders at once. */
export async function closeAll(world: ThreadWorld): Promise<void> {
  setDownActive(world, () => true)
  setDownStandbys(world, () => true)
  await release(world, [...world.kept.keys()])
  world.waiting = []
  assignEverything(world)
}

/** From now on the sources read what the tasks want. To be called when tasks came or went. */
export function assignEverything(world: ThreadWorld): void {
  world.source.assign([...world.tasks.values()].flatMap((active) => active.positions))
  assignRestores(world)
  assignStandbys(world)
}

/** What an active task did since its commit is of no use to anybody else: only its stores are kept. */
function setDownActive({ tasks, kept }: ThreadWorld, isMeant: (name: string) => boolean): void {
  for (const [name, { task, stores }] of tasks) {
    if (!isMeant(name)) continue
    task.close()
    tasks.delete(name)
    kept.set(name, { stores, standby: undefined })
  }
}

function setDownStandbys({ standbys, kept }: ThreadWorld, isMeant: (name: string) => boolean): void {
  for (const [name, standby] of standbys) {
    if (!isMeant(name)) continue
    standbys.delete(name)
    kept.set(name, { stores: standby.stores, standby })
  }
}

/** Frees engines first, then their environment and the folder. */
async function release({ kept }: ThreadWorld, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const task = kept.get(name)
    kept.delete(name)
    task?.standby?.task.close()
    await task?.stores.release()
  }
}
