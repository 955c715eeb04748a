import { backoffMs } from '../base/backoff.ts'
import type { StreamApp } from '../resource/stream-app.ts'
import type { EngineWork } from './engine-command.ts'
import { exitCodes, type ExitCode } from './exit-code.ts'
import { lookAt } from './look.ts'
import { sayBlindness, titleOf } from './say-failure.ts'

/** Looks until Ready is true, says each time that what is missing changes, and gives up early on what will not pass. */
export async function waitUntilReady(app: StreamApp, work: EngineWork): Promise<ExitCode> {
  const { engine, around } = work
  const title = titleOf(app)
  const untilMs = engine.clock.now() + engine.patience.withinMs
  for (let said = '', look = 1; ; look += 1) {
    around.signal.throwIfAborted()
    const seen = await lookAt(app, work)
    if (!seen.ok) return sayBlindness(title, seen.error, around)
    const { conditions } = seen.value.status
    const ready = conditions.find(({ type }) => type === 'Ready')
    if (ready?.status === 'True') {
      around.stdout.write(`${title} ready\n`)
      return exitCodes.ok
    }
    const why = ready?.message ?? 'nothing is known of it'
    if (conditions.some(({ type }) => type === 'Stalled')) {
      around.stderr.write(`${title}: ${why}\n`)
      return exitCodes.conflict
    }
    if (engine.clock.now() >= untilMs) {
      around.stderr.write(
        `${title}: not ready in time: ${why}. See weir describe, and heroku logs -a ${app.spec.app}\n`,
      )
      return exitCodes.timedOut
    }
    if (why !== said) around.stderr.write(`◎ ${title}: ${why}\n`)
    said = why
    await engine.clock.sleep(backoffMs(engine.patience, look, 1), around.signal)
  }
}
