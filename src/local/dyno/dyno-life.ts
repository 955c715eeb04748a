import { backoffMs, type Backoff } from '../../base/backoff.ts'
import type { Clock } from '../../base/clock.ts'
import type { Dyno, DynoLog, DynoRelease, DynoState } from './dyno-manager.ts'
import { canBecome } from './dyno-state.ts'
import type { DynoProcess, Launcher } from './launcher.ts'
import { watchMemory } from './memory-quota.ts'
import { watchPort } from './web-port.ts'

/**
 * One dyno from its placement until it goes down: its processes one after the
 * other, with the words Heroku's log has for what happens to them.
 *
 * Invariants
 *   D1  A stop ends in `down`, whatever state it finds.
 *   D2  After the first crash the next process starts at once; after further ones the cool-off grows.
 *   D3  SIGTERM, then the grace, then SIGKILL; never SIGKILL first but for a quota or a boot timeout.
 */
export interface DynoOrder {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly command: string
  readonly size: string
  readonly release: DynoRelease
  /** Over the release's config vars; a one-off dyno's own. */
  readonly env: Readonly<Record<string, string>>
  /** A one-off dyno runs once. */
  readonly oneOff: boolean
  readonly timeToLiveMs: number | null
}

interface DynoPace {
  /** Heroku: 30 s. */
  readonly graceMs: number
  /** Heroku: 60 s for a web dyno to bind its port. */
  readonly bootMs: number
  readonly coolOff: Backoff
  /** A dyno that was up for this long is forgiven its crashes. */
  readonly forgivenAfterMs: number
  readonly memoryEveryMs: number
}

export interface DynoSurroundings {
  readonly launcher: Launcher
  readonly clock: Clock
  readonly chance: () => number
  readonly log: DynoLog
  readonly pace: DynoPace
  /** Null: no quota. */
  readonly memoryQuotaBytes: (size: string) => number | null
  readonly freePort: () => Promise<number>
  readonly portIsOpen: (port: number) => Promise<boolean>
  readonly changed: (dyno: Dyno) => void
}

export class DynoLife {
  readonly #order: DynoOrder
  readonly #around: DynoSurroundings
  readonly #stop = new AbortController()
  #dyno: Dyno
  readonly #gone: Promise<void>

  constructor(order: DynoOrder, around: DynoSurroundings) {
    this.#order = order
    this.#around = around
    const at = new Date(around.clock.now())
    const { id, name, type, command, size, release } = order
    const head = { id, name, type, command, size, release: { id: release.id, version: release.version } }
    this.#dyno = { ...head, state: 'starting', createdAt: at, updatedAt: at, pid: null, exitCode: null }
    around.changed(this.#dyno)
    this.#gone = this.#live()
  }

  get dyno(): Dyno {
    return this.#dyno
  }

  /** Resolves when the dyno is down and nothing of it is left. */
  get gone(): Promise<void> {
    return this.#gone
  }

  stop(): Promise<void> {
    this.#stop.abort()
    return this.#gone
  }

  /** A line of the platform's own about this dyno. */
  say(text: string): void {
    this.#around.log.write({ at: new Date(this.#around.clock.now()), source: 'heroku', dyno: this.#order.name, text })
  }

  async #live(): Promise<void> {
    let crashes = 0
    for (;;) {
      const startedMs = this.#around.clock.now()
      await this.#run()
      if (this.#stop.signal.aborted || this.#order.oneOff) break
      this.#become('crashed', { pid: null })
      crashes = this.#around.clock.now() - startedMs >= this.#around.pace.forgivenAfterMs ? 1 : crashes + 1
      await this.#around.clock.sleep(this.#coolOffMs(crashes), this.#stop.signal)
      if (this.#stopped()) break
      this.#become('starting', { exitCode: null })
    }
    this.#become('down', { pid: null })
  }

  /** Read anew after a wait: the type checker takes a signal that had not fired for one that never will. */
  #stopped(): boolean {
    return this.#stop.signal.aborted
  }

  #coolOffMs(crashes: number): number {
    return crashes === 1 ? 0 : backoffMs(this.#around.pace.coolOff, crashes - 1, this.#around.chance())
  }

  async #run(): Promise<void> {
    const port = this.#order.type === 'web' && !this.#order.oneOff ? await this.#around.freePort() : null
    this.say(`Starting process with command \`${this.#order.command}\``)
    const started = await this.#launch(port)
    if (started === null) return
    this.#become(port === null ? 'up' : 'starting', { pid: started.pid })
    const over = new AbortController()
    const [exitCode] = await Promise.all([
      started.ended.finally(() => over.abort()),
      this.#endWhenStopped(started, over.signal),
      this.#endWhenTooOld(over.signal),
      this.#watchPort(started, port, over.signal),
      this.#watchMemory(started, over.signal),
    ])
    this.say(`Process exited with status ${exitCode}`)
    this.#dyno = { ...this.#dyno, exitCode }
  }

