/** A number in [0, 1), as `Math.random` gives it; a test hands in its own. */
export type Chance = () => number

const hex = (chance: Chance, digits: number): string =>
  Array.from({ length: digits }, () => Math.floor(chance() * 16).toString(16)).join('')

/** A version 4 UUID. */
export function uuidFrom(chance: Chance): string {
  const variant = '89ab'[Math.floor(chance() * 4)] ?? '8'
  return `${hex(chance, 8)}-${hex(chance, 4)}-4${hex(chance, 3)}-${variant}${hex(chance, 3)}-${hex(chance, 12)}`
}

export const secretFrom = (chance: Chance): string => hex(chance, 64)

function pickFrom<T>(chance: Chance, choices: readonly [T, ...T[]]): T {
  return choices[Math.floor(chance() * choices.length)] ?? choices[0]
}

const numberFrom = (chance: Chance): number => 10_000 + Math.floor(chance() * 90_000)

const rivers = ['yukon', 'columbia', 'wisla', 'danube', 'loire', 'ebro', 'volta', 'tagus', 'severn', 'neckar'] as const
const adjectives = ['rigid', 'calm', 'curly', 'amber', 'deep', 'round', 'swift', 'plain', 'vast', 'slim'] as const
const nouns = ['meadow', 'harbor', 'ridge', 'brook', 'cove', 'forest', 'plateau', 'island', 'canyon', 'shore'] as const

/** The prefix of a basic plan, with its dot: `yukon-12345.` */
export const prefixFrom = (chance: Chance): string => `${pickFrom(chance, rivers)}-${numberFrom(chance)}.`
export const addonNameFrom = (chance: Chance): string => `kafka-${pickFrom(chance, adjectives)}-${numberFrom(chance)}`
export const appNameFrom = (chance: Chance): string =>
  `${pickFrom(chance, adjectives)}-${pickFrom(chance, nouns)}-${numberFrom(chance)}`
