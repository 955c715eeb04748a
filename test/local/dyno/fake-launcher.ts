import type { DynoProcess, Launcher, LaunchRequest } from '../../../src/local/dyno/launcher.ts'

/** Processes that live as long as the test says, and die of signals as real ones do unless they are deaf. */
export class FakeLauncher implements Launcher {
  readonly started: FakeProcess[] = []
  /** How processes started from now on behave. */
  deafToSigterm = false
  refuses: string | null = null

  launch(request: LaunchRequest, signal: AbortSignal): Promise<DynoProcess | null> {
    if (this.refuses !== null) return Promise.reject(new Error(this.refuses))
    if (signal.aborted) return Promise.resolve(null)
    const fake = new FakeProcess(4_000 + this.started.length, request, this.deafToSigterm)
    this.started.push(fake)
    return Promise.resolve(fake)
  }

  get running(): readonly FakeProcess[] {
    return this.started.filter(({ isRunning }) => isRunning)
  }

  at(index: number): FakeProcess {
    const found = this.started.at(index)
    if (found === undefined) throw new Error(`no process ${index} was started`)
    return found
  }
}

class FakeProcess implements DynoProcess {
  readonly ended: Promise<number>
  readonly signals: string[] = []
  isRunning = true
  memory = 0
  readonly #end: (status: number) => void

  readonly pid: number
  readonly request: LaunchRequest
  readonly #deaf: boolean

  constructor(pid: number, request: LaunchRequest, deaf: boolean) {
    this.pid = pid
    this.request = request
    this.#deaf = deaf
    const { promise, resolve } = Promise.withResolvers<number>()
    this.ended = promise
    this.#end = resolve
  }

  exit(status: number): void {
    this.isRunning = false
    this.#end(status)
  }

  signal(name: 'SIGTERM' | 'SIGKILL'): void {
    this.signals.push(name)
    if (name === 'SIGKILL') this.exit(137)
    else if (!this.#deaf) this.exit(143)
  }

  memoryBytes(): Promise<number> {
    return Promise.resolve(this.memory)
  }
}
