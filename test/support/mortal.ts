/** When a process dies: at which of its calls to the outside, and whether that call still went out. */
export interface Death {
  readonly atCall: number
  readonly callGoesOut: boolean
}

/** The life of one process: it counts calls to the outside, and from its death on no call returns. */
export class Life {
  readonly #death: Death | undefined
  readonly #died = Promise.withResolvers<void>()
  calls = 0
  isOver = false

  constructor(death?: Death) {
    this.#death = death
  }

  /** Ends when the process is dead. */
  get over(): Promise<void> {
    return this.#died.promise
  }

  /** Kills the process now. */
  end(): void {
    this.isOver = true
    this.#died.resolve()
  }

  call(name: string, run: () => unknown): unknown {
    if (this.isOver) return new Promise(() => {})
    if (!outside.has(name)) return run()
    this.calls += 1
    if (this.calls !== this.#death?.atCall) return run()
    this.isOver = true
    if (this.#death.callGoesOut) void run()
    // What went out has its effect before anybody else begins; a join that waits for the dead one's own answer has none.
    setTimeout(() => this.#died.resolve(), 5)
    return new Promise(() => {})
  }
}

const outside = new Set([
  'poll',
  'flush',
  'commit',
  'abort',
  'open',
  'prepare',
  'join',
  'committed',
  'partitions',
  'topics',
  'offsets',
])

/** `target` in the hands of a process that may die. What it opens is mortal, too. */
export function mortal<T extends object>(target: T, life: Life): T {
  return new Proxy(target, {
    get(real, property) {
      const value: unknown = Reflect.get(real, property, real)
      if (typeof value !== 'function') return value
      return (...given: unknown[]): unknown => {
        const result = life.call(String(property), () => Reflect.apply(value, real, given))
        const isOpened = String(property).startsWith('open') && !(result instanceof Promise)
        return isOpened && typeof result === 'object' && result !== null ? mortal(result, life) : result
      }
    },
  })
}
