import { artifactCache } from '../../src/local/artifact/artifact-cache.ts'
import { ready, showEvent } from '../../src/local/dev-screen.ts'
import { startPlatform, type Platform } from '../../src/local/platform.ts'
import { HerokuDoor } from './heroku-door.ts'
import { app, type Demo } from './run-demo.ts'
import type { Screen } from './screen.ts'

export interface DemoStart {
  readonly root: string
  readonly home: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly screen: Screen
  readonly signal: AbortSignal
}

export interface StartedDemo {
  readonly demo: Demo
  /** Prints how to go on by hand, and waits for Ctrl-C. */
  stay(): Promise<void>
  /** Says what went wrong, with the last words of the app. */
  explain(error: unknown): Promise<void>
  close(): Promise<void>
}

/** The local platform with its progress on the screen. Null when it could not be started, which is said. */
export async function startDemoPlatform({ root, home, env, screen, signal }: DemoStart): Promise<StartedDemo | null> {
  const platform = await started({ root, home, env, screen, signal })
  if (platform === null) return null
  const door = new HerokuDoor(platform.heroku, signal)
  const own = Object.fromEntries(
    Object.entries(env).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  )
  return {
    demo: { root, env: own, platform, door, screen, signal },
    close: () => platform.close(),
    async stay() {
      screen.line(ready(platform, undefined))
      if (signal.aborted) return
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
    },
    async explain(failure) {
      screen.line(`\ndemo: FAILED after ${screen.elapsed}: ${textOf(failure)}`)
      // The demo's own signal may have fired; this is the last that is asked.
      const log = await lastWords(new HerokuDoor(platform.heroku, AbortSignal.timeout(5_000)))
      screen.line(`\nThe app's log ends with:\n${log.replace(/^/gm, '  ')}`)
    },
  }
}

async function started({ root, home, env, screen, signal }: DemoStart): Promise<Platform | null> {
  try {
    const platform = await startPlatform({
      root,
      cache: artifactCache(env, home),
      env,
      onEvent: (event) => showEvent(event, screen),
      signal,
    })
    screen.line('')
    return platform
  } catch (error) {
    if (!signal.aborted) screen.line(`demo: FAILED: ${textOf(error)}`)
    return null
  }
}

async function lastWords(door: HerokuDoor): Promise<string> {
  try {
    return await door.log(app, 40)
  } catch (error) {
    return `(it cannot be read: ${textOf(error)})`
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
