import { carryOut, examineDeletion } from '../controller/reconcile.ts'
import type { StreamApp } from '../resource/stream-app.ts'
import { sayOutcome } from './say-outcome.ts'
import { engineCommand, type EngineWork } from './engine-command.ts'
import { exitCodes, type ExitCode } from './exit-code.ts'
import { renderPlan } from './render-plan.ts'
import { palette } from './terminal.ts'
import { sayBlindness, titleOf, worst } from './say-failure.ts'
import { deleteFromPlane } from './plane/delete-from-plane.ts'

/** `weir delete`: takes away what the StreamApp made, as its deletion policy says. Topics of the user stay unless it says so and you confirm. */
export const remove = engineCommand({
  name: 'delete',
  example: 'weir delete -f manifests/word-count.yaml --direct',
  output: 'none',
  options: (command) =>
    command
      .option('--dry-run', 'show what would go and write nothing')
      .option('--no-wait', 'of the control plane: do not wait until it is gone')
      .option('--timeout <duration>', 'of the control plane: how long to wait until it is gone', '5m')
      .option('--confirm <hash>', 'agree to a loss of records: the hash that the plan shows, or the name of the app'),
  names: ['[kind-and-names...]', 'of the control plane: names of StreamApps, or a kind and names of it'],
  plane: deleteFromPlane,
  run: async (work) => {
    const codes: ExitCode[] = []
    for (const app of work.apps) codes.push(await removeOne(app, work))
    return worst(codes)
  },
})

async function removeOne(app: StreamApp, { engine, around, given }: EngineWork): Promise<ExitCode> {
  const found = await examineDeletion(app, engine, around.signal)
  if (!found.ok) return sayBlindness(titleOf(app), found.error, around)
  around.stdout.write(renderPlan(titleOf(app), found.value.plan, palette(around.stdout)))
  if (given.options['dryRun'] === true) return exitCodes.ok
  const confirm = given.options['confirm']
  const confirmed = typeof confirm === 'string' ? confirm : undefined
  const outcome = await carryOut(found.value, engine, { signal: around.signal, confirmed, deletion: true })
  return sayOutcome(app, outcome, { around, done: 'deleted', nothing: 'is gone already' })
}
