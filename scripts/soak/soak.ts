import type { Tell } from '../run-by-name.ts'

/** One soak: `npm run soak -- NAME`. It is loaded only when it is asked for. */
export interface Soak {
  /** One line for the list of soaks. */
  readonly summary: string
  /** What may stand behind the name, in the form of a usage line; empty for nothing. */
  readonly usage: string
  /**
   * Runs it and tells what it saw. False if anything was not as it must be. An argument it does not know is an error
   * (`parseArgs` of node:util throws one): a soak that did nothing must not look like one that went well.
   */
  readonly run: (args: readonly string[], tell: Tell) => Promise<boolean>
}
