import { engineCommand, isJson } from './engine-command.ts'
import { exitCodes, type ExitCode } from './exit-code.ts'
import { lookAt } from './look.ts'
import { lookAtGroup } from './look-at-group.ts'
import { lookJson, renderDescribe } from './render-describe.ts'
import { palette } from './terminal.ts'
import { sayBlindness, titleOf, worst } from './say-failure.ts'
import { describeFromPlane } from './plane/describe-from-plane.ts'

/** `weir describe`: everything there is to see of each StreamApp. */
export const describe = engineCommand({
  name: 'describe',
  example: 'weir describe -f manifests/word-count.yaml --direct',
  output: 'text-or-json',
  names: ['[kind-and-names...]', 'of the control plane: names of StreamApps, or a kind and names of it'],
  plane: describeFromPlane,
  run: async (work) => {
    const codes: ExitCode[] = []
    const objects: unknown[] = []
    const { stdout } = work.around
    for (const app of work.apps) {
      const look = await lookAt(app, work)
      if (!look.ok) {
        codes.push(sayBlindness(titleOf(app), look.error, work.around))
        continue
      }
      const group = await lookAtGroup(look.value, work.around.signal)
      codes.push(group.kind === 'seen' ? exitCodes.ok : exitCodes.unreachable)
      if (isJson(work.given)) objects.push(lookJson(look.value, group))
      else stdout.write(renderDescribe(look.value, group, palette(stdout)))
    }
    if (isJson(work.given)) stdout.write(`${JSON.stringify(objects, undefined, 2)}\n`)
    return worst(codes)
  },
})
