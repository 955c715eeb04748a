import { execFileSync } from 'node:child_process'
import { connect } from 'node:net'
import { once } from 'node:events'

/** Every living process below this one; zombies are none. */
export function descendantsOf(pid: number): readonly number[] {
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , state]) => !state?.startsWith('Z'))
    .map(([own, parent]) => ({ pid: Number(own), parent: Number(parent) }))
  const below = (parent: number): readonly number[] =>
    rows.filter((row) => row.parent === parent).flatMap((row) => [row.pid, ...below(row.pid)])
  return below(pid)
}

export function livingOf(pids: readonly number[]): readonly number[] {
  const states = execFileSync('ps', ['-A', '-o', 'pid=,stat='], { encoding: 'utf8' }).trim().split('\n')
  const living = new Set(states.filter((line) => !/\sZ/.test(line)).map((line) => Number(line.trim().split(/\s+/)[0])))
  return pids.filter((pid) => living.has(pid))
}

/** Whether somebody accepts connections at `host:port`. */
export async function isListening(address: string): Promise<boolean> {
  const [host = '', port = ''] = address.split(':')
  const socket = connect(Number(port), host)
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false // Refused: nobody does.
  } finally {
    socket.destroy()
  }
}
