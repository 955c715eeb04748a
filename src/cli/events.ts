import { systemClock } from '../host/system-clock.ts'
import { exitCodes, type ExitCode } from './exit-code.ts'
import { planeCommand, type PlaneWork } from './plane/plane-command.ts'
import { eventTable, planeEvents } from './plane/plane-events.ts'
import type { NamedApp } from './plane/plane-object.ts'
import { sayAppFailure } from './plane/say-object-failure.ts'
import { sayPlaneFailure } from './plane/say-plane-failure.ts'
import { appsTyped, streamAppPath } from './plane/stream-app-path.ts'

/** `weir events [NAME]`: what happened to a StreamApp, or in the whole namespace, newest first. */
export const events = planeCommand({
  example: 'weir events word-count',
  options: (command) => command.argument('[name]', 'StreamApp; everything of the namespace unless given'),
  run: async (work) => {
    const { client, namespace, given, around } = work
    const [app] = appsTyped(given.args, namespace)
    const seen = await planeEvents(client, app ?? { namespace }, around.signal)
    if (!seen.ok)
      return sayPlaneFailure(app === undefined ? 'weir events' : `streamapp/${app.name}`, seen.error, around)
    if (seen.value.length === 0) return sayNone(app, work)
    around.stdout.write(eventTable(seen.value, systemClock.now(), app === undefined).replaceAll(/^ {2}/gm, ''))
    return exitCodes.ok
  },
})

/** Of what is not there, nothing can have happened: that is a slip of the hand. */
async function sayNone(app: NamedApp | undefined, work: PlaneWork): Promise<ExitCode> {
  const { client, namespace, around } = work
  if (app !== undefined) {
    const kept = await client.ask({ method: 'GET', path: streamAppPath(app) }, around.signal)
    if (!kept.ok) return sayAppFailure(app, kept.error, work)
  }
  around.stderr.write(`no events${app === undefined ? '' : ` about ${app.name}`} in namespace ${namespace}\n`)
  return exitCodes.ok
}
