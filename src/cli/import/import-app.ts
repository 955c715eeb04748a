import { dump } from 'js-yaml'
import { fail, ok, type Result } from '../../base/result.ts'
import { observe } from '../../controller/observe/observe.ts'
import type { Observed } from '../../controller/observe/observed.ts'
import { changeLine } from '../../controller/plan/describe-change.ts'
import type { Plan } from '../../controller/plan/plan.ts'
import { examine, subjectOf, type Surroundings } from '../../controller/reconcile.ts'
import { parseManifests } from '../../resource/parse-manifests.ts'
import type { CliCommand } from '../command.ts'
import { withEngine } from '../engine-command.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import { sayBlindness } from '../say-failure.ts'
import type { Around } from '../terminal.ts'
import type { HandRunApp } from './hand-run-app.ts'
import { choicesOf, sayChoiceError, withChoices } from './import-choices.ts'
import { manifestOf, type ImportedManifest } from './manifest-of.ts'

/** `weir import app NAME`: the manifest of an app that runs by hand, whose first apply changes nothing. Writes nothing at Heroku. */
export const importApp: CliCommand = {
  define: (command) =>
    withChoices(command.argument('<app>', 'Heroku app'))
      .option('--addon <name>', 'attachment or name of its Kafka add-on', 'KAFKA')
      .addHelpText('after', '\nExample:\n  weir import app my-heroku-app > manifest.yaml'),

  run: async (given, around) => {
    const [app = ''] = given.args
    const choices = await choicesOf(given, around)
    if (!choices.ok) return sayChoiceError('weir import app', choices.error, around)
    return withEngine('import app', around, async (engine) => {
      const target = { app, addon: String(given.options['addon']), processType: choices.value.process ?? 'worker' }
      const seen = await observe(target, engine, around.signal)
      if (!seen.ok) return sayBlindness(app, seen.error, around)
      const made = manifestOf(handRunApp(app, seen.value), choices.value)
      if (!made.ok) return sayChoiceError(app, made.error, around)
      return tellManifest(app, made.value, { engine, around })
    })
  },
}

interface Telling {
  readonly engine: Surroundings
  readonly around: Around
}

/** Asks the engine what an apply would do; where that is anything, the manifest begins suspended, and the changes are shown. */
async function tellManifest(
  app: string,
  { manifest, notes }: ImportedManifest,
  { engine, around }: Telling,
): Promise<ExitCode> {
  const { stderr, stdout } = around
  for (const note of notes) stderr.write(`${app}: ${note}\n`)
  const plan = await firstPlan(manifest, engine, around)
  if (!plan.ok) return plan.error
  const lines = [...plan.value.changes.map(changeLine), ...plan.value.refusals.map(({ message }) => `✗ ${message}`)]
  if (lines.length === 0) {
    stdout.write(dump(manifest, { lineWidth: -1 }))
    return exitCodes.ok
  }
  stderr.write(
    `${app}: under this manifest the following would change, so it begins with suspend: true, and an apply changes nothing. Take that line out when they are what you want\n`,
  )
  for (const line of lines) stderr.write(`  ${line}\n`)
  stdout.write(dump(suspended(manifest), { lineWidth: -1 }))
  return exitCodes.ok
}

async function firstPlan(manifest: object, engine: Surroundings, around: Around): Promise<Result<Plan, ExitCode>> {
  const bytes = new TextEncoder().encode(JSON.stringify(manifest))
  const { apps, mistakes } = parseManifests([{ name: 'manifest', bytes }])
  const [document] = apps
  if (document === undefined) {
    for (const { path, message, hint } of mistakes)
      around.stderr.write(`${path}: ${message}${hint === undefined ? '' : `; ${hint}`}\n`)
    return fail(exitCodes.invalid)
  }
  const found = await examine(subjectOf(document.app), engine, around.signal)
  return found.ok ? ok(found.value.plan) : fail(sayBlindness(document.app.spec.app, found.error, around))
}

function suspended(manifest: object): object {
  const { spec }: { spec?: unknown } = manifest
  return { ...manifest, spec: { ...(typeof spec === 'object' ? spec : {}), suspend: true } }
}

function handRunApp(app: string, { attachment, topics, groups, configVars, formation, prefix }: Observed): HandRunApp {
  const streamsVars = Object.entries(configVars).filter(([name]) => name.startsWith('STREAMS_'))
  const there = [...topics.values()].filter(({ isGoing, partitions }) => !isGoing && partitions > 0)
  return {
    app,
    addon: attachment.name,
    topics: there.map(({ name, partitions, cleanupPolicy, retentionMs }) => ({
      name,
      partitions,
      cleanupPolicy: cleanupPolicy === 'other' ? undefined : cleanupPolicy,
      retentionMs: retentionMs ?? undefined,
    })),
    groups: [...(groups ?? [])],
    streamsVars: Object.fromEntries(
      streamsVars.map(([name, value]) => [
        name,
        name === 'STREAMS_APPLICATION_ID' ? withoutPrefix(value, prefix) : value,
      ]),
    ),
    processes: formation,
  }
}

function withoutPrefix(applicationId: string, prefix: string): string {
  return applicationId.startsWith(prefix) ? applicationId.slice(prefix.length) : applicationId
}
