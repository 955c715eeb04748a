import { assignRestores } from '../restore/restore-tasks.ts'
import { assignStandbys } from '../restore/follow-standbys.ts'
import type { HeldStores } from '../state/task-stores.ts'
import type { StreamTask } from '../task/task.ts'
import type { AssignedTask } from './assigned-task.ts'
import type { ThreadWorld } from './thread-world.ts'

/**
 * Makes room for what is assigned: a task that is not, or in another role, is closed. One whose role changes leaves
 * its stores open, and will be made anew on them: no state is moved. Returns the names of what went away.
 */
export async function changeRoles(world: ThreadWorld, assigned: readonly AssignedTask[]): Promise<readonly string[]> {
  const roles = new Map(assigned.map(({ name, role }) => [name, role]))
  const given = (name: string): boolean => !roles.has(name)
  const held = [...world.tasks.keys(), ...world.standbys.keys(), ...world.keptStores.keys()]
  for (const [name, active] of world.tasks) if (roles.get(name) !== 'active') setDown(world, world.tasks, name, active)
  for (const [name, standby] of world.standbys)
    if (roles.get(name) !== 'standby') setDown(world, world.standbys, name, standby)
  const gone = held.filter(given)
  await releaseKept(world, gone)
  world.waiting = assigned.filter(({ name, role }) => !(role === 'active' ? world.tasks : world.standbys).has(name))
  assignEverything(world)
  return gone
}

/** Closes active tasks: somebody else may own them by now. Their stores stay where they are on disk. */
export async function closeActive(world: ThreadWorld): Promise<void> {
  const names = [...world.tasks.keys()]
  for (const [name, active] of world.tasks) setDown(world, world.tasks, name, active)
  await releaseKept(world, names)
  assignEverything(world)
}

/** Closes whatever is open: stores first, so that whoever takes the tasks over may have their folders at once. */
export async function closeAll(world: ThreadWorld): Promise<void> {
  for (const [name, active] of world.tasks) setDown(world, world.tasks, name, active)
  for (const [name, standby] of world.standbys) setDown(world, world.standbys, name, standby)
  await releaseKept(world, [...world.keptStores.keys()])
  world.waiting = []
  assignEverything(world)
}

/** From now on the sources read what the tasks want. To be called when tasks came or went. */
export function assignEverything(world: ThreadWorld): void {
  world.source.assign([...world.tasks.values()].flatMap((active) => active.positions))
  assignRestores(world)
  assignStandbys(world)
}

interface Open {
  readonly task: StreamTask
  readonly stores: HeldStores
}

function setDown<T extends Open>(world: ThreadWorld, from: Map<string, T>, name: string, { task, stores }: Open): void {
  task.close()
  from.delete(name)
  world.keptStores.set(name, stores)
}

async function releaseKept({ keptStores }: ThreadWorld, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const stores = keptStores.get(name)
    keptStores.delete(name)
    await stores?.release()
  }
}
