import { examine, subjectOf } from '../controller/reconcile.ts'
import { withClashes, type Seen } from './clashes-seen.ts'
import type { EngineWork } from './engine-command.ts'
import type { ExitCode } from './exit-code.ts'
import { sayBlindness, titleOf } from './say-failure.ts'

/** Looks at every StreamApp, and says what could not be looked at. What clashes with one before it is refused. */
export async function examineAll({ apps, engine, around }: EngineWork): Promise<{
  readonly seen: readonly Seen[]
  readonly codes: readonly ExitCode[]
}> {
  const seen: Seen[] = []
  const codes: ExitCode[] = []
  for (const app of apps) {
    const found = await examine(subjectOf(app), engine, around.signal)
    if (found.ok) seen.push({ app, found: found.value })
    else codes.push(sayBlindness(titleOf(app), found.error, around))
  }
  return { seen: withClashes(seen), codes }
}
