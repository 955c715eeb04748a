import type { LogLine } from '../heroku/log-stream.ts'
import type { StreamApp } from '../resource/stream-app.ts'
import { engineCommand, type EngineWork } from './engine-command.ts'
import { exitCodes, type ExitCode } from './exit-code.ts'
import { logsFromPlane } from './plane/logs-from-plane.ts'
import { appsDeclared } from './plane/declared-object.ts'
import { appsTyped } from './plane/stream-app-path.ts'
import { sayFailure, titleOf, worst } from './say-failure.ts'
import { palette } from './terminal.ts'

/** `weir logs`: what the workers print, the latest lines and with `-f` those to come. */
export const logs = engineCommand({
  name: 'logs',
  example: 'weir logs word-count --follow\n  weir logs -f manifests/word-count.yaml --direct --dyno worker.1',
  output: 'none',
  options: (command) =>
    command
      .option('--follow', 'go on with what is printed from now on, until Ctrl-C')
      .option('--dyno <name>', 'of one dyno: worker.1')
      .option('--lines <count>', 'how many that were printed before; Heroku keeps 1500', '100'),
  plane: ({ words, declared }, work) =>
    logsFromPlane([...appsTyped(words, work.namespace), ...appsDeclared(declared)], work),
  run: async (work) => {
    const codes = await Promise.all(work.apps.map((app) => tellLog(app, work)))
    return worst(codes)
  },
})

async function tellLog(app: StreamApp, { heroku, given, around }: EngineWork): Promise<ExitCode> {
  const { dyno, follow, lines } = given.options
  const count = Number(lines)
  if (!Number.isInteger(count) || count < 0 || heroku.dynos === undefined) {
    around.stderr.write(`weir logs: --lines ${String(lines)}: write a whole number, 0 or more\n`)
    return exitCodes.invalid
  }
  const wish = { lines: count, follow: follow === true, ...(typeof dyno === 'string' ? { dyno } : {}) }
  const log = await heroku.dynos.log(app.spec.app, wish, around.signal)
  if (!log.ok) return sayFailure(titleOf(app), log.error, around)
  const isAsked = (line: LogLine): boolean =>
    typeof dyno === 'string' ? line.dyno === dyno : line.dyno.startsWith(`${app.spec.process.type}.`)
  const paint = palette(around.stdout)
  for await (const line of log.value) {
    if (isAsked(line)) around.stdout.write(`${paint.dim(`${line.at} ${line.source}[${line.dyno}]:`)} ${line.text}\n`)
  }
  return exitCodes.ok
}
