/**
 * When an object is looked at whole although a glance would do: now and then, for what a glance cannot tell. Objects
 * that are met for the first time, as all are at the beginning of a term, have their turn at any time of the period.
 */
export class FullLooks {
  readonly #everyMs: number
  readonly #chance: () => number
  readonly #dueMs = new Map<string, number>()

  /** `chance` is a number in [0, 1). */
  constructor(everyMs: number, chance: () => number) {
    this.#everyMs = everyMs
    this.#chance = chance
  }

  /** Whether it is this object's turn; what is looked at whole for another reason has had it. */
  isDue(id: string, nowMs: number): boolean {
    const dueMs = this.#dueMs.get(id) ?? nowMs + this.#chance() * this.#everyMs
    this.#dueMs.set(id, dueMs)
    return dueMs <= nowMs
  }

  looked(id: string, nowMs: number): void {
    this.#dueMs.set(id, nowMs + this.#everyMs)
  }

  forget(id: string): void {
    this.#dueMs.delete(id)
  }
}
