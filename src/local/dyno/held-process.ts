import { spawn, type ChildProcess } from 'node:child_process'
import { Writable } from 'node:stream'
import type { Guardian } from './guardian.ts'

export interface HeldCommand {
  /** A line for `/bin/sh -c`. */
  readonly command: string
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
}

export interface HeldProcess {
  readonly child: ChildProcess
  /** Its process group; the number of its first process. */
  readonly group: number
}

/** Waits for the word on descriptor 3, then becomes the command. */
const gate = 'read -r word <&3 || exit 1; exec 3<&-; exec /bin/sh -c "$1"'

/**
 * Starts a command in a process group of its own. It runs only once the
 * guardian holds the group, so there is no moment at which we could be killed
 * and it be forgotten. Whoever called frees the group when the process has ended.
 */
export function startHeld({ command, cwd, env }: HeldCommand, guardian: Guardian): HeldProcess {
  const stdio = ['ignore', 'pipe', 'pipe', 'pipe'] as const
  const child = spawn('/bin/sh', ['-c', gate, 'held', command], {
    cwd,
    env: { ...env },
    detached: true,
    stdio: [...stdio],
  })
  const word = child.stdio[3]
  if (child.pid === undefined || !(word instanceof Writable)) throw new Error('/bin/sh could not be started')
  // The process may be killed at the gate; its exit says so.
  word.on('error', () => undefined)
  // Without a guardian nothing runs: the shell reads the end of its input and leaves with status 1.
  guardian.hold(child.pid).then(
    () => word.end('go\n'),
    () => word.destroy(),
  )
  return { child, group: child.pid }
}
