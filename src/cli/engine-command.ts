import type { Command } from 'commander'
import { openHeroku, type Heroku } from '../heroku/open-heroku.ts'
import { readHerokuSettings } from '../heroku/settings.ts'
import { systemClock } from '../host/system-clock.ts'
import type { Surroundings } from '../controller/reconcile.ts'
import type { ManifestMistake } from '../resource/manifest-mistake.ts'
import type { StreamApp } from '../resource/stream-app.ts'
import type { CliCommand, Given } from './command.ts'
import { exitCodes, type ExitCode } from './exit-code.ts'
import { outputHelp } from './output/output-format.ts'
import { loadStreamApps, onlyForControlPlane, type LoadedStreamApps } from './load-stream-apps.ts'
import { filesGiven, sayMistakes, withFiles } from './validate.ts'
import type { Around } from './terminal.ts'
import { appsOfPlane, appsTypedOrAll } from './plane/apps-of-plane.ts'
import type { PlaneAsked } from './plane/declared-object.ts'
import { askPlane, withNamespace, type PlaneWork } from './plane/plane-command.ts'
import { watchProgress } from './watch-progress.ts'

/** What a command of the operator's engine works with, once its files and settings were read. */
export interface EngineWork {
  readonly apps: readonly StreamApp[]
  readonly engine: Surroundings
  /** All of Heroku, for what the engine itself does not ask. */
  readonly heroku: Heroku
  readonly given: Given
  readonly around: Around
}

export interface EngineCommand {
  readonly name: string
  readonly example: string
  /** Options beside those that all share. */
  readonly options?: (command: Command) => void
  /** What `-o` takes: nothing, `text` and `json`, or whatever shows objects. */
  readonly output: 'none' | 'text-or-json' | 'objects'
  /** What the words after the verb are, where they are more than names of StreamApps. */
  readonly names?: readonly [argument: string, description: string]
  readonly run: (work: EngineWork) => Promise<ExitCode>
  /** The same verb asked of a control plane. Left out: the plane names the StreamApps, and the rest is worked out here. */
  readonly plane?: (asked: PlaneAsked, work: PlaneWork) => Promise<ExitCode>
}

async function asked(plane: NonNullable<EngineCommand['plane']>, work: PlaneWork): Promise<ExitCode> {
  const { given, around } = work
  const namespace = { usual: work.namespace, isOnly: typeof given.options['namespace'] === 'string' }
  const loaded = await loadStreamApps(filesGiven(given.options), around, namespace)
  const errors = [...loaded.errors, ...ofOtherApps(loaded, given)]
  if (errors.length > 0) {
    sayMistakes({ ...loaded, errors, warnings: [] }, around)
    return exitCodes.invalid
  }
  const declared = [...loaded.apps.map(({ app }) => app), ...loaded.gitSources.map(({ gitSource }) => gitSource)]
  return plane({ words: given.args, declared }, work)
}

/** The control plane says what is asked for, and this machine looks at Heroku and Kafka with its own key. */
async function workOutHere({ name, run }: EngineCommand, work: PlaneWork): Promise<ExitCode> {
  const { given, around } = work
  const named = await appsTypedOrAll(given.args, work)
  if (!named.ok) return named.error
  const apps = await appsOfPlane(named.value, work)
  if (!apps.ok) return apps.error
  if (apps.value.length === 0) return exitCodes.ok
  return withEngine(name, around, (engine, heroku) => run({ apps: apps.value, engine, heroku, given, around }))
}

/** `--only-app`: whoever named an app, as the Heroku CLI has it done, means no other. */
function ofOtherApps({ apps }: LoadedStreamApps, { options }: Given): readonly ManifestMistake[] {
  const only = options['onlyApp']
  if (typeof only !== 'string') return []
  return apps
    .filter(({ app }) => app.spec.app !== only)
    .map(({ app, source }) => ({
      ...source.place('/spec/app'),
      path: '/spec/app',
      message: `this is about app ${app.spec.app}, and not about ${only}`,
      hint: 'name the other app, or the other manifest',
    }))
}

