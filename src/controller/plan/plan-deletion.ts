import type { DesiredDeletion } from '../desired/desire-deletion.ts'
import type { Observed } from '../observe/observed.ts'
import type { Change } from './change.ts'
import { stops } from './plan-app.ts'
import { nothingAwaited, type Plan, type Warning } from './plan.ts'

/**
 * What is still to be taken away: first the workers, which would otherwise fail
 * on what goes next; then their settings, the group, the topics. What is gone
 * already yields no change, so a deletion may be repeated.
 */
export function planDeletion(wish: DesiredDeletion, observed: Observed): Plan {
  const isOurs = runsAs(observed) === undefined || runsAs(observed) === wish.applicationId
  return {
    changes: [
      ...(isOurs ? appChanges(wish, observed) : []),
      ...(wish.deleteGroup && observed.groups?.has(wish.applicationName) === true
        ? [{ kind: 'delete-group', name: wish.applicationName } as const]
        : []),
      ...wish.topics
        .filter(({ name }) => observed.topics.get(name)?.isGoing === false)
        .map(({ name, role }): Change => ({ kind: 'delete-topic', name, role })),
    ],
    awaited:
      wish.scaleToZero && isOurs
        ? { ...nothingAwaited, stopped: { app: wish.app, types: wish.processTypes } }
        : nothingAwaited,
    refusals: wish.refusals,
    warnings: isOurs ? [] : [notOurs(wish, observed)],
  }
}

function runsAs({ configVars }: Observed): string | undefined {
  return configVars['STREAMS_APPLICATION_ID']
}

function appChanges({ app, processTypes, scaleToZero, configVars }: DesiredDeletion, observed: Observed): Change[] {
  const vars = configVars
    .filter((name) => observed.configVars[name] !== undefined)
    .map((name) => ({ name, before: observed.configVars[name] ?? null, after: null }))
  const changes: Change[] = scaleToZero ? stops(app, processTypes, observed.formation) : []
  if (vars.length > 0) changes.push({ kind: 'set-config-vars', app, vars })
  return changes
}

/** Another StreamApp has taken the app over: its dynos and settings are not this one's to take away. */
function notOurs({ app, applicationId }: DesiredDeletion, observed: Observed): Warning {
  const message = `app ${app} runs as ${runsAs(observed) ?? 'nobody'} and not as ${applicationId}: its dynos and config vars are left as they are`
  return { reason: 'AppTakenOver', message }
}
