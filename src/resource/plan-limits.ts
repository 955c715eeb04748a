const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** A number, where it comes from, and whether somebody checked it. */
export interface Limit {
  readonly value: number
  readonly source: string
  /** False: from memory; breaking it is a warning, never a refusal. */
  readonly verified: boolean
}

export interface PlanLimits {
  readonly plan: string
  /** On a shared cluster: with a prefix, without topic creation of one's own. */
  readonly isShared: boolean
  readonly partitions: Limit
  readonly partitionsPerTopic: Limit
  readonly topics: Limit | undefined
  readonly shortestRetentionMs: Limit
  readonly longestRetentionMs: Limit
}

const multiTenantPage = 'https://devcenter.heroku.com/articles/multi-tenant-kafka-on-heroku (2024-09)'
const managingPage = 'https://devcenter.heroku.com/articles/managing-kafka-on-heroku (2026-06)'
const fromMemory = 'recalled, not found in a document'

const documented = (value: number, source: string): Limit => ({ value, source, verified: true })
const recalled = (value: number): Limit => ({ value, source: fromMemory, verified: false })

const basicPartitions: Readonly<Record<string, number>> = { 'basic-0': 240, 'basic-1': 480, 'basic-2': 960 }

/**
 * What a plan allows, for checks without the cluster. The cluster says for itself
 * (`limits` of the Kafka data API), and then its word goes.
 */
export function planLimits(plan: string): PlanLimits | undefined {
  const shared = basicPartitions[plan]
  if (shared !== undefined) {
    return {
      plan,
      isShared: true,
      partitions: documented(shared, multiTenantPage),
      partitionsPerTopic: recalled(48),
      topics: recalled(40),
      shortestRetentionMs: recalled(dayMs),
      longestRetentionMs: recalled(7 * dayMs),
    }
  }
  const size = /^(?:private-|shield-|private-shield-)?(standard|extended)-[012]$/.exec(plan)?.[1]
  if (size === undefined) return undefined
  return {
    plan,
    isShared: false,
    partitions: documented(size === 'extended' ? 32_000 : 12_000, managingPage),
    partitionsPerTopic: documented(mostPartitionsOfATopic, managingPage),
    topics: undefined,
    shortestRetentionMs: documented(6 * hourMs, managingPage),
    longestRetentionMs: documented((size === 'extended' ? 42 : 14) * dayMs, managingPage),
  }
}

/** No plan of Heroku's allows more. */
export const mostPartitionsOfATopic = 256
