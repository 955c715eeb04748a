import type { StateStore } from '../store/state-store.ts'
import type { StreamTask } from '../task/task.ts'
import { storeCalls } from './catalogue.ts'
import { Meter } from './meter.ts'
import type { MetricValue } from './metric.ts'

type Call = (typeof storeCalls)[number]

interface MeasuredStore {
  readonly task: string
  readonly scope: string
  readonly store: string
  readonly calls: ReadonlyMap<Call, Meter>
}

/**
 * Times the calls of stores, at recording level DEBUG only: a store that is measured has its methods wrapped, and one
 * that is not runs as if this did not exist.
 */
export class StoreMeters {
  readonly #nowMs: () => number
  readonly #seen = new WeakSet<StateStore>()
  #measured: readonly MeasuredStore[] = []

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  /** Measures what is new among the stores of these tasks, and forgets stores of others. `scopes`: by store. */
  measure(tasks: ReadonlyMap<string, StreamTask>, scopes: ReadonlyMap<string, string>): void {
    this.#measured = this.#measured.filter(({ task, store }) => tasks.get(task)?.stores.has(store))
    for (const [task, { stores }] of tasks)
      for (const [name, store] of stores) {
        if (this.#seen.has(store)) continue
        this.#seen.add(store)
        const measured = { task, store: name, scope: scopes.get(name) ?? 'state', calls: this.#wrap(store) }
        this.#measured = [...this.#measured.filter((each) => each.task !== task || each.store !== name), measured]
      }
  }

  values(thread: Readonly<Record<string, string>>): readonly MetricValue[] {
    return this.#measured.flatMap(({ task, store, scope, calls }) => {
      const tags = { ...thread, 'task-id': task, [`${scope}-id`]: store }
      return [...calls].flatMap(([call, meter]) => {
        const { rate, avg, max } = meter.read(this.#nowMs())
        const of = (name: string, value: number) => ({ group: 'stream-state-metrics', name, tags, value })
        return [of(`${call}-rate`, rate), of(`${call}-latency-avg`, avg), of(`${call}-latency-max`, max)]
      })
    })
  }

  #wrap(store: StateStore): ReadonlyMap<Call, Meter> {
    const meters = new Map<Call, Meter>()
    for (const call of storeCalls) {
      const method: unknown = Reflect.get(store, call)
      if (typeof method !== 'function') continue
      const meter = new Meter(this.#nowMs())
      meters.set(call, meter)
      Reflect.set(store, call, (...given: unknown[]): unknown => {
        const startMs = this.#nowMs()
        const result: unknown = Reflect.apply(method, store, given)
        meter.record(this.#nowMs() - startMs)
        return result
      })
    }
    return meters
  }
}
