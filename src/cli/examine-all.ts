import { examine, subjectOf, type Examination } from '../controller/reconcile.ts'
import type { Refusal } from '../controller/plan/plan.ts'
import type { StreamApp } from '../resource/stream-app.ts'
import type { EngineWork } from './engine-command.ts'
import type { ExitCode } from './exit-code.ts'
import { sayBlindness, sayRefusals, titleOf } from './say-failure.ts'

export interface Seen {
  readonly app: StreamApp
  readonly found: Examination
}

/** Looks at every StreamApp, and says what could not be looked at. */
export async function examineAll({ apps, engine, around }: EngineWork): Promise<{
  readonly seen: readonly Seen[]
  readonly codes: readonly ExitCode[]
}> {
  const shared = sharingApps(apps)
  if (shared.length > 0) return { seen: [], codes: shared.map((refusal) => sayRefusals('weir', [refusal], around)) }
  const seen: Seen[] = []
  const codes: ExitCode[] = []
  for (const app of apps) {
    const found = await examine(subjectOf(app), engine, around.signal)
    if (found.ok) seen.push({ app, found: found.value })
    else codes.push(sayBlindness(titleOf(app), found.error, around))
  }
  return { seen, codes }
}

/** An app's config vars hold one application id, and so the settings of one StreamApp. */
function sharingApps(apps: readonly StreamApp[]): readonly Refusal[] {
  return [...Map.groupBy(apps, ({ spec }) => spec.app)]
    .filter(([, sharers]) => sharers.length > 1)
    .map(([app, sharers]) => {
      const names = sharers.map(({ metadata }) => metadata.name).join(' and ')
      const message = `StreamApps ${names} name the same Heroku app ${app}, whose STREAMS_ config vars can hold one application id. Give each an app of its own`
      return { reason: 'NameCollision', message }
    })
}
