import type { Program, ScriptStep } from './program.ts'
import type { Mat, Step } from './program-parts.ts'

/** Operators that only programs of their own family have, so that those of the others stay as they are. */
export type Family = 'global-tables' | 'foreign-keys'

/** Random programs, always the same ones for the same seed. */
export function generateProgram(
  seed: number,
  { scripted, family }: { readonly scripted: boolean; readonly family?: Family },
): Program {
  const generator = new Generator(new Chance(seed), family)
  const steps = generator.steps()
  return {
    steps,
    ...generator.settings(),
    ...(scripted ? { script: generateScript(generator.chance, generator.topics()) } : {}),
  }
}

class Generator {
  readonly chance: Chance
  readonly #steps: Step[] = []
  readonly #streamTopics: string[] = []
  readonly #tableTopics: string[] = []
  readonly #globalTopics: string[] = []
  #streams = 0
  #tables = 0
  #names = 0
  readonly #family: Family | undefined

  constructor(chance: Chance, family: Family | undefined) {
    this.chance = chance
    this.#family = family
  }

  steps(): readonly Step[] {
    const { chance } = this
    this.#source()
    this.#source()
    this.#ownSources()
    const length = 3 + chance.below(8)
    for (let made = 0; made < length; made++) {
      if (this.#family !== undefined && chance.is(0.25)) this.#ofFamily()
      else if (chance.is(0.12)) this.#source()
      else if (this.#tables > 0 && chance.is(0.5)) this.#onTable()
      else this.#onStream()
    }
    this.#endings()
    return this.#steps
  }

  #endings(): void {
    const { chance } = this
    for (let index = 0; index < this.#tables; index++) {
      if (chance.is(0.5)) this.#stream({ op: 'toStream', t: index })
    }
    for (let index = 0; index < this.#streams; index++) {
      if (chance.is(0.5)) this.#steps.push({ op: 'to', s: index, topic: `o${index}` })
    }
  }

  settings(): Pick<Program, 'cacheBytes' | 'optimize'> {
    const { chance } = this
    return {
      ...(chance.is(0.5) ? { cacheBytes: 100_000 } : {}),
      ...(chance.is(0.25) ? { optimize: 'all' as const } : {}),
    }
  }

  topics(): readonly string[] {
    return [...this.#streamTopics, ...this.#tableTopics, ...this.#globalTopics]
  }

  /** Sources that the family's operators stand on. */
  #ownSources(): void {
    if (this.#family === 'global-tables') this.#global()
    if (this.#family === 'foreign-keys') {
      this.#tableSource()
      this.#tableSource()
    }
  }

  #ofFamily(): void {
    const { chance } = this
    if (this.#family === 'foreign-keys') {
      const sides = { t: chance.below(this.#tables), u: chance.below(this.#tables) }
      const how = { join: chance.pick(['inner', 'left'] as const), by: chance.pick(['value', 'both'] as const) }
      this.#table({ op: 'foreignJoin', ...sides, ...how, ...this.#name(), ...this.#mat() })
      return
    }
    if (chance.is(0.2)) this.#global()
    const op = chance.pick(['joinGlobal', 'leftJoinGlobal'])
    this.#stream({ op, ...this.#s(), g: chance.below(this.#globalTopics.length), ...this.#name() })
  }

  #global(): void {
    const topic = `g${this.#globalTopics.length}`
    this.#globalTopics.push(topic)
    const { mat } = this.#mat()
    // Java's library trips over a global table's Materialized that names no store.
    this.#steps.push({ op: 'global', topic, ...this.#name(), ...(mat?.name === undefined ? {} : { mat }) })
  }

  #source(): void {
    const { chance } = this
    if (chance.is(0.6) || this.#streams === 0) {
      const again = chance.is(0.15) && this.#streamTopics.length > 0
      const topic = again ? chance.pick(this.#streamTopics) : `s${this.#streamTopics.length}`
      if (!again) this.#streamTopics.push(topic)
      this.#stream({ op: 'stream', topic, ...this.#name() })
      return
    }
    this.#tableSource()
  }

  #tableSource(): void {
    const topic = `t${this.#tableTopics.length}`
    this.#tableTopics.push(topic)
    this.#table({ op: 'table', topic, ...this.#name(), ...this.#mat() })
  }

  #onStream(): void {
    const { chance } = this
    const step = this.#s()
    const kind = chance.below(20)
    if (kind < 10) {
      const op = chance.pick([
        'filter',
        'filterNot',
        'map',
        'mapValues',
        'flatMap',
        'flatMapValues',
        'selectKey',
        'selectKey',
        'peek',
        'repartition',
      ])
      this.#stream({ op, ...step, ...this.#name() })
    } else if (chance.is(0.3)) this.#joinStreams()
    else if (chance.is(0.06)) {
      this.#table({ op: 'cogroup', ...step, o: chance.below(this.#streams), ...this.#group(), ...this.#mat() })
    } else if (kind < 11) this.#stream({ op: 'merge', ...step, o: chance.below(this.#streams), ...this.#name() })
    else if (kind < 12) this.#stream({ op: 'split', ...step, rest: true, ...this.#name() }, 3)
    else if (kind < 13) this.#stream({ op: 'split', ...step, ...this.#name() }, 2)
    else if (kind < 19) {
      const op = chance.pick(['keyCount', 'byCount', 'keyReduce', 'byReduce', 'keyAggregate', 'byAggregate'])
      if (chance.is(0.6)) this.#windowed({ op, ...step, ...this.#group(), ...this.#mat() })
      else this.#table({ op, ...step, ...this.#group(), ...this.#mat() })
    } else this.#table({ op: 'toTable', ...step, ...this.#name(), ...this.#mat() })
  }

