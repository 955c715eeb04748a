import { spawn, type ChildProcess } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'

export interface DynoStart {
  /** `worker.1`. */
  readonly name: string
  /** The program and its arguments. */
  readonly command: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Gets what the worker says, after what it said in earlier lives. */
  readonly logFile: string
}

/** One life of a worker: a process of its own, ours (`weir worker FILE`) or a Java one. */
export class Dyno {
  readonly name: string
  readonly pid: number
  /** How it ended: a code, or the name of a signal. */
  readonly ended: Promise<string>
  #end: string | undefined
  readonly #child: ChildProcess
  readonly #counts = new Map<string, number>()
  #last = ''

  constructor({ name, command: [program = '', ...args], env, logFile }: DynoStart) {
    this.name = name
    const child = spawn(program, args, {
      env: { PATH: process.env['PATH'], DYNO: name, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    this.pid = child.pid ?? 0
    const log = createWriteStream(logFile, { flags: 'a' })
    log.write(`--- ${name}, process ${this.pid}\n`)
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => {
        log.write(`${line}\n`)
        this.#hear(line)
      })
    this.ended = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        this.#end = signal ?? String(code)
        log.end()
        resolve(this.#end)
      })
    })
  }

  /** Undefined while it runs. */
  get end(): string | undefined {
    return this.#end
  }

  /** The last reason it gave for anything. */
  get lastReason(): string {
    return this.#last
  }

  /** How often it logged this message; for a line that is not JSON, how many lines begin with it. */
  said(message: string): number {
    return this.#counts.get(message) ?? 0
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  async stop(): Promise<string> {
    this.signal('SIGTERM')
    return this.ended
  }

  async kill(): Promise<string> {
    this.signal('SIGKILL')
    return this.ended
  }

  #hear(line: string): void {
    const { msg, reason } = parse(line)
    const message = msg ?? line.split(' ')[0] ?? ''
    this.#counts.set(message, this.said(message) + 1)
    if (reason !== undefined) this.#last = `${message}: ${reason}`
  }
}

/** A line of the worker's log, as far as it matters here. */
interface LogLine {
  readonly msg?: string
  readonly reason?: string
}

function parse(line: string): LogLine {
  if (!line.startsWith('{')) return {}
  const parsed: LogLine = JSON.parse(line)
  return parsed
}
