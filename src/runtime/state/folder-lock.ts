import { closeSync, existsSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where the tasks of an app lie on this disk, as Kafka Streams has it. */
export const appFolder = (stateDir: string, applicationId: string): string => join(stateDir, applicationId)

export const lockOf = (folder: string, task: string): string => join(folder, `${task}.lock`)

/** What a thread of this process writes into the locks it takes. */
export const holderOf = (thread: number): string => `${process.pid}.${thread}`

/** A lock names its process and thread: a process that is gone left it behind. */
export function takeLock(file: string, holder: string): boolean {
  if (holderIn(file) === 'dead') rmSync(file, { force: true })
  try {
    const descriptor = openSync(file, 'wx')
    writeFileSync(descriptor, holder)
    closeSync(descriptor)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

/**
 * Clears away what earlier processes left behind. To be called before a thread starts: two threads that meet the same
 * dead lock could each remove it, the slower one that which the faster one has just taken.
 */
export function removeDeadLocks(folder: string): void {
  if (!existsSync(folder)) return
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.lock')))
    if (holderIn(join(folder, name)) !== 'alive') rmSync(join(folder, name), { force: true })
}

/** Whether the process that wrote a lock is there. Nobody: the lock is gone, or was made a moment ago and says nothing yet. */
function holderIn(file: string): 'alive' | 'dead' | 'nobody' {
  try {
    const pid = Number.parseInt(readFileSync(file, 'utf8'))
    if (Number.isNaN(pid)) return 'nobody'
    return isAlive(pid) ? 'alive' : 'dead'
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'nobody'
    throw error
  }
}

/** Gives back what a thread of this process held that ended without doing so itself. */
export function releaseLocks(folder: string, thread: number): void {
  if (!existsSync(folder)) return
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.lock'))) {
    const lock = join(folder, name)
    if (readFileSync(lock, 'utf8') === holderOf(thread)) rmSync(lock, { force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