  /** What goes wrong before a process is there (a full disk, a slug that is gone) is a crash with its reason in the log. */
  async #launch(port: number | null): Promise<DynoProcess | null> {
    const { name, command, release, env } = this.#order
    const output = (text: string): void =>
      this.#around.log.write({ at: new Date(this.#around.clock.now()), source: 'app', dyno: name, text })
    const own = { ...release.env, ...env, DYNO: name, ...(port !== null && { PORT: `${port}` }) }
    const request = { command, slugDirectory: release.slugDirectory, env: own, output }
    try {
      return await this.#around.launcher.launch(request, this.#stop.signal)
    } catch (error) {
      this.say(`The dyno could not be started: ${error instanceof Error ? error.message : String(error)}`)
      return null
    }
  }

  async #endWhenStopped(running: DynoProcess, over: AbortSignal): Promise<void> {
    await fired(AbortSignal.any([this.#stop.signal, over]))
    if (over.aborted) return
    this.say('Stopping all processes with SIGTERM')
    running.signal('SIGTERM')
    const { graceMs } = this.#around.pace
    await this.#around.clock.sleep(graceMs, over)
    if (hasFired(over)) return
    this.say(
      `Error R12 (Exit timeout) -> At least one process failed to exit within ${graceMs / 1_000} seconds of SIGTERM`,
    )
    this.say('Stopping remaining processes with SIGKILL')
    running.signal('SIGKILL')
  }

  async #endWhenTooOld(over: AbortSignal): Promise<void> {
    if (this.#order.timeToLiveMs === null) return
    await this.#around.clock.sleep(this.#order.timeToLiveMs, over)
    if (!over.aborted) this.#stop.abort()
  }

  async #watchPort(running: DynoProcess, port: number | null, over: AbortSignal): Promise<void> {
    if (port === null) return
    const { clock, portIsOpen, pace } = this.#around
    const bound = await watchPort({ isOpen: () => portIsOpen(port), timeoutMs: pace.bootMs, clock }, over)
    if (over.aborted || this.#stop.signal.aborted) return
    if (bound) return this.#become('up', {})
    this.say(
      `Error R10 (Boot timeout) -> Web process failed to bind to $PORT within ${pace.bootMs / 1_000} seconds of launch`,
    )
    this.say('Stopping process with SIGKILL')
    running.signal('SIGKILL')
  }

  async #watchMemory(running: DynoProcess, over: AbortSignal): Promise<void> {
    const quotaBytes = this.#around.memoryQuotaBytes(this.#order.size)
    if (quotaBytes === null) return
    const { clock, pace } = this.#around
    const say = (text: string): void => this.say(text)
    await watchMemory({ process: running, quotaBytes, everyMs: pace.memoryEveryMs, clock, say }, over)
  }

  #become(state: DynoState, change: Partial<Pick<Dyno, 'pid' | 'exitCode'>>): void {
    const from = this.#dyno.state
    if (from !== state && !canBecome(from, state)) throw new Error(`dyno ${this.#order.name}: ${from} to ${state}`)
    this.#dyno = { ...this.#dyno, ...change, state, updatedAt: new Date(this.#around.clock.now()) }
    if (from !== state)
      this.say(`State changed from ${from} to ${this.#order.oneOff && state === 'down' ? 'complete' : state}`)
    this.#around.changed(this.#dyno)
  }
}

const hasFired = (signal: AbortSignal): boolean => signal.aborted

function fired(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
