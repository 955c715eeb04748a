import type { Desired } from '../desired/desired.ts'
import type { Observed } from '../observe/observed.ts'
import type { Change } from './change.ts'
import { nameRefusals } from './check-names.ts'
import { limitRefusals } from './check-limits.ts'
import { nothingAwaited, type Plan } from './plan.ts'
import { appChanges, applicationIdRefusals, processTypeRefusals, strayConfigVars, tierRefusals } from './plan-app.ts'
import { planTopics } from './plan-topics.ts'

/**
 * What must change for the world to be as desired, in the order in which it is
 * done: topics and group, so that a worker that starts finds them; then the
 * config vars; then the dynos. A settled world yields no change.
 */
export function planStreamApp(desired: Desired, observed: Observed): Plan {
  if (desired.suspended) return suspendedPlan
  const topics = planTopics(desired.topics, observed.topics, observed.cluster)
  const group = groupChanges(desired, observed)
  const topicChanges = topics.changes.filter(isTopicChange)
  return {
    changes: [...topics.changes, ...group, ...appChanges(desired, observed)],
    awaited: {
      topics: topics.awaited,
      groups: group.flatMap((change) => (change.kind === 'create-group' ? [change.name] : [])),
    },
    refusals: [
      ...desired.refusals,
      ...processTypeRefusals(desired, observed),
      ...tierRefusals(desired, observed),
      ...applicationIdRefusals(desired, observed),
      ...nameRefusals(desired, observed),
      ...topics.refusals,
      ...(observed.cluster === null ? [] : limitRefusals(topicChanges, observed.topics, observed.cluster)),
    ],
    warnings: [...desired.warnings, ...topics.warnings, ...strayConfigVars(desired, observed)],
  }
}

const suspendedPlan: Plan = {
  changes: [],
  awaited: nothingAwaited,
  refusals: [],
  warnings: [{ reason: 'Suspended', message: 'spec.suspend is true: everything is left as it is' }],
}

/** Whether the cluster's limits decide anything about this plan. */
export function needsLimits({ changes }: Plan): boolean {
  return changes.some(isTopicChange)
}

type TopicChange = Extract<Change, { readonly kind: 'create-topic' | 'configure-topic' }>

function isTopicChange(change: Change): change is TopicChange {
  return change.kind === 'create-topic' || change.kind === 'configure-topic'
}

/** On a dedicated plan any group may be joined, and Heroku refuses to make one. */
function groupChanges({ applicationName }: Desired, { groups }: Observed): readonly Change[] {
  return groups === null || groups.has(applicationName) ? [] : [{ kind: 'create-group', name: applicationName }]
}
