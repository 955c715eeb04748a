import { ok, type Result } from '../base/result.ts'
import type { Blindness } from '../controller/observe/observe.ts'
import { examine, subjectOf, type Examination } from '../controller/reconcile.ts'
import type { StreamAppStatus } from '../controller/status/status.ts'
import { summarize } from '../controller/status/summarize.ts'
import type { RunningDyno } from '../heroku/platform.ts'
import type { StreamApp } from '../resource/stream-app.ts'
import type { EngineWork } from './engine-command.ts'

export interface Look {
  readonly app: StreamApp
  readonly found: Examination
  readonly status: StreamAppStatus
  readonly dynos: readonly RunningDyno[] | 'unknown'
}

/** Everything of one StreamApp, its dynos included; where those cannot be seen they are unknown. */
export async function lookAt(app: StreamApp, { engine, around }: EngineWork): Promise<Result<Look, Blindness>> {
  const found = await examine(subjectOf(app), engine, around.signal)
  if (!found.ok) return found
  const [dynos, release] = await Promise.all([
    engine.platform.dynos(app.spec.app, around.signal),
    engine.platform.currentRelease(app.spec.app, around.signal),
  ])
  const seen = dynos.ok && release.ok ? { dynos: dynos.value, release: release.value } : ({ dynos: 'unknown' } as const)
  return ok({ app, found: found.value, dynos: seen.dynos, status: summarize({ ...found.value, ...seen }) })
}
