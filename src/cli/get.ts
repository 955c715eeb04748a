import { engineCommand, isJson } from './engine-command.ts'
import { exitCodes, type ExitCode } from './exit-code.ts'
import { lookAt, type Look } from './look.ts'
import { lookAtGroup, type GroupLook } from './look-at-group.ts'
import { lookJson } from './render-describe.ts'
import { renderTable } from './render-table.ts'
import { sayBlindness, titleOf, worst } from './say-failure.ts'
import { getFromPlane } from './plane/get-from-plane.ts'

/** `weir get`: one line for each StreamApp. */
export const get = engineCommand({
  name: 'get',
  example: 'weir get -f manifests/word-count.yaml --direct',
  json: true,
  options: (command) => command.option('-A, --all-namespaces', 'of the control plane, StreamApps of every namespace'),
  plane: ({ names }, work) => getFromPlane(names, work),
  run: async (work) => {
    const codes: ExitCode[] = []
    const looks: { readonly look: Look; readonly group: GroupLook }[] = []
    for (const app of work.apps) {
      const look = await lookAt(app, work)
      if (!look.ok) {
        codes.push(sayBlindness(titleOf(app), look.error, work.around))
        continue
      }
      const group = await lookAtGroup(look.value, work.around.signal)
      if (group.kind === 'unknown') {
        work.around.stderr.write(`${titleOf(app)}: lag is unknown: ${group.why}\n`)
        codes.push(exitCodes.unreachable)
      }
      looks.push({ look: look.value, group })
    }
    const { stdout } = work.around
    if (isJson(work.given))
      stdout.write(
        `${JSON.stringify(
          looks.map(({ look, group }) => lookJson(look, group)),
          undefined,
          2,
        )}\n`,
      )
    else if (looks.length > 0) stdout.write(renderTable([heading, ...looks.map(({ look, group }) => row(look, group))]))
    return worst(codes)
  },
})

const heading = ['NAME', 'READY', 'STATUS', 'DYNOS', 'TASKS', 'LAG', 'APP']

function row({ app, status }: Look, group: GroupLook): readonly string[] {
  const ready = status.conditions.find(({ type }) => type === 'Ready')
  const { running, desired } = status.dynos
  return [
    app.metadata.name,
    ready?.status ?? 'Unknown',
    ready?.reason ?? 'Unknown',
    `${running === 'unknown' ? '?' : running}/${desired}`,
    String(status.tasks ?? 'unknown'),
    group.kind === 'seen' ? String(group.lag) : 'unknown',
    app.spec.app,
  ]
}
