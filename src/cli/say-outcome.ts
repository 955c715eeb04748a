import { unreachable } from '../base/unreachable.ts'
import type { Outcome } from '../controller/apply/outcome.ts'
import type { StreamApp } from '../resource/stream-app.ts'
import { exitCodes, type ExitCode } from './exit-code.ts'
import type { Around } from './terminal.ts'
import { sayFailure, sayRefusals, titleOf } from './say-failure.ts'

export interface Saying {
  readonly around: Around
  /** What to call it: `applied`, `deleted`. */
  readonly done: string
  readonly nothing: string
}

/** How an apply or a deletion ended, in words, and as the exit code of its kind. */
export function sayOutcome(app: StreamApp, outcome: Outcome, { around, done, nothing }: Saying): ExitCode {
  const title = titleOf(app)
  switch (outcome.kind) {
    case 'done':
      around.stdout.write(`${title} ${outcome.done.length === 0 ? nothing : done}\n`)
      return exitCodes.ok
    case 'failed':
      return sayFailure(title, outcome.failure, around)
    case 'timed-out':
      around.stderr.write(
        `${title}: still waiting for ${outcome.waitingFor.join(', ')} after ${Math.round(outcome.waitedMs / 1000)} s. Heroku has accepted it; the same command goes on from here\n`,
      )
      return exitCodes.timedOut
    case 'superseded':
      around.stderr.write(`${title}: it was changed meanwhile, and nothing was written. Do it again\n`)
      return exitCodes.conflict
    case 'contradicted':
      around.stderr.write(`${title}: ${outcome.message}\n`)
      return exitCodes.conflict
    case 'refused':
      return sayRefusals(title, outcome.refusals, around)
    default:
      return unreachable(outcome)
  }
}
