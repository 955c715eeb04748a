import { engineCommand } from './engine-command.ts'
import { lookAll, type SeenLook } from './look-all.ts'
import { showLook } from './refresh.ts'
import { renderTable } from './render-table.ts'
import { worst } from './say-failure.ts'

/** `weir top`: the dynos, stream tasks, group and lag of each StreamApp, on one screen. */
export const top = engineCommand({
  name: 'top',
  example: 'weir top -f manifests/ --direct --watch',
  output: 'none',
  options: (command) => command.option('-w, --watch', 'look again every two seconds, until Ctrl-C'),
  run: async (work) =>
    showLook(
      async () => {
        const { looks, codes } = await lookAll(work)
        const text = looks.length === 0 ? '' : `${appTable(looks)}\n${dynoTable(looks)}`
        return { code: worst(codes), text }
      },
      work.given.options['watch'] === true,
      { around: work.around, clock: work.engine.clock },
    ),
})

function appTable(looks: readonly SeenLook[]): string {
  const rows = looks.map(({ look: { app, status }, group }) => [
    app.metadata.name,
    status.conditions.find(({ type }) => type === 'Ready')?.status ?? 'Unknown',
    `${status.dynos.running === 'unknown' ? '?' : status.dynos.running}/${status.dynos.desired}`,
    String(status.tasks ?? 'unknown'),
    group.kind === 'seen' ? group.group.state : 'unknown',
    group.kind === 'seen' ? String(group.group.members.length) : 'unknown',
    group.kind === 'seen' ? String(group.lag) : 'unknown',
  ])
  return renderTable([['NAME', 'READY', 'DYNOS', 'TASKS', 'GROUP', 'MEMBERS', 'LAG'], ...rows])
}

function dynoTable(looks: readonly SeenLook[]): string {
  const rows = looks.flatMap(({ look: { app, dynos } }) =>
    dynos === 'unknown'
      ? [[app.spec.app, 'unknown', '', '']]
      : dynos
          .filter(({ type }) => type === app.spec.process.type)
          .map(({ name, state, releaseVersion }) => [app.spec.app, name, state, `v${releaseVersion}`]),
  )
  return renderTable([['APP', 'DYNO', 'STATE', 'RELEASE'], ...rows])
}
