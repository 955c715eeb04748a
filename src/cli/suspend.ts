import { parseDuration } from '../base/duration.ts'
import { systemClock } from '../host/system-clock.ts'
import { exitCodes, type ExitCode } from './exit-code.ts'
import { planeCommand, type PlaneWork } from './plane/plane-command.ts'
import { sayAppFailure } from './plane/say-object-failure.ts'
import { appsTyped, streamAppPath } from './plane/stream-app-path.ts'

const reason = 'streams.weirkeeper.dev/suspend-reason'
const until = 'streams.weirkeeper.dev/suspend-until'

/** `weir suspend NAME`: the controller looks and tells, and changes nothing, until it is resumed or the time is over. */
export const suspend = planeCommand({
  example: 'weir suspend word-count --reason "moving to another app" --for 2h',
  options: (command) =>
    command
      .argument('<name...>', 'StreamApps')
      .option('--reason <text>', 'why, for whoever finds it suspended')
      .option('--for <duration>', 'goes on by itself after this time'),
  run: async (work) => {
    const { reason: why, for: time } = work.given.options
    const duration = typeof time === 'string' ? parseDuration(time) : undefined
    if (duration?.ok === false) {
      work.around.stderr.write(`weir suspend: --for ${String(time)}: write a duration such as 2h or 30m\n`)
      return exitCodes.invalid
    }
    const ends = duration === undefined ? null : new Date(systemClock.now() + duration.value).toISOString()
    return patchAll(work, true, { [reason]: typeof why === 'string' ? why : null, [until]: ends })
  },
})

/** `weir resume NAME`: the controller goes on with it. */
export const resume = planeCommand({
  example: 'weir resume word-count',
  options: (command) => command.argument('<name...>', 'StreamApps'),
  run: (work) => patchAll(work, false, { [reason]: null, [until]: null }),
})

async function patchAll(
  work: PlaneWork,
  isSuspended: boolean,
  annotations: Readonly<Record<string, string | null>>,
): Promise<ExitCode> {
  const { client, given, around } = work
  for (const app of appsTyped(given.args, work.namespace)) {
    const body = { metadata: { annotations }, spec: { suspend: isSuspended } }
    const call = {
      method: 'PATCH',
      path: streamAppPath(app),
      body,
      contentType: 'application/merge-patch+json',
    } as const
    const reply = await client.ask(call, around.signal)
    if (!reply.ok) return sayAppFailure(app, reply.error, work)
    around.stdout.write(`streamapp/${app.name} ${isSuspended ? 'suspended' : 'resumed'}\n`)
  }
  return exitCodes.ok
}
