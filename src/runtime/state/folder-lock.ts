import { closeSync, existsSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where the tasks of an app lie on this disk, as Kafka Streams has it. */
export const appFolder = (stateDir: string, applicationId: string): string => join(stateDir, applicationId)

export const lockOf = (folder: string, task: string): string => join(folder, `${task}.lock`)

/** What a thread of this process writes into the locks it takes. */
export const holderOf = (thread: number): string => `${process.pid}.${thread}`

/** A lock names its process and thread: a process that is gone left it behind. */
export function takeLock(file: string, holder: string): boolean {
  if (existsSync(file) && !isAlive(Number.parseInt(readFileSync(file, 'utf8')))) rmSync(file, { force: true })
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
