import type { StreamApp } from '../resource/stream-app.ts'
import { chainLength, chainOf } from './chain.ts'
import { printPlan, type FaultPlan } from './fault-plan.ts'
import { judgeRun } from './judge-run.ts'
import { severalTroubles, singleTroubles, thinned } from './make-plans.ts'
import { play, type Played } from './play.ts'
import type { Scenario } from './scenario.ts'
import { scenariosOf } from './scenarios.ts'
import { shrink } from './shrink.ts'

export interface Verification {
  readonly seed: number
  /** How many plans are played, about; each scenario has its share. */
  readonly plans: number
  /** Play every nth plan, beginning with this one: several processes share the work. */
  readonly shard: number
  readonly of: number
  /** Now and then a silence lasts a day of virtual time: costs a second each. */
  readonly withDays: boolean
}

/** How many plans `npm run verify` plays. */
export const usualPlans = 10_600

export interface Failure {
  readonly plan: string
  readonly shortest: string
  readonly violations: readonly string[]
}

export interface Verdict {
  readonly plans: number
  readonly converged: number
  readonly failures: readonly Failure[]
}

export interface Watcher {
  readonly played: (plans: number, of: number) => void
  readonly failed: (failure: Failure) => void
}

const hour = 3_600_000
/** One resync at least, with all of its spread. */
const usualSilenceMs = 13 * 60_000
/** Every so many plans the silence lasts a day. */
const longSilenceEvery = 100

/** Plays plans over the lives of a StreamApp, and tells which do not come to the end that they should. */
export class Verifier {
  readonly #app: StreamApp
  readonly #scenarios: ReadonlyMap<string, Scenario>
  readonly #references = new Map<string, Promise<Played>>()

  constructor(app: StreamApp) {
    this.#app = app
    this.#scenarios = new Map(scenariosOf(app).map((scenario) => [scenario.name, scenario]))
  }

  get scenarios(): readonly Scenario[] {
    return [...this.#scenarios.values()]
  }

  /** What is wrong with the run of one plan: nothing, where it is as it should be. */
  async judge(plan: FaultPlan, silenceMs: number = usualSilenceMs): Promise<readonly string[]> {
    return (await this.watch(plan, silenceMs)).violations
  }

  /** The same, with all that was seen on the way. */
  async watch(plan: FaultPlan, silenceMs: number = usualSilenceMs): Promise<Played> {
    if (plan.scenario === 'chain') return play(chainOf(this.#app, plan), plan, { silenceMs })
    const scenario = this.#scenarios.get(plan.scenario)
    if (scenario === undefined) throw new TypeError(`there is no scenario ${plan.scenario}`)
    const reference = await this.#reference(scenario)
    const played = await play(scenario, plan, { silenceMs })
    return { ...played, violations: judgeRun(played, reference, plan) }
  }

  /** All plans of a verification, in the order in which they are played. */
  async plans({ seed, plans }: Pick<Verification, 'seed' | 'plans'>): Promise<readonly FaultPlan[]> {
    const each = Math.ceil((plans * 0.78) / this.#scenarios.size)
    const several = Math.ceil((plans * 0.2) / this.#scenarios.size)
    const chains = Math.ceil(plans * 0.02)
    const made: FaultPlan[] = []
    for (const [name, scenario] of this.#scenarios) {
      const { busy } = await this.#reference(scenario)
      made.push({ scenario: name, seed, troubles: [] })
      made.push(
        ...thinned(singleTroubles(busy), each).map((trouble) => ({ scenario: name, seed, troubles: [trouble] })),
        ...severalTroubles(name, busy, several, seed),
      )
    }
    const edited = Array.from({ length: chains }, (_, index) => ({
      scenario: 'chain',
      seed: seed + index,
      troubles: [],
      edits: Array.from({ length: chainLength }, (_edit, at) => at),
    }))
    return [...made, ...edited]
  }

  async verify(what: Verification, watcher: Watcher): Promise<Verdict> {
    const plans = (await this.plans(what)).filter((_, index) => index % what.of === what.shard)
    const failures: Failure[] = []
    for (const [index, plan] of plans.entries()) {
      const isLong = what.withDays && (plan.troubles.length === 0 || index % longSilenceEvery === 0)
      const silenceMs = isLong && plan.scenario !== 'chain' ? 24 * hour : usualSilenceMs
      const violations = await this.judge(plan, silenceMs)
      if (violations.length > 0) {
        const failure = await this.#explain(plan, violations, silenceMs)
        failures.push(failure)
        watcher.failed(failure)
      }
      watcher.played(index + 1, plans.length)
    }
    return { plans: plans.length, converged: plans.length - failures.length, failures }
  }

  async #explain(plan: FaultPlan, violations: readonly string[], silenceMs: number): Promise<Failure> {
    const shortest = await shrink(plan, async (shorter) => (await this.judge(shorter, silenceMs)).length > 0)
    return { plan: printPlan(plan), shortest: printPlan(shortest), violations }
  }

  #reference(scenario: Scenario): Promise<Played> {
    const known = this.#references.get(scenario.name)
    if (known !== undefined) return known
    const played = play(scenario, { scenario: scenario.name, seed: 1, troubles: [] }, { silenceMs: usualSilenceMs })
    this.#references.set(scenario.name, played)
    return played
  }
}
