type Pair = readonly [key: Uint8Array, value: Uint8Array]

/** One key that changed; null says it is gone. */
interface Change {
  readonly key: Uint8Array
  readonly value: Uint8Array | null
}

/** Pairs in the order of their keys, with changes laid over them, read only as far as somebody asks. */
export function* mergeOrdered(below: Iterable<Pair>, changes: Iterable<Change>): Generator<Pair> {
  const sorted = [...changes].toSorted((one, other) => Buffer.compare(one.key, other.key))
  let at = 0
  for (const pair of below) {
    let change = sorted[at]
    while (change !== undefined && Buffer.compare(change.key, pair[0]) < 0) {
      yield* present(change)
      at += 1
      change = sorted[at]
    }
    if (change === undefined || Buffer.compare(change.key, pair[0]) > 0) yield pair
    else {
      yield* present(change)
      at += 1
    }
  }
  for (const change of sorted.slice(at)) yield* present(change)
}

function* present({ key, value }: Change): Generator<Pair> {
  if (value !== null) yield [key, value]
}
