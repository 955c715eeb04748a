import { setTimeout as delay } from 'node:timers/promises'
import type { Dyno } from './dyno.ts'
import type { Stage } from './stage.ts'

export type Fault = 'kill' | 'wipe' | 'freeze' | 'bounce'

/** Each of the four in turn of chance, so that even a short soak has them all. */
const bag: readonly Fault[] = ['kill', 'freeze', 'wipe', 'bounce', 'kill']

/** Heroku waits, too, before it starts a crashed dyno again. */
const restartAfterMs = 1_000
const backWithinMs = 60_000

export interface Trouble {
  readonly stage: Stage
  readonly random: () => number
  readonly tell: (text: string) => void
  /** A standstill is longer than this. */
  readonly sessionTimeoutMs: number
}

/** Keeps dynos running, as Heroku does, and hurts them. */
export class Faults {
  readonly #trouble: Trouble
  readonly #dynos = new Map<string, Dyno>()
  readonly counts = new Map<Fault, number>()
  /** Ends of dynos that nobody asked for. */
  readonly ownEnds: string[] = []
  #bag: Fault[] = []
  readonly #expected = new Set<Dyno>()
  readonly #busy = new Map<string, Promise<void>>()

  constructor(trouble: Trouble) {
    this.#trouble = trouble
  }

  get dynos(): readonly Dyno[] {
    return [...this.#dynos.values()]
  }

  start(name: string): void {
    const dyno = this.#trouble.stage.startDyno(name)
    this.#dynos.set(name, dyno)
    void dyno.ended.then((end) => this.#restart(dyno, end))
  }

  async stopAll(): Promise<readonly string[]> {
    const dynos = this.dynos
    for (const dyno of dynos) this.#expected.add(dyno)
    return Promise.all(dynos.map(async (dyno) => `${dyno.name} ${await dyno.stop()}`))
  }

  /** Begins one fault, if there is somebody whom it can meet now; else it is the next one's turn. */
  begin(): void {
    const fault = this.#draw()
    const dyno = this.#victim(fault)
    const whom = fault === 'bounce' ? 'broker' : dyno?.name
    if (whom === undefined || dyno === undefined || this.#busy.has(whom)) {
      this.#bag.push(fault)
      return
    }
    this.counts.set(fault, (this.counts.get(fault) ?? 0) + 1)
    this.#busy.set(
      whom,
      this.#hurt(fault, dyno).finally(() => this.#busy.delete(whom)),
    )
  }

  /** Whoever has no place in the group yet has none to lose by standing still. */
  #victim(fault: Fault): Dyno | undefined {
    const fit = this.dynos.filter(
      (dyno) => !this.#busy.has(dyno.name) && (fault !== 'freeze' || dyno.said('joined the group') > 0),
    )
    return fit[Math.floor(this.#trouble.random() * fit.length)]
  }

  /** Until all is whole again, and every dyno has its place in the group. */
  async over(): Promise<void> {
    await Promise.all(this.#busy.values())
    const deadline = Date.now() + backWithinMs
    while (this.dynos.some((dyno) => dyno.said('joined the group') === 0)) {
      if (Date.now() > deadline) throw new Error(`not every dyno joined the group within ${backWithinMs / 1000} s`)
      await delay(200)
    }
  }

  #hurt(fault: Fault, dyno: Dyno): Promise<void> {
    if (fault === 'bounce') return this.#bounce()
    return fault === 'freeze' ? this.#freeze(dyno) : this.#kill(dyno, fault === 'wipe')
  }

  /** Without replacement, then from a full bag again. */
  #draw(): Fault {
    if (this.#bag.length === 0) this.#bag = [...bag]
    const [fault = 'kill'] = this.#bag.splice(Math.floor(this.#trouble.random() * this.#bag.length), 1)
    return fault
  }

  async #kill(dyno: Dyno, wipe: boolean): Promise<void> {
    const { random, stage, tell } = this.#trouble
    const awayMs = Math.round(random() * 4_000)
    tell(`${dyno.name}: kill -9${wipe ? ', and its disk is wiped' : ''}; back in ${awayMs} ms`)
    this.#expected.add(dyno)
    await dyno.kill()
    if (wipe) await stage.wipe(dyno.name)
    await delay(awayMs)
    this.start(dyno.name)
  }

  async #freeze(dyno: Dyno): Promise<void> {
    const { random, sessionTimeoutMs, tell } = this.#trouble
    const standstillMs = Math.round(sessionTimeoutMs * (1.2 + random()))
    tell(`${dyno.name}: stands still for ${standstillMs} ms`)
    dyno.signal('SIGSTOP')
    await delay(standstillMs)
    dyno.signal('SIGCONT')
  }

  async #bounce(): Promise<void> {
    const { random, stage, tell } = this.#trouble
    const signal = random() < 0.5 ? 'SIGTERM' : 'SIGKILL'
    const awayMs = Math.round(random() * 5_000)
    tell(`the broker: ${signal}; back in ${awayMs} ms and a start`)
    await stage.bounce(signal, awayMs)
  }

  #restart(dyno: Dyno, end: string): void {
    if (this.#expected.has(dyno)) return
    const said = `${dyno.name} ended by itself (${end}): ${dyno.lastReason || 'it gave no reason'}`
    this.ownEnds.push(said)
    this.#trouble.tell(said)
    const again = delay(restartAfterMs).then(() => this.start(dyno.name))
    this.#busy.set(
      dyno.name,
      again.finally(() => this.#busy.delete(dyno.name)),
    )
  }
}
