import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

interface Member {
  readonly pid: number
  readonly residentBytes: number
}

/** True when the signal reached at least one process of the group. */
export function signalGroup(group: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(-group, signal)
    return true
  } catch (error) {
    // EPERM: macOS says so of a group of which only zombies are left.
    if (error instanceof Error && 'code' in error && (error.code === 'ESRCH' || error.code === 'EPERM')) return false
    throw error
  }
}

/** The living processes of a group. Zombies are none: in a container without a reaper they stay for ever. */
export async function groupMembers(group: number): Promise<readonly Member[]> {
  return process.platform === 'linux' ? membersInProc(group) : membersByPs(group)
}

async function membersInProc(group: number): Promise<readonly Member[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const members = await Promise.all(pids.map((pid) => memberInProc(pid, group)))
  return members.flatMap((member) => member ?? [])
}

/** A process may end between any two reads: then it is no member. */
async function memberInProc(pid: string, group: number): Promise<Member | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  // The command's name stands in brackets and may hold anything; what follows the last one is plain.
  const [state, , processGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  if (Number(processGroup) !== group || state === 'Z' || state === 'X') return null
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return { pid: Number(pid), residentBytes: Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024 }
}

async function membersByPs(group: number): Promise<readonly Member[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,pgid=,rss=,stat='])
  return stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, processGroup, , state]) => Number(processGroup) === group && !state?.startsWith('Z'))
    .map(([pid, , kilobytes]) => ({ pid: Number(pid), residentBytes: Number(kilobytes) * 1024 }))
}
