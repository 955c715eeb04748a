import { RunningNode } from './running-node.ts'

export class FilterNode<K, V> extends RunningNode<K, V> {
  readonly #predicate: (key: K, value: V) => boolean
  readonly #wanted: boolean

  constructor(predicate: (key: K, value: V) => boolean, wanted: boolean) {
    super()
    this.#predicate = predicate
    this.#wanted = wanted
  }

  override process(key: K, value: V): void {
    if (this.#predicate(key, value) === this.#wanted) this.forward(key, value)
  }
}

/** Forwards what it is given: merges, branches, and the place before a repartition topic. */
export class PassNode<K, V> extends RunningNode<K, V> {
  override get mayKeep(): boolean {
    return this.children.some(({ mayKeep }) => mayKeep)
  }

  override process(key: K, value: V): void {
    this.forward(key, value)
  }
}

export class MapNode<K, V, KOut, VOut> extends RunningNode<KOut, VOut> {
  readonly #map: (key: K, value: V) => readonly [KOut, VOut]

  constructor(map: (key: K, value: V) => readonly [KOut, VOut]) {
    super()
    this.#map = map
  }

  override process(key: K, value: V): void {
    const [newKey, newValue] = this.#map(key, value)
    this.forward(newKey, newValue)
  }
}

export class SelectKeyNode<K, V, KOut> extends RunningNode<KOut, V> {
  readonly #select: (key: K, value: V) => KOut

  constructor(select: (key: K, value: V) => KOut) {
    super()
    this.#select = select
  }

  override process(key: K, value: V): void {
    this.forward(this.#select(key, value), value)
  }
}

export class MapValuesNode<K, V, VOut> extends RunningNode<K, VOut> {
  readonly #map: (value: V, key: K) => VOut

  constructor(map: (value: V, key: K) => VOut) {
    super()
    this.#map = map
  }

  override process(key: K, value: V): void {
    this.forward(key, this.#map(value, key))
  }
}

export class FlatMapNode<K, V, KOut, VOut> extends RunningNode<KOut, VOut> {
  readonly #map: (key: K, value: V) => Iterable<readonly [KOut, VOut]>

  constructor(map: (key: K, value: V) => Iterable<readonly [KOut, VOut]>) {
    super()
    this.#map = map
  }

  override process(key: K, value: V): void {
    for (const [newKey, newValue] of this.#map(key, value)) this.forward(newKey, newValue)
  }
}

export class FlatMapValuesNode<K, V, VOut> extends RunningNode<K, VOut> {
  readonly #map: (value: V, key: K) => Iterable<VOut>

  constructor(map: (value: V, key: K) => Iterable<VOut>) {
    super()
    this.#map = map
  }

  override process(key: K, value: V): void {
    for (const newValue of this.#map(value, key)) this.forward(key, newValue)
  }
}

export class PeekNode<K, V> extends RunningNode<K, V> {
  readonly #look: (key: K, value: V) => void

  constructor(look: (key: K, value: V) => void) {
    super()
    this.#look = look
  }

  override process(key: K, value: V): void {
    this.#look(key, value)
    this.forward(key, value)
  }
}
