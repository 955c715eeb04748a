import { systemClock } from '../host/system-clock.ts'
import { exitCodes } from './exit-code.ts'
import { eventTable } from './plane/describe-from-plane.ts'
import { planeCommand } from './plane/plane-command.ts'
import { planeEvents } from './plane/plane-events.ts'
import { sayPlaneFailure } from './plane/say-plane-failure.ts'
import { namesTyped } from './plane/stream-app-path.ts'

/** `weir events NAME`: what happened to a StreamApp, newest first. */
export const events = planeCommand({
  example: 'weir events word-count',
  options: (command) => command.argument('<name>', 'StreamApp'),
  run: async ({ client, namespace, given, around }) => {
    const [name = ''] = namesTyped(given.args)
    const seen = await planeEvents(client, { namespace, name }, around.signal)
    if (!seen.ok) return sayPlaneFailure(`streamapp/${name}`, seen.error, around)
    if (seen.value.length === 0) around.stderr.write(`no events about ${name} in namespace ${namespace}\n`)
    around.stdout.write(eventTable(seen.value, systemClock.now()).replaceAll(/^ {2}/gm, ''))
    return exitCodes.ok
  },
})
