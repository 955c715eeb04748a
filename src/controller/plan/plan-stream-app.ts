import type { Desired } from '../desired/desired.ts'
import type { Observed } from '../observe/observed.ts'
import type { Change } from './change.ts'
import { limitRefusals } from './check-limits.ts'
import type { Plan, Refusal } from './plan.ts'
import { appChanges, applicationIdRefusals, processTypeRefusals, strayConfigVars } from './plan-app.ts'
import { planTopics } from './plan-topics.ts'

/**
 * What must change for the world to be as desired, in the order in which it is
 * done: topics and group, so that a worker that starts finds them; then the
 * config vars; then the dynos. A settled world yields no change.
 */
export function planStreamApp(desired: Desired, observed: Observed): Plan {
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
      ...applicationIdRefusals(desired, observed),
      ...doubledPrefixes(desired, observed),
      ...topics.refusals,
      ...(observed.cluster === null ? [] : limitRefusals(topicChanges, observed.topics, observed.cluster)),
    ],
    warnings: [...desired.warnings, ...topics.warnings, ...strayConfigVars(desired, observed)],
  }
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

/** Heroku puts the prefix before every name. A name that has it already gets it twice, and no worker finds the topic. */
function doubledPrefixes({ topics, applicationName }: Desired, { prefix, topics: live }: Observed): readonly Refusal[] {
  if (prefix === '') return []
  const named = [...topics.map(({ name }) => name), applicationName]
    .filter((name) => name.startsWith(prefix))
    .map(
      (name) =>
        `${name} begins with the cluster's prefix ${prefix}, which Heroku puts before every name: write ${name.slice(prefix.length)}`,
    )
  const made = topics
    .map(({ name }) => `${prefix}${name}`)
    .filter((name) => live.has(name))
    .map(
      (name) =>
        `a topic ${name} exists, so on the wire it is ${prefix}${name}, with the prefix twice: remove it (heroku kafka:topics:destroy ${name}), since workers look for ${name}`,
    )
  return [...named, ...made].map((message) => ({ reason: 'PrefixDoubled', message }))
}
