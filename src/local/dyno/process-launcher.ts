import { once } from 'node:events'
import { constants } from 'node:fs'
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { constants as osConstants } from 'node:os'
import { delimiter, join } from 'node:path'
import type { Clock } from '../../base/clock.ts'
import type { Guardian } from './guardian.ts'
import { startHeld, type HeldProcess } from './held-process.ts'
import type { DynoProcess, Launcher, LaunchRequest } from './launcher.ts'
import { readLines } from './line-splitter.ts'
import { groupMembers, signalGroup } from './process-group.ts'

/**
 * Runs dynos as real processes.
 *
 * Invariants
 *   P1  Each start has a fresh copy of the slug and an empty `/tmp` of its own; both are removed when it ends.
 *   P2  Nothing of our own environment reaches a dyno.
 *   P3  The command runs only after the guardian holds its process group: if we are killed, it is.
 *   P4  No process of a dyno outlives its main process, but in a stop the others have their grace, too.
 */
export interface LauncherOptions {
  readonly guardian: Guardian
  readonly clock: Clock
  /** Where the disks of dynos are made. */
  readonly folder: string
  /** Folders for PATH, after the slug's own `node_modules/.bin`. */
  readonly path: readonly string[]
}

export function createProcessLauncher(options: LauncherOptions): Launcher {
  return {
    async launch(request, signal) {
      const disk = await mkdtemp(join(options.folder, 'dyno-'))
      await fillDisk(disk, request.slugDirectory)
      if (!signal.aborted) return run(disk, request, options)
      await rm(disk, { recursive: true, force: true })
      return null
    },
  }
}

async function fillDisk(disk: string, slugDirectory: string | null): Promise<void> {
  const app = join(disk, 'app')
  await mkdir(join(disk, 'tmp'))
  await mkdir(app)
  if (slugDirectory === null) return
  const mode = constants.COPYFILE_FICLONE
  await cp(slugDirectory, app, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true, mode })
}

function run(disk: string, request: LaunchRequest, options: LauncherOptions): DynoProcess {
  const env = environment(disk, request.env, options.path)
  const held = startHeld({ command: request.command, cwd: join(disk, 'app'), env }, options.guardian)
  const life: Life = { ...held, disk, options, stopping: false }
  return {
    pid: life.group,
    ended: end(life, request.output),
    signal(name) {
      life.stopping = true
      signalGroup(life.group, name)
    },
    async memoryBytes() {
      const members = await groupMembers(life.group)
      return members.reduce((sum, { residentBytes }) => sum + residentBytes, 0)
    },
  }
}

interface Life extends HeldProcess {
  readonly disk: string
  readonly options: LauncherOptions
  stopping: boolean
}

/**
 * `java.io.tmpdir` because Java does not look at TMPDIR, and two Kafka Streams
 * dynos that share `/tmp` would share their state directory, which no two dynos at Heroku do.
 */
function environment(
  disk: string,
  given: Readonly<Record<string, string>>,
  path: readonly string[],
): Record<string, string> {
  const [home, tmp] = [join(disk, 'app'), join(disk, 'tmp')]
  const java = `-Djava.io.tmpdir=${tmp} ${given['JAVA_TOOL_OPTIONS'] ?? ''}`.trim()
  return {
    LANG: 'en_US.UTF-8',
    ...given,
    PATH: [given['PATH'] ?? [], join(home, 'node_modules', '.bin'), ...path].flat().join(delimiter),
    HOME: home,
    TMPDIR: tmp,
    JAVA_TOOL_OPTIONS: java,
  }
}

/** Everything that follows the end of the main process (P1, P4). */
async function end(life: Life, output: (line: string) => void): Promise<number> {
  const { child, group, disk, options } = life
  const read = Promise.all([readLines(child.stdout, output), readLines(child.stderr, output)])
  await once(child, 'exit')
  while (life.stopping && (await groupMembers(group)).length > 0) await options.clock.sleep(20, never)
  signalGroup(group, 'SIGKILL')
  options.guardian.free(group)
  // A process that left the group may hold the pipes open; what it says is no longer the dyno's.
  const readToTheEnd = new AbortController()
  await Promise.race([read.then(() => readToTheEnd.abort()), options.clock.sleep(1_000, readToTheEnd.signal)])
  child.stdout?.destroy()
  child.stderr?.destroy()
  await rm(disk, { recursive: true, force: true, maxRetries: 5 })
  return child.exitCode ?? 128 + (child.signalCode === null ? 0 : osConstants.signals[child.signalCode])
}

const never = new AbortController().signal
