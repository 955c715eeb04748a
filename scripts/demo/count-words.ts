/**
 * The counts as they should be, with nothing of the topology in them: same
 * rule (a word is a run of letters, in lower case), another way to find it.
 */
export function countWords(lines: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const line of lines) {
    for (const word of line.toLowerCase().split(/[^\p{L}]+/u)) {
      if (word !== '') counts.set(word, (counts.get(word) ?? 0) + 1)
    }
  }
  return counts
}

/** What differs between two counts, in words; empty when they are equal. */
export function differences(
  expected: ReadonlyMap<string, number>,
  found: ReadonlyMap<string, number>,
): readonly string[] {
  const words = new Set([...expected.keys(), ...found.keys()])
  return [...words]
    .filter((word) => expected.get(word) !== found.get(word))
    .map((word) => `${JSON.stringify(word)}: ${expected.get(word) ?? 0} expected, ${found.get(word) ?? 0} found`)
}

export const total = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((sum, count) => sum + count, 0)
