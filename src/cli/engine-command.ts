import type { Command } from 'commander'
import type { HerokuFailure } from '../heroku/failure.ts'
import { describeFailure } from '../heroku/failure.ts'
import { openHeroku, type Heroku } from '../heroku/open-heroku.ts'
import { readHerokuSettings } from '../heroku/settings.ts'
import { systemClock } from '../host/system-clock.ts'
import { unreachable } from '../base/unreachable.ts'
import type { Blindness } from '../controller/observe/observe.ts'
import type { Refusal } from '../controller/plan/plan.ts'
import type { Surroundings } from '../controller/reconcile.ts'
import type { StreamApp } from '../resource/stream-app.ts'
import type { CliCommand, Given } from './command.ts'
import { exitCodes, type ExitCode } from './exit-code.ts'
import { streamAppsGiven } from './stream-apps-given.ts'
import type { Around } from './terminal.ts'
import { watchProgress } from './watch-progress.ts'

/** What a command of the operator's engine works with, once its files and settings were read. */
export interface EngineWork {
  readonly apps: readonly StreamApp[]
  readonly engine: Surroundings
  readonly heroku: Heroku
  readonly given: Given
  readonly around: Around
}

export interface EngineCommand {
  readonly name: string
  readonly example: string
  /** Options beside those that all share. */
  readonly options?: (command: Command) => void
  /** Whether `-o json` makes sense. */
  readonly json: boolean
  readonly run: (work: EngineWork) => Promise<ExitCode>
}

/** A command that reads manifests and runs the operator's engine in this very process. */
export function engineCommand({ name, example, options, json, run }: EngineCommand): CliCommand {
  return {
    define: (command) => {
      command
        .option('-f, --filename <file...>', 'manifests; - reads what is piped in')
        .option('--direct', 'run the engine here, with HEROKU_API_KEY, and no control plane')
        .addHelpText('after', `\nExample:\n  ${example}`)
      if (json) command.option('-o, --output <format>', 'text or json', 'text')
      options?.(command)
    },
    run: async (given, around) => {
      const say = (text: string): void =>
        around.stderr.write(text.replaceAll(/^(?=.)/gm, `weir ${name}: `).trimEnd() + '\n')
      if (given.options['direct'] !== true) {
        say(`there is no control plane to ask yet. Add --direct to run the engine here: weir ${name} -f FILE --direct`)
        return exitCodes.invalid
      }
      if (json && !['text', 'json'].includes(outputOf(given))) {
        say(`-o takes text or json, not ${outputOf(given)}`)
        return exitCodes.invalid
      }
      const apps = await streamAppsGiven(filesOf(given), around)
      if (!apps.ok) {
        say(apps.error)
        return exitCodes.invalid
      }
      const settings = readHerokuSettings(around.env)
      if (!settings.ok) {
        say(settings.error.join('\n'))
        return exitCodes.unreachable
      }
      const heroku = openHeroku(settings.value)
      try {
        const engine = {
          platform: heroku.platform,
          kafkaData: heroku.kafkaData,
          kafkaService: settings.value.kafkaService,
          clock: systemClock,
          patience: { firstMs: 100, ceilingMs: 2_000, withinMs: 600_000 },
          report: watchProgress(around),
        }
        return await run({ apps: apps.value, engine, heroku, given, around })
      } finally {
        heroku.close()
      }
    },
  }
}

export function isJson(given: Given): boolean {
  return outputOf(given) === 'json'
}

function outputOf({ options }: Given): string {
  const output = options['output']
  return typeof output === 'string' ? output : 'text'
}

function filesOf({ options }: Given): readonly string[] {
  const files = options['filename']
  return Array.isArray(files) ? files.map(String) : []
}

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
    'ConfirmationMissing',
    'PartitionsCannotChange',
    'PrefixUnclear',
  ]
  return conflicts.includes(reason) ? exitCodes.conflict : exitCodes.invalid
}

/** Of several, the one that a script should act on: the highest number. */
export function worst(codes: readonly ExitCode[]): ExitCode {
  return codes.reduce<ExitCode>((most, code) => (code > most ? code : most), exitCodes.ok)
}
