import type { ClusterTopic } from '../../heroku/kafka-data.ts'
import type { Desired, DesiredTopic } from '../desired/desired.ts'
import type { Observed } from '../observe/observed.ts'
import type { Refusal } from './plan.ts'

/** Kafka's bound on a topic name, prefix included. */
const longestName = 249

/** Names that Kafka or Heroku would refuse, or that no worker would find: all of them, before anything is written. */
export function nameRefusals(desired: Desired, observed: Observed): readonly Refusal[] {
  return [
    ...doubledPrefixes(desired, observed),
    ...tooLong(desired.topics, observed.prefix),
    ...alike(desired.topics, observed.topics),
  ]
}

/** Heroku puts the prefix before every name. A name that has it already gets it twice, and no worker finds the topic. */
function doubledPrefixes({ topics, applicationName }: Desired, { prefix, topics: live }: Observed): Refusal[] {
  if (prefix === '') return []
  const named = [...topics.filter(({ role }) => role === 'user').map(({ name }) => name), applicationName]
    .filter((name) => name.startsWith(prefix))
    .map(
      (name) =>
        `${name} begins with the cluster's prefix ${prefix}, which Heroku puts before every name: write ${name.slice(prefix.length)}`,
    )
  const made = topics
    .filter(({ name }) => live.has(`${prefix}${name}`))
    .map(
      ({ name }) =>
        `a topic ${prefix}${name} exists, so on the wire it is ${prefix}${prefix}${name}, with the prefix twice, and no worker finds it: remove it (heroku kafka:topics:destroy ${prefix}${name})`,
    )
  return [...named, ...made].map((message) => ({ reason: 'PrefixDoubled', message }))
}

function tooLong(topics: readonly DesiredTopic[], prefix: string): Refusal[] {
  return topics
    .filter(({ name }) => prefix.length + name.length > longestName)
    .map(({ name }) => ({
      reason: 'NameTooLong',
      message: `topic ${prefix}${name} has ${prefix.length + name.length} characters; Kafka allows ${longestName}. Shorten spec.applicationName, or the name of the store or operator`,
    }))
}

/** Kafka takes a dot for an underscore in the names of its metrics, and so refuses two names that differ only so. */
function alike(topics: readonly DesiredTopic[], live: ReadonlyMap<string, ClusterTopic>): Refusal[] {
  const names = new Set([...topics.map(({ name }) => name), ...live.keys()])
  return topics.flatMap(({ name }) => {
    const other = [...names].find((candidate) => candidate !== name && sameInMetrics(candidate, name))
    if (other === undefined || live.has(name)) return []
    const message = `topic ${name} differs from ${other} only by dots and underscores, which Kafka refuses: take another name`
    return [{ reason: 'NameCollision', message }]
  })
}

function sameInMetrics(one: string, other: string): boolean {
  return one.replaceAll('.', '_') === other.replaceAll('.', '_')
}