  #joinStreams(): void {
    const { chance } = this
    const size = chance.pick([5, 20, 60])
    const bounds = chance.is(0.3) ? { before: chance.pick([0, 10]), after: chance.pick([0, 30]) } : {}
    const window = { kind: 'join', size, grace: chance.pick([0, 0, 10, 50]), ...bounds } as const
    const join = chance.pick(['inner', 'left', 'outer'] as const)
    const storeName = chance.is(0.25) ? { storeName: `js${this.#names++}` } : {}
    const other = { o: chance.below(this.#streams) }
    this.#stream({ op: 'joinStream', ...this.#s(), ...other, join, window, ...this.#name(), ...storeName })
  }

  /** A windowed aggregation ends as a stream of its results. */
  #windowed(step: Step): void {
    const { chance } = this
    const size = chance.pick([10, 50, 100])
    const grace = chance.pick([0, 0, 20, 60])
    const onClose = chance.is(0.25) ? { onClose: true } : {}
    const to = chance.is(0.5) ? { to: `w${this.#names++}` } : {}
    const kind = chance.pick(['time', 'time', 'sliding', 'session'] as const)
    const advance = kind === 'time' && chance.is(0.5) ? { advance: size / 2 } : {}
    const window = kind === 'session' ? { kind, gap: size / 2, grace } : { kind, size, grace, ...advance }
    this.#stream({ ...step, window: { ...window, ...onClose }, ...to, ...this.#suppress() })
  }

  #suppress(): Pick<Step, 'suppress'> {
    const { chance } = this
    if (chance.is(0.6)) return {}
    const name = chance.is(0.3) ? { name: `sup${this.#names++}` } : {}
    if (chance.is(0.5)) return { suppress: { close: true, ...name } }
    return { suppress: { limit: chance.pick([0, 10, 100]), ...(chance.is(0.5) ? { records: 2 } : {}), ...name } }
  }

  #onTable(): void {
    const { chance } = this
    const step = { t: chance.below(this.#tables) }
    const kind = chance.below(12)
    if (kind < 3) {
      this.#table({ op: chance.pick(['tableFilter', 'tableFilterNot', 'tableMapValues']), ...step, ...this.#mat() })
    } else if (kind < 4) this.#stream({ op: 'toStream', ...step, ...this.#name() })
    else if (kind < 7) {
      const op = chance.pick(['tableCount', 'tableReduce', 'tableAggregate'])
      this.#table({ op, ...step, ...this.#group(), ...this.#mat() })
    } else if (kind < 10) {
      const op = chance.pick(['tableJoin', 'tableLeftJoin', 'tableOuterJoin'])
      this.#table({ op, ...step, u: chance.below(this.#tables), ...this.#mat() })
    } else this.#stream({ op: chance.pick(['joinTable', 'leftJoinTable']), ...step, ...this.#s(), ...this.#name() })
  }

  #stream(step: Step, made = 1): void {
    this.#steps.push(step)
    this.#streams += made
  }

  #table(step: Step): void {
    this.#steps.push(step)
    this.#tables++
  }

  #s(): { readonly s: number } {
    return { s: this.chance.below(this.#streams) }
  }

  #name(): { readonly name?: string } {
    return this.chance.is(0.25) ? { name: `n${this.#names++}` } : {}
  }

  #group(): { readonly group?: string } {
    return this.chance.is(0.3) ? { group: `g${this.#names++}` } : {}
  }

  #mat(): { readonly mat?: Mat } {
    const { chance } = this
    if (chance.is(0.4)) return {}
    const flags = { ...(chance.is(0.3) ? { uncached: true } : {}), ...(chance.is(0.15) ? { unlogged: true } : {}) }
    if (chance.is(0.3)) return { mat: flags }
    return { mat: { name: `store-${this.#names++}`, ...(chance.is(0.4) ? { memory: true } : {}), ...flags } }
  }
}

export function generateScript(chance: Chance, topics: readonly string[], most = 25): ScriptStep[] {
  const script: ScriptStep[] = []
  let now = 100
  const length = 8 + chance.below(most)
  for (let made = 0; made < length; made++) {
    if (chance.is(0.05)) {
      script.push({ advance: chance.below(50) })
      continue
    }
    now += chance.pick([0, 0, 1, 5, 20, 60])
    const at = chance.is(0.25) ? Math.max(0, now - chance.below(80)) : now
    const key = chance.is(0.07) ? null : chance.pick(['a', 'b', 'c', 'é'])
    const value = chance.is(0.15) ? null : chance.pick(['x', 'yy', 'bad', 'zzz', 'a', '', 'b1'])
    script.push({ topic: chance.pick(topics), key, value, at })
  }
  return script
}

/** A small generator of chances with a seed (mulberry32). */
export class Chance {
  #state: number

  constructor(seed: number) {
    this.#state = seed
  }

  is(probability: number): boolean {
    return this.#next() < probability
  }

  below(limit: number): number {
    return Math.floor(this.#next() * limit)
  }

  pick<T>(from: readonly T[]): T {
    const picked = from[this.below(from.length)]
    if (picked === undefined) throw new RangeError('nothing to pick from')
    return picked
  }

  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    const state = this.#state
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
