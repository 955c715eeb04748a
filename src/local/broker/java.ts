import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'

/** A Java program of the broker's class path. */
export interface JavaCommand {
  readonly flags: readonly string[]
  readonly classPath: readonly string[]
  readonly mainClass: string
  readonly arguments: readonly string[]
}

export const javaArguments = (command: JavaCommand): readonly string[] => [
  ...command.flags,
  '-cp',
  command.classPath.join(':'),
  command.mainClass,
  ...command.arguments,
]

/** The first compiler tier alone and the simplest collector: half the CPU and memory of a start, at the price of peak throughput. */
export const leanFlags: readonly string[] = [
  '-Xms48m',
  '-Xmx256m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-XX:+ExitOnOutOfMemoryError',
  '-Djava.awt.headless=true',
  '-Dlog4j2.disableJmx=true',
]

/** Every compiler tier and room to work: for a broker that must not be what holds a measurement back. */
export const swiftFlags: readonly string[] = [
  '-Xms256m',
  '-Xmx1g',
  ...leanFlags.filter((flag) => !/^-Xm[sx]|TieredStopAtLevel/.test(flag)),
]

/**
 * Starts a JVM that cannot outlive us. A waiting shell holds the other end of a
 * pipe; when we die, however we die, the pipe ends and it kills the JVM and
 * removes `doomed`, if any. A line on the pipe tells it that all is well. The
 * JVM takes the place of the shell that was spawned, so its process id is the child's,
 * and it has a session of its own: Ctrl-C in a terminal reaches us and not it.
 */
export function spawnGuarded(command: readonly string[], logFile: string, doomed: string): GuardedProcess {
  const log = openSync(logFile, 'w')
  try {
    const child = spawn('/bin/sh', ['-c', guard, 'weirkeeper-guard', doomed, ...command], {
      stdio: ['ignore', log, log, 'pipe'],
      detached: true,
    })
    return new GuardedProcess(child)
  } finally {
    closeSync(log)
  }
}

const guard = `
doomed=$1; shift
(
  trap '' HUP INT TERM
  if ! read -r _ <&3; then
    kill -KILL $$
    while kill -0 $$ 2>/dev/null; do sleep 0.1; done
    if [ -n "$doomed" ]; then rm -rf "$doomed"; fi
  fi
) >/dev/null 2>&1 &
exec "$@" 3<&-
`

/** A child with an end: its exit code, or the signal that ended it. */
export class GuardedProcess {
  readonly #child: ChildProcess
  readonly #exited: Promise<string>
  #end: string | undefined

  constructor(child: ChildProcess) {
    this.#child = child
    this.#exited = new Promise((resolve) => {
      const end = (how: string): void => {
        this.#end = how
        this.#dismissGuard()
        resolve(how)
      }
      child.once('exit', (code, signal) => end(signal === null ? `exit code ${code}` : signal))
      child.once('error', (error) => end(error.message))
    })
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** How it ended, or undefined while it runs. */
  get end(): string | undefined {
    return this.#end
  }

  get exited(): Promise<string> {
    return this.#exited
  }

  /** SIGTERM, and SIGKILL for one that has not ended within `patienceMs`. */
  async stop(patienceMs: number): Promise<void> {
    if (this.#end !== undefined) return
    this.#child.kill('SIGTERM')
    const alarm = setTimeout(() => this.#child.kill('SIGKILL'), patienceMs)
    await this.#exited
    clearTimeout(alarm)
  }

  #dismissGuard(): void {
    const pipe = this.#child.stdio[3]
    if (pipe === null || pipe === undefined || !('end' in pipe)) return
    pipe.on('error', () => undefined)
    pipe.end('\n')
  }
}

/** Runs a Java program to its end and returns what it said; `undefined` where no \`java\` was found. */
export async function runJava(
  args: readonly string[],
  signal?: AbortSignal,
): Promise<{ code: number; output: string }> {
  const child = spawn('java', args, { stdio: ['ignore', 'pipe', 'pipe'], ...(signal === undefined ? {} : { signal }) })
  let output = ''
  const take = (text: string): void => {
    output += text
  }
  child.stdout.setEncoding('utf8').on('data', take)
  child.stderr.setEncoding('utf8').on('data', take)
  const [code]: unknown[] = await once(child, 'close')
  return { code: typeof code === 'number' ? code : 1, output }
}
