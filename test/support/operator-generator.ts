import { Chance, generateScript } from './program-generator.ts'
import type { Program } from './program.ts'
import type { Mat, Step } from './program-parts.ts'

/** Programs around processors, transformers, partitioners, timestamp extractors and windowed cogroups. */
export function generateOperatorProgram(seed: number): Program {
  const chance = new Chance(seed)
  const steps = new OperatorGenerator(chance).steps()
  const cacheBytes = chance.is(0.5) ? { cacheBytes: 100_000 } : {}
  return { steps, ...cacheBytes, script: generateScript(chance, ['s', 'timed', 't'], 40) }
}

class OperatorGenerator {
  readonly #chance: Chance
  readonly #steps: Step[] = []
  #streams = 2
  #tables = 1
  #names = 0

  constructor(chance: Chance) {
    this.#chance = chance
  }

  steps(): readonly Step[] {
    const chance = this.#chance
    this.#steps.push({ op: 'stream', topic: 's' }, { op: 'timedStream', topic: 'timed' })
    this.#steps.push({ op: 'table', topic: 't', ...this.#mat() })
    for (let left = 2 + chance.below(4); left > 0; left--) this.#step()
    for (let t = 0; t < this.#tables; t++) if (chance.is(0.7)) this.#stream({ op: 'toStream', t })
    for (let s = 1; s < this.#streams; s++) {
      const topic = { s, topic: `o${s}` }
      if (chance.is(0.2)) this.#steps.push({ op: 'chosenTo', s })
      else this.#steps.push({ op: chance.is(0.3) ? 'partitionedTo' : 'to', ...topic })
    }
    return this.#steps
  }

  #step(): void {
    const chance = this.#chance
    const t = { t: chance.below(this.#tables) }
    const s = { s: chance.below(this.#streams) }
    const store = { store: `own-${this.#names++}`, ...(chance.is(0.3) ? { cachedStore: true } : {}) }
    const kind = chance.below(12)
    if (kind < 2) this.#stream({ op: chance.pick(['process', 'processValues']), ...s, ...store })
    else if (kind < 5) this.#table({ op: 'transformValues', ...t, ...store, ...this.#mat() })
    else if (kind < 9) this.#cogroup(s)
    else if (kind < 10) {
      const op = chance.pick(['joinTable', 'leftJoinTable'])
      this.#stream({ op, ...s, ...t })
    } else if (kind < 11) this.#table({ op: 'tableAggregate', ...t, ...this.#mat() })
    else if (chance.is(0.5)) this.#steps.push({ op: chance.pick(['print', 'foreach']), ...s })
    else this.#stream({ op: 'partitionedRepartition', ...s, name: `through-${this.#names++}` })
  }

  #cogroup(s: { readonly s: number }): void {
    const chance = this.#chance
    const size = chance.pick([10, 50, 100])
    const grace = chance.pick([0, 20, 60])
    const kind = chance.pick(['time', 'time', 'sliding', 'session'] as const)
    const advance = kind === 'time' && chance.is(0.5) ? { advance: size / 2 } : {}
    const window = kind === 'session' ? { kind, gap: size / 2, grace } : { kind, size, grace, ...advance }
    const name = chance.is(0.4) ? { name: `co-${this.#names++}` } : {}
    const to = chance.is(0.5) ? { to: `w${this.#names++}` } : {}
    const suppress = chance.is(0.3) ? { suppress: { close: true } } : {}
    const mat = this.#mat().mat ?? {}
    const o = chance.below(this.#streams)
    this.#stream({ op: 'windowedCogroup', ...s, o, window, ...name, ...to, ...suppress, mat })
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
    const flags = { ...(chance.is(0.3) ? { uncached: true } : {}), ...(chance.is(0.15) ? { unlogged: true } : {}) }
    return { mat: chance.is(0.3) ? flags : { name: `store-${this.#names++}`, ...flags } }
  }
}
