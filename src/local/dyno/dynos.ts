import { uuidFrom } from '../heroku/chance.ts'
import { createDynoLog } from './dyno-log.ts'
import { DynoLife, type DynoOrder, type DynoSurroundings } from './dyno-life.ts'
import type { Dyno, DynoManager, DynoRelease, DynoSelection, OneOffRequest } from './dyno-manager.ts'

/**
 * The dynos of one app: as many lives per process type as were asked for, and the one-off dynos.
 *
 * Invariants
 *   M1  A successor starts as its predecessor is told to stop; the two overlap, as at Heroku.
 *   M2  Scaling down stops the highest numbers.
 *   M3  After `close` no process and no disk of a dyno is left.
 */
export type DynosOptions = Omit<DynoSurroundings, 'log' | 'changed'>

export function createDynos(options: DynosOptions): DynoManager {
  return new Dynos(options)
}

interface Wanted {
  readonly quantity: number
  readonly size: string
}

class Dynos implements DynoManager {
  readonly log = createDynoLog()
  readonly #around: DynoSurroundings
  readonly #wanted = new Map<string, Wanted>()
  readonly #formation = new Map<string, DynoLife>()
  readonly #oneOffs = new Map<string, DynoLife>()
  /** Predecessors and scaled-down dynos on their way out. */
  readonly #leaving = new Set<DynoLife>()
  readonly #listeners: ((dyno: Dyno) => void)[] = []
  #release: DynoRelease | null = null
  #closed = false

  constructor(options: DynosOptions) {
    const changed = (dyno: Dyno): void => this.#listeners.forEach((listener) => listener(dyno))
    this.#around = { ...options, log: this.log, changed }
  }

  release(release: DynoRelease): void {
    if (this.#closed) return
    this.#release = release
    const kept = [...this.#formation.values()].filter(({ dyno }) => release.processTypes[dyno.type] !== undefined)
    this.#settle()
    for (const life of kept) this.#replace(life, 'Restarting')
  }

  scale(type: string, quantity: number, size: string): void {
    if (this.#closed) return
    this.#wanted.set(type, { quantity, size })
    const resized = [...this.#formation.values()].filter(({ dyno }) => dyno.type === type && dyno.size !== size)
    this.#settle()
    for (const life of resized) this.#replace(life, 'Restarting')
  }

  restart(which: DynoSelection, why: 'asked' | 'daily' = 'asked'): void {
    for (const life of this.#chosen(which)) this.#replace(life, why === 'daily' ? 'Cycling' : 'Restarting')
    // A one-off dyno has no successor.
    if (which.kind === 'dyno') this.#end(this.#oneOffs.get(which.name))
  }

  stop(which: DynoSelection): void {
    for (const life of this.#chosen(which)) this.#end(life)
    if (which.kind === 'dyno') this.#end(this.#oneOffs.get(which.name))
  }

  list(): readonly Dyno[] {
    const formation = [...this.#formation.values()].map(({ dyno }) => dyno)
    return [...formation, ...[...this.#oneOffs.values()].map(({ dyno }) => dyno)].toSorted(byTypeAndNumber)
  }

  runOneOff({ command, size, env, timeToLiveSeconds, release: given }: OneOffRequest): Dyno {
    if (this.#closed) throw new Error('the dynos of this app are closed')
    const release = given ?? this.#release ?? noRelease
    const name = this.#oneOffName()
    const timeToLiveMs = timeToLiveSeconds === null ? null : timeToLiveSeconds * 1_000
    const line = release.processTypes[command] ?? command // A process type's name stands for its command.
    const life = this.#start({ name, type: 'run', command: line, size, release, env, oneOff: true, timeToLiveMs })
    this.#oneOffs.set(name, life)
    return life.dyno
  }

  onChange(listener: (dyno: Dyno) => void): void {
    this.#listeners.push(listener)
  }

  async close(): Promise<void> {
    this.#closed = true
    const lives = [...this.#formation.values(), ...this.#oneOffs.values(), ...this.#leaving]
    await Promise.all(lives.map((life) => life.stop()))
    this.#formation.clear()
  }

  /** Starts what is missing and ends what is too many. */
  #settle(): void {
    const wanted = new Map<string, { type: string; size: string }>()
    for (const [type, { quantity, size }] of this.#wanted) {
      if (this.#release?.processTypes[type] === undefined) continue
      for (let number = 1; number <= quantity; number += 1) wanted.set(`${type}.${number}`, { type, size })
    }
    const tooMany = [...this.#formation]
      .filter(([name]) => !wanted.has(name))
      .toSorted(([a], [b]) => numberOf(b) - numberOf(a))
    for (const [name, life] of tooMany) {
      this.#formation.delete(name)
      this.#end(life)
    }
    for (const [name, { type }] of wanted) if (!this.#formation.has(name)) this.#place(name, type)
  }

  #place(name: string, type: string): void {
    const command = this.#release?.processTypes[type]
    const size = this.#wanted.get(type)?.size
    if (this.#release === null || command === undefined || size === undefined) return
    const own = { name, type, command, size, release: this.#release, env: {}, oneOff: false, timeToLiveMs: null }
    this.#formation.set(name, this.#start(own))
  }

  /** M1. A dyno that lost its place meanwhile is only ended. */
  #replace(life: DynoLife, word: 'Restarting' | 'Cycling'): void {
    const { name, type, state } = life.dyno
    if (this.#formation.get(name) !== life) return
    life.say(word)
    if (state !== 'starting') life.say(`State changed from ${state} to starting`)
    this.#end(life)
    this.#place(name, type)
  }

  #end(life: DynoLife | undefined): void {
    if (life === undefined) return
    this.#leaving.add(life)
    void life.stop() // #start has the say about how it ends.
  }

  #start(order: Omit<DynoOrder, 'id'>): DynoLife {
    const life = new DynoLife({ id: uuidFrom(this.#around.chance), ...order }, this.#around)
    // A life that fails is a bug of ours: it is said where the person looks.
    void life.gone.catch((error: unknown) => life.say(String(error))).then(() => this.#forget(life))
    return life
  }

  #forget(life: DynoLife): void {
    this.#leaving.delete(life)
    if (this.#oneOffs.get(life.dyno.name) === life) this.#oneOffs.delete(life.dyno.name)
  }

  #chosen(which: DynoSelection): readonly DynoLife[] {
    const lives = [...this.#formation.values()]
    if (which.kind === 'all') return lives
    return lives.filter(({ dyno }) => (which.kind === 'type' ? dyno.type === which.type : dyno.name === which.name))
  }

  #oneOffName(): string {
    for (;;) {
      const name = `run.${1_000 + Math.floor(this.#around.chance() * 9_000)}`
      if (!this.#oneOffs.has(name)) return name
    }
  }
}

/** A one-off dyno can be asked for before anything was released: it finds an empty disk. */
const noRelease: DynoRelease = { id: '', version: 0, slugDirectory: null, processTypes: {}, env: {} }

const numberOf = (name: string): number => Number(name.slice(name.lastIndexOf('.') + 1))

const byTypeAndNumber = (a: Dyno, b: Dyno): number =>
  a.type < b.type ? -1 : a.type > b.type ? 1 : numberOf(a.name) - numberOf(b.name)
