import { fail, ok, type Result } from '../base/result.ts'
import { exitCodes } from './exit-code.ts'
import { parseJsonPath } from './output/json-path.ts'
import { planeCommand } from './plane/plane-command.ts'
import { appsTyped } from './plane/stream-app-path.ts'
import { waitOnPlane, type Awaited } from './plane/wait-on-plane.ts'

/** `weir wait NAME… --for=condition=Ready`: what scripts and CI wait with. */
export const wait = planeCommand({
  example: 'weir wait word-count --for=condition=Ready --timeout 5m',
  options: (command) =>
    command
      .argument('<name...>', 'StreamApps')
      .option('--for <what>', 'condition=TYPE[=STATUS], jsonpath=TEMPLATE[=VALUE], create or delete', 'condition=Ready')
      .option('--timeout <duration>', 'how long', '5m'),
  run: async (work) => {
    const awaited = parseAwaited(String(work.given.options['for']))
    if (!awaited.ok) {
      work.around.stderr.write(`weir wait: ${awaited.error}\n`)
      return exitCodes.invalid
    }
    return waitOnPlane(appsTyped(work.given.args, work.namespace), awaited.value, work)
  },
})

function parseAwaited(text: string): Result<Awaited, string> {
  if (text === 'delete') return ok('gone')
  if (text === 'create') return ok('there')
  const [, template, value] = /^jsonpath=(\{.*\}|[^={}]+)(?:=(.*))?$/s.exec(text) ?? []
  if (template !== undefined) {
    const parsed = parseJsonPath(template)
    return parsed.ok ? ok({ template: parsed.value, value }) : fail(`--for=jsonpath: ${parsed.error}`)
  }
  const [, type, status = 'True'] = /^condition=([A-Za-z]+)(?:=([A-Za-z]+))?$/.exec(text) ?? []
  return type === undefined
    ? fail('--for takes condition=TYPE[=STATUS], jsonpath=TEMPLATE[=VALUE], create or delete')
    : ok({ type, status })
}
