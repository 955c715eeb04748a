import { unreachable } from '../base/unreachable.ts'
import type { Blindness } from '../controller/observe/observe.ts'
import type { Refusal } from '../controller/plan/plan.ts'
import { describeFailure, type HerokuFailure } from '../heroku/failure.ts'
import type { StreamApp } from '../resource/stream-app.ts'
import { exitCodes, type ExitCode } from './exit-code.ts'
import type { Around } from './terminal.ts'

/** Titles a StreamApp as kubectl would. */
export function titleOf({ metadata }: StreamApp): string {
  return `StreamApp/${metadata.name}`
}

/** Says why nothing could be planned with, and answers the exit code of its kind. */
export function sayBlindness(title: string, blindness: Blindness, { stderr }: Around): ExitCode {
  if (blindness.kind === 'failure') return sayFailure(title, blindness.failure, { stderr })
  return sayRefusals(title, [blindness.refusal], { stderr })
}

export function sayFailure(title: string, failure: HerokuFailure, { stderr }: Pick<Around, 'stderr'>): ExitCode {
  stderr.write(`${title}: ${describeFailure(failure)}\n`)
  return codeOfFailure(failure)
}

export function sayRefusals(title: string, refusals: readonly Refusal[], { stderr }: Pick<Around, 'stderr'>): ExitCode {
  for (const { message } of refusals) stderr.write(`${title}: ${message}\n`)
  return codeOfRefusals(refusals)
}

function codeOfFailure({ kind }: HerokuFailure): ExitCode {
  switch (kind) {
    case 'invalid':
      return exitCodes.invalid
    case 'conflict':
      return exitCodes.conflict
    case 'unreachable':
    case 'unauthorised':
    case 'forbidden':
    case 'not-found':
    case 'rate-limited':
    case 'unavailable':
    case 'malformed':
      return exitCodes.unreachable
    default:
      return unreachable(kind)
  }
}

export function codeOfRefusals(refusals: readonly Refusal[]): ExitCode {
  return worst(refusals.map(codeOfRefusal))
}

/** What the manifest must say otherwise is invalid; what the world must first be is a conflict. */
function codeOfRefusal({ reason }: Refusal): ExitCode {
  const conflicts: readonly Refusal['reason'][] = [
    'AddonProvisioning',
    'AppWithoutRelease',
    'ApplicationIdChanged',
    'ApplicationIdTaken',
    'ConfirmationMissing',
    'PartitionsCannotChange',
    'PrefixUnclear',
    'TopicGoing',
  ]
  return conflicts.includes(reason) ? exitCodes.conflict : exitCodes.invalid
}

/** Of several, the one that a script should act on: the highest number. */
export function worst(codes: readonly ExitCode[]): ExitCode {
  return codes.reduce<ExitCode>((most, code) => (code > most ? code : most), exitCodes.ok)
}
