import { spawn, type ChildProcess } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { type Usage, usageOf } from './process-tree.ts'

export interface Start {
  readonly command: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly logFile: string
  /** Told of each line that it says, at once. */
  readonly hear: (line: string) => void
}

export interface Peaks {
  readonly peakBytes: number
  readonly peakAnonymousBytes: number
}

/** A stream app at work, as a process of its own that ends by `kill -9`: what it left is thrown away. */
export class Contender {
  readonly startedMs = performance.now()
  readonly #child: ChildProcess
  readonly #ended: Promise<void>
  #end: string | undefined
  #peakAnonymousBytes = 0

  constructor({ command: [program = '', ...args], env, logFile, hear }: Start) {
    const child = spawn(program, args, {
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    process.once('exit', this.#kill)
    const log = createWriteStream(logFile)
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => {
        log.write(`${line}\n`)
        hear(line)
      })
    this.#ended = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        this.#end = signal ?? `code ${code}`
        log.end()
        resolve()
      })
    })
  }

  /** Throws where it has ended by itself. */
  usage(): Usage {
    if (this.#end !== undefined) throw new Error(`a worker ended by itself, with ${this.#end}`)
    const usage = usageOf(this.#child.pid ?? 0)
    this.#peakAnonymousBytes = Math.max(this.#peakAnonymousBytes, usage.anonymousBytes)
    return usage
  }

  /** The kernel keeps a peak of all memory, and none of its anonymous part: that one is the most that `usage` ever saw. */
  peaks(): Peaks {
    const { peakBytes } = this.usage()
    return { peakBytes, peakAnonymousBytes: this.#peakAnonymousBytes }
  }

  async end(): Promise<void> {
    this.#kill()
    await this.#ended
    process.off('exit', this.#kill)
  }

  readonly #kill = (): void => void this.#child.kill('SIGKILL')
}
