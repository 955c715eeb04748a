import type { StateStore } from '../store/state-store.ts'
import type { StreamTask } from '../task/task.ts'
import { storeCalls } from './catalogue.ts'
import { Meter } from './meter.ts'
import type { MetricValue, RecordingLevel } from './metric.ts'
import { Spread } from './spread.ts'

type Call = (typeof storeCalls)[number]

interface MeasuredStore {
  readonly task: string
  readonly scope: string
  readonly store: string
  readonly calls: ReadonlyMap<Call, Meter>
  /** Milliseconds; undefined where it is not measured. */
  readonly ages: Spread | undefined
}

/**
 * Times the calls of stores, at recording level DEBUG, and how old records are that are put, at TRACE; at INFO nothing: a store that is measured has its methods wrapped, and one
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
  measure(tasks: ReadonlyMap<string, StreamTask>, scopes: ReadonlyMap<string, string>, level: RecordingLevel): void {
    this.#measured = this.#measured.filter(({ task, store }) => tasks.get(task)?.stores.has(store))
    for (const [task, running] of tasks)
      for (const [name, store] of running.stores) {
        if (this.#seen.has(store)) continue
        this.#seen.add(store)
        const ages = level === 'TRACE' ? measureAges(store, running) : undefined
        const scope = scopes.get(name) ?? 'state'
        const measured = { task, store: name, scope, ages, calls: this.#wrap(store) }
        this.#measured = [...this.#measured.filter((each) => each.task !== task || each.store !== name), measured]
      }
  }

  values(thread: Readonly<Record<string, string>>): readonly MetricValue[] {
    return this.#measured.flatMap(({ task, store, scope, calls, ages }) => {
      const tags = { ...thread, 'task-id': task, [`${scope}-id`]: store }
      const of = (name: string, value: number) => ({ group: 'stream-state-metrics', name, tags, value })
      const timed = [...calls].flatMap(([call, meter]) => {
        const { rate, avg, max } = meter.read(this.#nowMs())
        return [of(`${call}-rate`, rate), of(`${call}-latency-avg`, avg), of(`${call}-latency-max`, max)]
      })
      const aged = Object.entries(ages?.read(this.#nowMs()) ?? {})
      return [...timed, ...aged.map(([name, value]) => of(`record-e2e-latency-${name}`, value))]
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

/** Of the record at hand whenever something is put: Kafka Streams' `MeteredKeyValueStore` and its like. */
function measureAges(store: StateStore, task: StreamTask): Spread | undefined {
  const put: unknown = Reflect.get(store, 'put')
  if (typeof put !== 'function') return undefined
  const ages = new Spread()
  Reflect.set(store, 'put', (...given: unknown[]): unknown => {
    const result: unknown = Reflect.apply(put, store, given)
    ages.add(task.ageMs)
    return result
  })
  return ages
}
