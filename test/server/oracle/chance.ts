/** Repeatable chance: the same seed draws the same run. */
export class Chance {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** From 0 up to, but without, `end`. Source of the mixing: the public-domain generator mulberry32. */
  below(end: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % end
  }

  percent(likely: number): boolean {
    return this.below(100) < likely
  }

  pick<Item>(items: readonly [Item, ...Item[]]): Item {
    return items[this.below(items.length)] ?? items[0]
  }

  /** Some of the items, in random order. */
  some<Item>(items: readonly Item[], likely = 50): Item[] {
    return items
      .filter(() => this.percent(likely))
      .map((item) => ({ item, at: this.below(1000) }))
      .toSorted((left, right) => left.at - right.at)
      .map(({ item }) => item)
  }
}
