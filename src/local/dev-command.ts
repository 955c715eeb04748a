import { describeFailure, opening, ready, readyLine, showEvent } from './dev-screen.ts'
import type { DevOptions } from './dev-options.ts'
import type { Platform, PlatformEvent, PlatformOptions } from './platform.ts'
import { TerminalLines } from './terminal-lines.ts'

export interface DevAround {
  readonly version: string
  readonly root: string
  readonly cache: PlatformOptions['cache']
  readonly env: PlatformOptions['env']
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
  /** A line that replaces itself is for a terminal only. */
  readonly isTerminal: boolean
  /** Fires with the first Ctrl-C or SIGTERM. */
  readonly stop: AbortSignal
}

/** `weir dev` from its first line to its exit code: 0 when it was asked to end, 3 when it could not start or its broker died. */
export async function runDev(options: DevOptions, around: DevAround): Promise<number> {
  const say = options.json ? around.stderr : around.stdout
  say(opening(around.version))
  const platform = await start(options, around, say)
  if (platform === null) return around.stop.aborted ? 0 : 3
  try {
    if (options.json) around.stdout(readyLine(platform))
    else say(ready(platform, options.persist))
    const end = await Promise.race([stopped(around.stop), platform.brokerExited])
    if (end !== null) {
      around.stderr(`weir dev: the Kafka broker has ended (${end}), and so everything ends. Start weir dev again.\n`)
      return 3
    }
    say('\n► stopping: dynos first, then the broker (Ctrl-C again does not wait)\n')
    return 0
  } finally {
    await platform.close()
    if (around.stop.aborted) say('✔ stopped\n')
  }
}

async function start(options: DevOptions, around: DevAround, say: (text: string) => void): Promise<Platform | null> {
  const { root, cache, env, stop } = around
  const { port, persist, memoryQuota } = options
  try {
    // Loading the platform takes longer than a person likes to look at nothing.
    const { startPlatform } = await import('./platform.ts')
    const lines = new TerminalLines(say, around.isTerminal && !options.json)
    const onEvent = (event: PlatformEvent): void => showEvent(event, lines)
    return await startPlatform({
      root,
      cache,
      env,
      port,
      persist,
      memoryQuota,
      controlPlane: true,
      onEvent,
      signal: stop,
    })
  } catch (error) {
    if (!stop.aborted) around.stderr(`weir dev: ${describeFailure(error, port)}\n`)
    return null
  }
}

function stopped(signal: AbortSignal): Promise<null> {
  if (signal.aborted) return Promise.resolve(null)
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(null), { once: true }))
}
