import type { Tell } from '../run-by-name.ts'

/** One benchmark: `npm run bench -- NAME`. It is loaded only when it is asked for. */
export interface Bench {
  /** One line for the list of benchmarks. */
  readonly summary: string
  /** What may stand behind the name, in the form of a usage line; empty for nothing. */
  readonly usage: string
  /**
   * Measures, prints, and writes its results (`writeResults`). An argument it does not know is an error
   * (`parseArgs` of node:util throws one); a target that is missed is not.
   */
  readonly run: (args: readonly string[], tell: Tell) => Promise<void>
}
