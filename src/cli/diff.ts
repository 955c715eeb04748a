import { engineCommand } from './engine-command.ts'
import { examineAll } from './examine-all.ts'
import { exitCodes } from './exit-code.ts'
import { renderDiff } from './render-diff.ts'
import { diffOnPlane } from './plane/diff-on-plane.ts'
import { palette } from './terminal.ts'
import { codeOfRefusals, titleOf, worst } from './say-failure.ts'

/** `weir diff`: what is against what is asked for. Exits 0 where they agree, 1 where not, 2 or more on an error. */
export const diff = engineCommand({
  name: 'diff',
  example: 'weir diff -f manifests/word-count.yaml --direct',
  output: 'none',
  plane: ({ declared }, work) => diffOnPlane(declared, work),
  run: async (work) => {
    const { codes, seen } = await examineAll(work)
    const { stdout } = work.around
    for (const { app, found } of seen) stdout.write(renderDiff(titleOf(app), found.plan, palette(stdout)))
    const refused = seen.map(({ found }) => codeOfRefusals(found.plan.refusals))
    const differs = seen.some(({ found }) => found.plan.changes.length > 0)
    return worst([...codes, ...refused, differs ? exitCodes.differences : exitCodes.ok])
  },
})
