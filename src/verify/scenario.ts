import type { StreamApp } from '../resource/stream-app.ts'
import type { World } from './world.ts'

/** One thing that a person, or somebody behind our back, does; and how one sees that all is at rest again. */
export interface Step {
  readonly act: (world: World) => Promise<void> | void
  readonly isAtRest: (world: World) => boolean
}

/** A short life of StreamApps: what is there at first, and what happens then. */
export interface Scenario {
  readonly name: string
  /** What it shows, in a sentence. */
  readonly about: string
  readonly apps: readonly StreamApp[]
  readonly arrange: (world: World) => void
  readonly steps: readonly Step[]
}