/** What `-o` takes, and what it is unless said. */
const outputs: Readonly<Record<EngineCommand['output'], readonly [formats: string, usual: string]>> = {
  none: ['', ''],
  'text-or-json': ['text or json', 'text'],
  objects: [outputHelp, 'table'],
}

function defineAs({ example, options, names, output }: EngineCommand, command: Command): void {
  const [argument, description] = names ?? ['[name...]', 'StreamApps of the control plane']
  withFiles(withNamespace(command).argument(argument, description))
    .option('--only-app <name>', 'refuse manifests of any other Heroku app')
    .option('--direct', 'run the engine here, with HEROKU_API_KEY, and no control plane')
    .addHelpText('after', `\nExample:\n  ${example}`)
  const [formats, usual] = outputs[output]
  if (formats !== '') command.option('-o, --output <format>', formats, usual)
  options?.(command)
}

/** A command that reads manifests and runs the operator's engine in this very process. */
export function engineCommand(spoken: EngineCommand): CliCommand {
  const { name, output, run, plane } = spoken
  return {
    define: (command) => defineAs(spoken, command),
    run: async (given, around) => {
      const say = sayAs(name, around)
      if (output === 'text-or-json' && !['text', 'json'].includes(outputOf(given))) {
        say(`-o takes text or json, not ${outputOf(given)}`)
        return exitCodes.invalid
      }
      if (given.options['direct'] !== true) {
        if (plane !== undefined) return askPlane((work) => asked(plane, work), given, around)
        if (filesGiven(given.options).length === 0) return askPlane((work) => workOutHere(spoken, work), given, around)
        say(
          `a manifest is worked out here and not by the control plane: add --direct; or weir ${name} NAME, of a StreamApp of the control plane`,
        )
        return exitCodes.invalid
      }
      const names = filesGiven(given.options)
      if (names.length === 0) {
        say('name at least one manifest: -f FILE, -f FOLDER, or -f - for what is piped in')
        return exitCodes.invalid
      }
      const loaded = await loadStreamApps(names, around)
      const errors = [...loaded.errors, ...loaded.gitSources.map(onlyForControlPlane), ...ofOtherApps(loaded, given)]
      if (errors.length > 0) {
        sayMistakes({ ...loaded, errors, warnings: [] }, around)
        return exitCodes.invalid
      }
      const apps = loaded.apps.map(({ app }) => app)
      return withEngine(name, around, (engine, heroku) => run({ apps, engine, heroku, given, around }))
    },
  }
}

/** Opens Heroku as the environment says, runs what is to be run with the engine's surroundings, and closes it again. */
export async function withEngine(
  name: string,
  around: Around,
  run: (engine: Surroundings, heroku: Heroku) => Promise<ExitCode>,
): Promise<ExitCode> {
  const say = sayAs(name, around)
  const settings = readHerokuSettings(around.env)
  if (!settings.ok) {
    say(settings.error.join('\n'))
    return exitCodes.unreachable
  }
  const heroku = openHeroku(settings.value)
  const engine = {
    platform: heroku.platform,
    kafkaData: heroku.kafkaData,
    kafkaService: settings.value.kafkaService,
    clock: systemClock,
    patience: { firstMs: 100, ceilingMs: 2_000, withinMs: 600_000 },
    report: watchProgress(around),
  }
  try {
    return await run(engine, heroku)
  } catch (stopped) {
    if (!around.signal.aborted) throw stopped
    say('stopped. What was done stays done, and the same command goes on from there')
    return exitCodes.interrupted
  } finally {
    sayFewCalls(heroku.remaining(), say)
    heroku.close()
  }
}

function sayAs(name: string, { stderr }: Around): (text: string) => void {
  return (text) => {
    stderr.write(text.replaceAll(/^(?=.)/gm, `weir ${name}: `).trimEnd() + '\n')
  }
}

/** Heroku gives an account 4500 calls an hour, and whoever runs out waits. */
function sayFewCalls(remaining: number | undefined, say: (text: string) => void): void {
  if (remaining !== undefined && remaining < 300) say(`the account has ${remaining} calls to Heroku left for now`)
}

export function isJson(given: Given): boolean {
  return outputOf(given) === 'json'
}

function outputOf({ options }: Given): string {
  const output = options['output']
  return typeof output === 'string' ? output : 'text'
}
