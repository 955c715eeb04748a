import type { Begun } from './run-thread.ts'
import type { Found, ThreadData } from './thread-message.ts'

/** Why a worker cannot run here. */
export type Refusal = Exclude<Found, { readonly kind: 'fit' }>

/**
 * Stands between the threads of a process, which load all at once, and their group: the first of them looks whether a worker can
 * run here, and none joins before that is known. A thread that ends earlier keeps it shut for ever.
 */
export class StartGate {
  /** Undefined: nothing begins. Fails with what opening it failed with. */
  readonly opened: Promise<Begun | undefined>
  readonly #looked = Promise.withResolvers<Found | undefined>()
  #begun: Begun | undefined
  #refusal: Refusal | undefined

  /** `begin` is called once, where a worker can run. */
  constructor(begin: () => Promise<Begun>, stop: AbortSignal) {
    this.opened = this.#open(begin, stop)
  }

  get isOpen(): boolean {
    return this.#begun !== undefined
  }

  get refusal(): Refusal | undefined {
    return this.#refusal
  }

  /** To be called for each life of a thread: those that come later know what the first were told. */
  dataFor(number: number, data: Omit<ThreadData, 'number' | 'before'>): ThreadData {
    if (this.#begun !== undefined)
      return { ...data, number, before: 'nothing', env: { ...data.env, ...this.#begun.env } }
    return { ...data, number, before: number === 1 ? 'look' : 'wait' }
  }

  readonly looked = (found: Found): void => this.#looked.resolve(found)

  threadEnded(): void {
    this.#looked.resolve(undefined)
  }

  async #open(begin: () => Promise<Begun>, stop: AbortSignal): Promise<Begun | undefined> {
    const found = await this.#looked.promise
    // who is told to stop while it looks has found nothing out
    if (found === undefined || stop.aborted) return undefined
    if (found.kind !== 'fit') {
      this.#refusal = found
      return undefined
    }
    this.#begun = await begin()
    return this.#begun
  }
}
