import { exitCodes } from './exit-code.ts'
import { planeCommand } from './plane/plane-command.ts'
import { appsTyped } from './plane/stream-app-path.ts'
import { waitOnPlane, type Awaited } from './plane/wait-on-plane.ts'

/** `weir wait NAME… --for=condition=Ready`: what scripts and CI wait with. */
export const wait = planeCommand({
  example: 'weir wait word-count --for=condition=Ready --timeout 5m',
  options: (command) =>
    command
      .argument('<name...>', 'StreamApps')
      .option('--for <what>', 'condition=TYPE, condition=TYPE=STATUS, or delete', 'condition=Ready')
      .option('--timeout <duration>', 'how long', '5m'),
  run: async (work) => {
    const awaited = parseAwaited(String(work.given.options['for']))
    if (awaited === undefined) {
      work.around.stderr.write('weir wait: --for takes condition=TYPE, condition=TYPE=STATUS, or delete\n')
      return exitCodes.invalid
    }
    return waitOnPlane(appsTyped(work.given.args, work.namespace), awaited, work)
  },
})

function parseAwaited(text: string): Awaited | undefined {
  if (text === 'delete') return 'gone'
  const [, type, status = 'True'] = /^condition=([A-Za-z]+)(?:=([A-Za-z]+))?$/.exec(text) ?? []
  return type === undefined ? undefined : { type, status }
}
