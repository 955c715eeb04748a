import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as after } from 'node:timers/promises'
import type { Guardian } from './dyno/guardian.ts'
import { startHeld, type HeldProcess } from './dyno/held-process.ts'
import type { Heroku } from './heroku/options.ts'

export interface ControlPlane {
  readonly url: string
  /** A file; kubectl and weir find everything in it. */
  readonly kubeconfig: string
  close(): Promise<void>
}

export interface ControlPlaneParts {
  readonly root: string
  readonly heroku: Heroku
  readonly guardian: Guardian
  /** Where `node` and the shell's own commands are found. */
  readonly path: string
}

const readyWithinMs = 30_000
const stopWithinMs = 5_000

/** Starts `weir plane` as a process of its own, pointed at the emulator. Its record is in memory. */
export async function startControlPlane({ root, heroku, guardian, path }: ControlPlaneParts): Promise<ControlPlane> {
  const folder = await mkdtemp(join(tmpdir(), 'weirkeeper-plane-'))
  guardian.remove(folder)
  const kubeconfig = join(folder, 'kubeconfig')
  const env = {
    PATH: path,
    HEROKU_API_KEY: heroku.apiKey,
    HEROKU_HOST: heroku.apiUrl,
    HEROKU_DATA_HOST: heroku.dataHost,
    NODE_EXTRA_CA_CERTS: heroku.caFile,
  }
  const held = startHeld(
    { command: `exec ${quoted(join(root, 'bin', 'weir'))} plane ${quoted(kubeconfig)}`, cwd: folder, env },
    guardian,
  )
  const url = await readyUrl(held)
  return { url, kubeconfig, close: () => stop(held, guardian) }
}

/** It says its address in one line once it serves; what it logs until then is kept for the failure. */
async function readyUrl({ child }: HeldProcess): Promise<string> {
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => void (said = (said + text).slice(-2_000)))
  if (child.stdout === null) throw new Error('the control plane has no output to read')
  const lines = createInterface(child.stdout)
  const ended = once(child, 'exit').then(() => undefined)
  const line = await Promise.race([once(lines, 'line'), ended, after(readyWithinMs, undefined, { ref: false })])
  const answer: unknown = line === undefined ? undefined : JSON.parse(String(line[0]))
  if (typeof answer === 'object' && answer !== null && 'url' in answer) return String(answer.url)
  throw new Error(`the control plane did not start: ${said.trim() || 'it said nothing'}`)
}

async function stop({ child, group }: HeldProcess, guardian: Guardian): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit')
    process.kill(-group, 'SIGTERM')
    const isLate = await Promise.race([exited.then(() => false), after(stopWithinMs, true, { ref: false })])
    if (isLate) process.kill(-group, 'SIGKILL')
    await exited
  }
  guardian.free(group)
}

const quoted = (path: string): string => `'${path.replaceAll("'", "'\\''")}'`
