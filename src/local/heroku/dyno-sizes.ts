/** Dyno sizes of the Cedar generation. Memory: Dev Center 2024-06; dollars a month: the CLI's own table (11.10.0). */
export interface DynoSize {
  readonly name: string
  readonly tier: 'eco' | 'basic' | 'standard' | 'performance' | 'private' | 'shield'
  readonly memoryGb: number
  readonly monthlyDollars: number
  /** Dynos per process type; raised by Heroku on request (Dev Center 2024-11). */
  readonly maxPerType: number
}

/** Dynos per app over all types (Dev Center 2024-11). */
export const maxDynosPerApp = 100

const maxPerType = { eco: 1, basic: 1, standard: maxDynosPerApp, performance: 10, private: 10, shield: 10 } as const

interface Measures {
  readonly memoryGb: number
  readonly monthlyDollars: number
}

const size = (tier: DynoSize['tier'], name: string, measures: Measures): DynoSize => ({
  name,
  tier,
  maxPerType: maxPerType[tier],
  ...measures,
})

const large = [
  { suffix: 'M', memoryGb: 2.5 },
  { suffix: 'L', memoryGb: 14 },
  { suffix: 'L-RAM', memoryGb: 30 },
  { suffix: 'XL', memoryGb: 62 },
  { suffix: '2XL', memoryGb: 126 },
] as const

type Family = 'Performance' | 'Private' | 'Shield'

const family = (tier: DynoSize['tier'], name: Family, prices: readonly number[]): readonly DynoSize[] =>
  large.map(({ suffix, memoryGb }, index) =>
    size(tier, `${name}-${suffix}`, { memoryGb, monthlyDollars: prices[index] ?? 0 }),
  )

export const dynoSizes: readonly DynoSize[] = [
  size('eco', 'Eco', { memoryGb: 0.5, monthlyDollars: 5 }),
  size('basic', 'Basic', { memoryGb: 0.5, monthlyDollars: 7 }),
  size('standard', 'Standard-1X', { memoryGb: 0.5, monthlyDollars: 25 }),
  size('standard', 'Standard-2X', { memoryGb: 1, monthlyDollars: 50 }),
  ...family('performance', 'Performance', [250, 500, 500, 750, 1500]),
  size('private', 'Private-S', { memoryGb: 1, monthlyDollars: 225 }),
  ...family('private', 'Private', [450, 900, 500, 750, 1500]),
  size('shield', 'Shield-S', { memoryGb: 1, monthlyDollars: 270 }),
  ...family('shield', 'Shield', [540, 1080, 600, 900, 1800]),
]

/** Heroku takes sizes in any case and answers in its own: `standard-1x` is `Standard-1X`. */
export const dynoSizeNamed = (name: string): DynoSize | undefined =>
  dynoSizes.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase())
