import { parseDuration } from '../base/duration.ts'
import { carryOut, examine, subjectOf, type Examination } from '../controller/reconcile.ts'
import type { StreamApp } from '../resource/stream-app.ts'
import { engineCommand, type EngineWork } from './engine-command.ts'
import type { Seen } from './clashes-seen.ts'
import { examineAll } from './examine-all.ts'
import { exitCodes, type ExitCode } from './exit-code.ts'
import { renderPlan } from './render-plan.ts'
import { sayOutcome } from './say-outcome.ts'
import { palette } from './terminal.ts'
import { waitUntilReady } from './wait-until-ready.ts'
import { sayBlindness, sayRefusals, titleOf, worst } from './say-failure.ts'
import { applyToPlane } from './plane/apply-to-plane.ts'

/** `weir apply`: makes Heroku and Kafka match the manifests. Repeating it finishes what was cut short. */
export const apply = engineCommand({
  name: 'apply',
  example: 'weir apply -f manifests/word-count.yaml --direct --wait',
  output: 'none',
  options: (command) =>
    command
      .option('--dry-run', 'show the plan and write nothing')
      .option('--wait', 'until everything is as asked and every dyno runs')
      .option('--timeout <duration>', 'how long to wait for topics, groups and dynos', '10m')
      .option('--force-conflicts', 'of the control plane: take fields that somebody else owns')
      .option('--confirm <hash>', 'agree to a loss of records: the hash that the plan shows, or the name of the app'),
  plane: ({ declared }, work) => applyToPlane(declared, work),
  run: async (work) => {
    const timeout = parseDuration(String(work.given.options['timeout']))
    if (!timeout.ok) {
      work.around.stderr.write(`weir apply: --timeout ${timeout.error}\n`)
      return exitCodes.invalid
    }
    const { codes, seen } = await examineAll(work)
    const refused = seen.map(({ app, found }) => sayRefusals(titleOf(app), found.plan.refusals, work.around))
    const stop = worst([...codes, ...refused])
    // One manifest that is refused stops all of them: whoever applies several means them together.
    if (stop !== exitCodes.ok) return stop
    const paint = palette(work.around.stdout)
    for (const { app, found } of seen) work.around.stdout.write(renderPlan(titleOf(app), found.plan, paint))
    if (work.given.options['dryRun'] === true) return exitCodes.ok
    return applyAll(seen, work, timeout.value)
  },
})

async function applyAll(seen: readonly Seen[], work: EngineWork, withinMs: number): Promise<ExitCode> {
  const codes: ExitCode[] = []
  for (const [index, { app, found }] of seen.entries()) {
    const now = index === 0 ? found : await lookAgain(app, work)
    codes.push(typeof now === 'number' ? now : await applyOne(app, now, { work, withinMs }))
  }
  return worst(codes)
}

/** What was applied before may have changed what this one finds. */
async function lookAgain(app: StreamApp, { engine, around }: EngineWork): Promise<Examination | ExitCode> {
  const found = await examine(subjectOf(app), engine, around.signal)
  return found.ok ? found.value : sayBlindness(titleOf(app), found.error, around)
}

interface Waiting {
  readonly work: EngineWork
  readonly withinMs: number
}

async function applyOne(app: StreamApp, found: Examination, { work, withinMs }: Waiting): Promise<ExitCode> {
  const { around, given } = work
  const engine = { ...work.engine, patience: { ...work.engine.patience, withinMs } }
  const confirm = given.options['confirm']
  const confirmed = typeof confirm === 'string' ? confirm : undefined
  const outcome = await carryOut(found, engine, { signal: around.signal, confirmed })
  const code = sayOutcome(app, outcome, { around, done: 'applied', nothing: 'unchanged' })
  if (code !== exitCodes.ok || given.options['wait'] !== true) return code
  return waitUntilReady(app, { ...work, engine })
}
