import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** A worker of ours as a process of its own, with its log lines. */
export interface WorkerProcess {
  readonly pid: number
  readonly lines: readonly string[]
  /** What the log lines say: parsed, those that are JSON. */
  logged(message: string): readonly Readonly<Record<string, unknown>>[]
  /** SIGTERM, and how it ended. */
  stop(): Promise<number | null>
  kill(): Promise<void>
  readonly ended: Promise<number | null>
}

const weir = fileURLToPath(new URL('../../bin/weir', import.meta.url))

export function startWorker(
  file: string,
  env: Readonly<Record<string, string>>,
  ...options: readonly string[]
): WorkerProcess {
  const child = spawn(weir, ['worker', file, ...options], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: string[] = []
  gather(child.stdout, lines)
  gather(child.stderr, lines)
  // all that it said has been read by then
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  return {
    pid: child.pid ?? 0,
    lines,
    ended,
    logged: (message) => lines.flatMap(parse).filter(({ msg }) => msg === message),
    stop: () => end(child, 'SIGTERM', ended),
    kill: async () => {
      await end(child, 'SIGKILL', ended)
    },
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals, ended: Promise<number | null>): Promise<number | null> {
  child.kill(signal)
  return ended
}

function gather(stream: NodeJS.ReadableStream | null, lines: string[]): void {
  let rest = ''
  stream?.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n')
    rest = parts.pop() ?? ''
    lines.push(...parts)
  })
}

function parse(line: string): readonly Readonly<Record<string, unknown>>[] {
  if (!line.startsWith('{')) return []
  const parsed: Readonly<Record<string, unknown>> = JSON.parse(line)
  return [parsed]
}
