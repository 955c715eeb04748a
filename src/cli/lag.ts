import { engineCommand, isJson } from './engine-command.ts'
import { lookAll, type SeenLook } from './look-all.ts'
import { showLook } from './refresh.ts'
import { renderTable } from './render-table.ts'
import { titleOf, worst } from './say-failure.ts'

/** `weir lag`: how far behind the group is, partition by partition, from its commits and the ends of the topics. */
export const lag = engineCommand({
  name: 'lag',
  example: 'weir lag -f manifests/word-count.yaml --direct --watch',
  output: 'text-or-json',
  options: (command) => command.option('-w, --watch', 'look again every two seconds, until Ctrl-C'),
  run: async (work) =>
    showLook(
      async () => {
        const { looks, codes } = await lookAll(work)
        const text = isJson(work.given)
          ? `${JSON.stringify(looks.map(lagJson), undefined, 2)}\n`
          : looks.map((seen) => lagText(seen, looks.length > 1)).join('')
        return { code: worst(codes), text }
      },
      work.given.options['watch'] === true,
      { around: work.around, clock: work.engine.clock },
    ),
})

function lagText({ look, group }: SeenLook, isTitled: boolean): string {
  if (group.kind === 'unknown') return ''
  const rows = group.partitions.map(({ topic, partition, committed, records }) => [
    topic,
    String(partition),
    String(committed ?? '-'),
    String(records),
  ])
  const total = ['TOTAL', '', '', String(group.lag)]
  const table = renderTable([['TOPIC', 'PARTITION', 'COMMITTED', 'LAG'], ...rows, total])
  return isTitled ? `${titleOf(look.app)}\n${table}` : table
}

function lagJson({ look, group }: SeenLook): unknown {
  const { name } = look.app.metadata
  return group.kind === 'seen' ? { name, lag: group.lag, partitions: group.partitions } : { name, lag: 'unknown' }
}
