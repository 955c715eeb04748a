import type { Command } from 'commander'
import type { ExitCode } from './exit-code.ts'
import type { Around } from './terminal.ts'

/** One command: what it takes, and what it does. Each file under `src/cli` named after a command exports one. */
export interface CliCommand {
  /** Adds arguments, options and an example to an empty command. Exit codes and messages are not commander's business. */
  readonly define: (command: Command) => void
  /** Does the work, says what there is to say, and answers the exit code. What it throws is a bug of weir. */
  readonly run: (given: Given, around: Around) => Promise<ExitCode>
}

export interface Given {
  readonly args: readonly string[]
  readonly options: Readonly<Record<string, unknown>>
}

export interface CommandRow {
  /** As typed: `validate`, or two words like `topology describe`. */
  readonly words: string
  readonly summary: string
  /** Loaded when it is asked for, so that no command pays for another. */
  readonly load: () => Promise<CliCommand>
}
