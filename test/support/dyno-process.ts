import { spawn, type ChildProcess } from 'node:child_process'

/** A process started as a dyno is: a shell command in a folder, with config vars for its environment. */
export class DynoProcess implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #ended: Promise<string>
  #output = ''

  constructor(command: string, folder: string, vars: Readonly<Record<string, string>>) {
    this.#child = spawn('/bin/sh', ['-c', command], {
      cwd: folder,
      env: { PATH: process.env['PATH'], ...vars },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text
      })
    }
    this.#ended = new Promise((resolve) => {
      this.#child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`))
    })
  }

  /** Everything it has printed so far, on both streams. */
  get output(): string {
    return this.#output
  }

  /** How it ended, once it has. */
  get ended(): Promise<string> {
    return this.#ended
  }

  terminate(): void {
    this.#child.kill('SIGTERM')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#ended
  }
}
