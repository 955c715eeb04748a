import { Chance, generateScript } from './program-generator.ts'
import type { Program } from './program.ts'
import type { Mat, Step } from './program-parts.ts'

/** Programs around versioned tables: joins of all kinds with them, late records, and histories that run out. */
export function generateVersionedProgram(seed: number): Program {
  const chance = new Chance(seed)
  const generator = new VersionedGenerator(chance)
  const steps = generator.steps()
  const cacheBytes = chance.is(0.5) ? { cacheBytes: 100_000 } : {}
  return { steps, ...cacheBytes, script: generateScript(chance, ['s', 't', 'u'], 40) }
}

class VersionedGenerator {
  readonly #chance: Chance
  readonly #steps: Step[] = []
  #streams = 1
  #tables = 2
  #names = 0

  constructor(chance: Chance) {
    this.#chance = chance
  }

  steps(): readonly Step[] {
    const chance = this.#chance
    this.#steps.push({ op: 'stream', topic: 's' })
    this.#steps.push({ op: 'table', topic: 't', ...this.#versioned() })
    this.#steps.push({ op: 'table', topic: 'u', ...(chance.is(0.6) ? this.#versioned() : this.#mat()) })
    for (let left = 2 + chance.below(5); left > 0; left--) this.#step()
    for (let t = 0; t < this.#tables; t++) if (chance.is(0.7)) this.#stream({ op: 'toStream', t })
    for (let s = 1; s < this.#streams; s++) this.#steps.push({ op: 'to', s, topic: `o${s}` })
    return this.#steps
  }

  #step(): void {
    const chance = this.#chance
    const t = { t: chance.below(this.#tables) }
    const s = { s: chance.below(this.#streams) }
    const kind = chance.below(10)
    if (kind < 3) {
      const join = chance.pick(['joinTable', 'leftJoinTable'])
      const grace = chance.is(0.5) ? { grace: chance.pick([0, 10, 40]) } : {}
      this.#stream({ op: join, ...s, ...t, ...grace, ...(chance.is(0.3) ? { name: `j${this.#names++}` } : {}) })
    } else if (kind < 5) {
      const op = chance.pick(['tableFilter', 'tableFilterNot', 'tableMapValues'])
      this.#table({ op, ...t, ...this.#mat() })
    } else if (kind < 7) {
      const op = chance.pick(['tableJoin', 'tableLeftJoin', 'tableOuterJoin'])
      this.#table({ op, ...t, u: chance.below(this.#tables), ...this.#mat() })
    } else if (kind < 8) {
      this.#table({ op: chance.pick(['tableCount', 'tableReduce', 'tableAggregate']), ...t, ...this.#mat() })
    } else if (kind < 9) {
      this.#table({ op: chance.pick(['byCount', 'keyReduce', 'byAggregate']), ...s, ...this.#mat() })
    } else this.#table({ op: 'toTable', ...s, ...this.#mat() })
  }

  #stream(step: Step): void {
    this.#steps.push(step)
    this.#streams++
  }

  #table(step: Step): void {
    this.#steps.push(step)
    this.#tables++
  }

  #mat(): { readonly mat?: Mat } {
    const chance = this.#chance
    if (chance.is(0.4)) return {}
    return chance.is(0.6) ? this.#versioned() : { mat: { name: `store-${this.#names++}` } }
  }

  #versioned(): { readonly mat: Mat } {
    const chance = this.#chance
    const unlogged = chance.is(0.1) ? { unlogged: true } : {}
    return { mat: { name: `history-${this.#names++}`, history: chance.pick([0, 50, 1000, 100_000]), ...unlogged } }
  }
}
