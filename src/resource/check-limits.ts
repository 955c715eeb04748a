import { formatDuration } from '../base/format-duration.ts'
import { parseDuration } from '../base/duration.ts'
import type { InternalTopic } from '../topology/internal-topics.ts'
import { error, warning, type Finding } from './finding.ts'
import { planLimits, type Limit, type PlanLimits } from './plan-limits.ts'
import type { StreamApp, TopicSpec } from './stream-app.ts'

/** What the plan of the add-on does not allow, as far as the file names it; the cluster has the last word in `weir plan`. */
export function checkLimits({ spec }: StreamApp, internal: readonly InternalTopic[]): readonly Finding[] {
  const limits = spec.kafka.plan === undefined ? undefined : planLimits(spec.kafka.plan)
  if (limits === undefined) return []
  const counts = [
    ...spec.topics.map(({ partitions }) => partitions ?? 0),
    ...internal.map(({ partitions }) => partitions ?? 0),
  ]
  const partitions = counts.reduce((sum, count) => sum + count, 0)
  return [
    ...breach(
      limits.partitions,
      partitions,
      '/spec/kafka/plan',
      `${partitions} partitions, with those of internal topics; ${limits.plan} has ${limits.partitions.value}`,
    ),
    ...(limits.topics === undefined
      ? []
      : breach(
          limits.topics,
          counts.length,
          '/spec/kafka/plan',
          `${counts.length} topics, with internal ones; ${limits.plan} has ${limits.topics.value}`,
        )),
    ...spec.topics.flatMap((topic, index) => topicFindings(topic, index, limits)),
  ]
}

function topicFindings(
  { name, partitions, retention }: TopicSpec,
  index: number,
  limits: PlanLimits,
): readonly Finding[] {
  const path = `/spec/topics/${index}`
  const { partitionsPerTopic: most, shortestRetentionMs: shortest, longestRetentionMs: longest } = limits
  const kept = retention === undefined ? undefined : parseDuration(retention)
  const keptMs = kept?.ok ? kept.value : undefined
  return [
    ...breach(
      most,
      partitions ?? 0,
      `${path}/partitions`,
      `${name}: ${limits.plan} allows ${most.value} partitions a topic`,
    ),
    ...breach(
      longest,
      keptMs ?? 0,
      `${path}/retention`,
      `${name}: ${limits.plan} keeps records ${formatDuration(longest.value)} at most`,
    ),
    ...(keptMs !== undefined && keptMs < shortest.value
      ? [
          broken(
            shortest,
            `${path}/retention`,
            `${name}: ${limits.plan} keeps records ${formatDuration(shortest.value)} at least`,
          ),
        ]
      : []),
  ]
}

function breach(limit: Limit, value: number, path: string, message: string): readonly Finding[] {
  return value > limit.value ? [broken(limit, path, message)] : []
}

/** A limit that nobody checked may be wrong: it warns, and the plan asks the cluster. */
function broken({ verified, source }: Limit, path: string, message: string): Finding {
  return verified
    ? error(path, message, `limit from ${source}`)
    : warning(path, message, 'this limit is not confirmed; `weir plan` asks the cluster')
}
