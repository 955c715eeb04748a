import { distance } from 'fastest-levenshtein'

/** The nearest of the known words, if it is near enough that a slip of the hand explains it. */
function nearest(word: string, known: readonly string[]): string | undefined {
  const small = word.toLowerCase()
  const near = known
    .map((name) => ({ name, steps: distance(small.slice(0, 100), name.toLowerCase()) }))
    .filter(({ name, steps }) => steps <= Math.max(1, Math.floor(name.length / 3)))
    .toSorted((a, b) => a.steps - b.steps)
  return near[0]?.name
}

/** `did you mean "size"?`, or the words to choose from where nothing is near. */
export function didYouMean(word: string, known: readonly string[]): string {
  const near = nearest(word, known)
  return near === undefined ? `known here: ${known.join(', ')}` : `did you mean "${near}"?`
}
