import { planJson } from '../controller/plan/plan-json.ts'
import { engineCommand, isJson } from './engine-command.ts'
import type { Seen } from './clashes-seen.ts'
import { examineAll } from './examine-all.ts'
import { exitCodes } from './exit-code.ts'
import { renderPlan } from './render-plan.ts'
import { planOnPlane } from './plane/plan-on-plane.ts'
import { addStepSummary } from './step-summary.ts'
import { palette } from './terminal.ts'
import { codeOfRefusals, titleOf, worst } from './say-failure.ts'

/** `weir plan`: what an apply would do, and what it means for what runs. Writes nothing. */
export const plan = engineCommand({
  name: 'plan',
  example: 'weir plan -f manifests/word-count.yaml',
  output: 'text-or-json',
  options: (command) => command.option('--detailed-exitcode', 'exit 1 where an apply would change something'),
  plane: planOnPlane,
  run: async (work) => {
    const { codes, seen } = await examineAll(work)
    const { stdout } = work.around
    if (isJson(work.given)) stdout.write(`${JSON.stringify(seen.map(seenJson), undefined, 2)}\n`)
    else for (const { app, found } of seen) stdout.write(renderPlan(titleOf(app), found.plan, palette(stdout)))
    await addStepSummary(
      seen.map(({ app, found }) => ({ title: titleOf(app), plan: found.plan })),
      work.around,
    )
    const refused = seen.map(({ found }) => codeOfRefusals(found.plan.refusals))
    const differs = seen.some(({ found }) => found.plan.changes.length > 0)
    const asked = work.given.options['detailedExitcode'] === true
    return worst([...codes, ...refused, asked && differs ? exitCodes.differences : exitCodes.ok])
  },
})

function seenJson({ app, found: { plan: found, desired } }: Seen): object {
  return {
    name: app.metadata.name,
    namespace: app.metadata.namespace,
    ...planJson({ ...found, tasks: desired.tasks }),
  }
}
