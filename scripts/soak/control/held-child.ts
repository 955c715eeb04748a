import { spawn, type ChildProcess } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

const weir = join(import.meta.dirname, '..', '..', '..', 'bin', 'weir')
const againAfterMs = 1_000

/** `weir clock` or `weir web`, started again whenever it ends, as Heroku does with a dyno. */
export class HeldChild {
  readonly name: string
  /** Ends that nobody asked for. */
  readonly ownEnds: string[] = []
  readonly #start: () => ChildProcess
  #child: ChildProcess
  #isOver = false
  #isKilled = false

  constructor(name: string, words: readonly string[], env: Readonly<Record<string, string>>, logFile: string) {
    this.name = name
    const log = createWriteStream(logFile, { flags: 'a' })
    this.#start = () => {
      const child = spawn(weir, words, {
        env: { PATH: process.env['PATH'], DYNO: name, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      log.write(`--- ${name}, process ${child.pid}\n`)
      child.stdout.pipe(log, { end: false })
      child.stderr.pipe(log, { end: false })
      child.once('exit', (code, signal) => void this.#again(signal ?? String(code)))
      return child
    }
    this.#child = this.#start()
  }

  kill(): void {
    this.#isKilled = true
    this.#child.kill('SIGKILL')
  }

  async stop(): Promise<void> {
    this.#isOver = true
    const child = this.#child
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    const isLate = await Promise.race([ended.then(() => false), delay(15_000, true, { ref: false })])
    if (isLate) child.kill('SIGKILL')
    await ended
  }

  /** For the day this process ends before it could stop anything. */
  readonly killNow = (): void => {
    this.#isOver = true
    this.#child.kill('SIGKILL')
  }

  #startUnlessOver(): void {
    if (!this.#isOver) this.#child = this.#start()
  }

  async #again(end: string): Promise<void> {
    if (this.#isOver) return
    if (!this.#isKilled) this.ownEnds.push(`${this.name} ended by itself (${end})`)
    this.#isKilled = false
    await delay(againAfterMs)
    this.#startUnlessOver()
  }
}
