/** What `weir doctor` found of one thing. */
export interface Check {
  readonly name: string
  readonly state: 'well' | 'doubtful' | 'wrong' | 'not looked at'
  readonly found: string
  /** What to do; left out where nothing is to be done. */
  readonly todo?: string
}

export const well = (name: string, found: string): Check => ({ name, state: 'well', found })
export const wrong = (name: string, found: string, todo: string): Check => ({ name, state: 'wrong', found, todo })
export const doubtful = (name: string, found: string, todo: string): Check => ({ name, state: 'doubtful', found, todo })
export const notLooked = (name: string, found: string): Check => ({ name, state: 'not looked at', found })
