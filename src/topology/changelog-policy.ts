import type { ProcessorNode } from './description.ts'

export type CleanupPolicy = 'compact' | 'compact,delete' | 'delete'

/** What the owner says of a store, since `describe()` does not. Left out means not said. */
export interface StoreHint {
  readonly name: string
  /** Window or session store. */
  readonly windowed?: boolean | undefined
  readonly retentionMs?: number | undefined
  /** Keeps several values a key, as the windows of stream-stream joins do. */
  readonly duplicates?: boolean | undefined
  /** False: the store has no changelog topic. */
  readonly logging?: boolean | undefined
}

export interface ChangelogPolicy {
  readonly cleanupPolicy: CleanupPolicy | 'uncertain'
  /** Milliseconds the topic must keep; `none` where compaction alone rules, `uncertain` where the owner must say. */
  readonly retentionMs: number | 'none' | 'uncertain'
  /** The rule that decided, for people. */
  readonly because: string
}

/** `windowstore.changelog.additional.retention.ms`, Kafka Streams' default. */
const additionalRetentionMs = 24 * 60 * 60 * 1000

/**
 * How the changelog of a store must be cleaned up: what the owner says goes first, then what the
 * names tell. Source: `createChangelogTopicConfig` in Kafka's InternalTopologyBuilder, 4.3.1.
 */
export function changelogPolicy(store: string, nodes: readonly ProcessorNode[], hint?: StoreHint): ChangelogPolicy {
  return saidBy(hint, store) ?? toldByName(store, nodes) ?? uncertain
}

const uncertain: ChangelogPolicy = {
  cleanupPolicy: 'uncertain',
  retentionMs: 'uncertain',
  because: 'describe() does not say whether this store is windowed',
}
const keyValue = (because: string): ChangelogPolicy => ({ cleanupPolicy: 'compact', retentionMs: 'none', because })
const kept = (cleanupPolicy: CleanupPolicy, retentionMs: number | undefined, because: string): ChangelogPolicy => ({
  cleanupPolicy,
  retentionMs: retentionMs === undefined ? 'uncertain' : retentionMs + additionalRetentionMs,
  because,
})

function saidBy(hint: StoreHint | undefined, store: string): ChangelogPolicy | undefined {
  if (hint === undefined) return undefined
  const { duplicates, windowed, retentionMs } = hint
  const duplicated = duplicates ?? (windowed !== false && isJoinWindow(store))
  if (duplicated) return kept('delete', retentionMs, 'the store keeps duplicates, which compaction would lose')
  if (windowed === true || (windowed === undefined && retentionMs !== undefined)) {
    return kept('compact,delete', retentionMs, 'the manifest says that the store is windowed')
  }
  return windowed === false ? keyValue('the manifest says that the store is not windowed') : undefined
}

/** Windows of a stream-stream join: StreamJoinedStoreFactory keeps duplicates and overrides the policy to `delete`. */
function isJoinWindow(store: string): boolean {
  return /^KSTREAM-(JOINTHIS|JOINOTHER|OUTERTHIS|OUTEROTHER)-\d{10}-store$|-(this|other)-join-store$/.test(store)
}

function toldByName(store: string, nodes: readonly ProcessorNode[]): ChangelogPolicy | undefined {
  if (isJoinWindow(store)) return kept('delete', undefined, 'windows of a stream-stream join keep duplicates')
  const rule = keyValueNames.find(({ pattern }) => pattern.test(store)) ?? keyValueNodeOf(store, nodes)
  return rule && keyValue(rule.because)
}

const keyValueNames: readonly { readonly pattern: RegExp; readonly because: string }[] = [
  { pattern: /^KTABLE-(AGGREGATE|REDUCE)-STATE-STORE-\d{10}$/, because: 'an aggregation of a table is never windowed' },
  { pattern: /^KTABLE-SUPPRESS-STATE-STORE-\d{10}$/, because: 'the buffer of suppress() is logged by key' },
  {
    pattern: /^KTABLE-FK-JOIN-SUBSCRIPTION-STATE-STORE-\d{10}$/,
    because: 'subscriptions of a foreign-key join are logged by key',
  },
  {
    pattern: /^KSTREAM-OUTERSHARED-\d{10}-store$|-(left|outer)-shared-join-store$/,
    because: 'the unmatched records of a left or outer join are logged by key',
  },
  {
    pattern: /^(?!(KSTREAM|COGROUPKSTREAM)-).*-STATE-STORE-\d{10}$/,
    because: 'the store of a table read from a topic is logged by key',
  },
]

/** Nodes whose store is a key-value store whatever it is called. */
const keyValueNodes: readonly { readonly pattern: RegExp; readonly because: string }[] = [
  { pattern: /^KTABLE-SOURCE-\d{10}$/, because: 'the store of a table read from a topic is logged by key' },
  { pattern: /^KTABLE-(AGGREGATE|REDUCE)-\d{10}$/, because: 'an aggregation of a table is never windowed' },
  {
    pattern: /^KTABLE-(FILTER|MAPVALUES|MERGE)-\d{10}$/,
    because: 'what a table operation stores is logged by key',
  },
  { pattern: /^KTABLE-SUPPRESS-\d{10}$/, because: 'the buffer of suppress() is logged by key' },
  { pattern: /^KTABLE-FK-JOIN-OUTPUT-\d{10}$/, because: 'the result of a foreign-key join is logged by key' },
  { pattern: /^KSTREAM-TOTABLE-\d{10}$/, because: 'a stream turned into a table is logged by key' },
]

function keyValueNodeOf(store: string, nodes: readonly ProcessorNode[]): { readonly because: string } | undefined {
  for (const { name, predecessors } of nodes) {
    const known = keyValueNodes.find(({ pattern }) => pattern.test(name))
    if (known) return known
    // Kafka's own endings for what it adds to a node that carries a name of the user's.
    if (predecessors.includes(`${name}-source`))
      return { because: 'the store of a table read from a topic is logged by key' }
    if (store === `${name}-Buffer`) return { because: 'the buffer of a join with grace is logged by key' }
    if (name.endsWith('-subscription-receive'))
      return { because: 'subscriptions of a foreign-key join are logged by key' }
    if (predecessors.some((other) => other.endsWith('-subscription-response-resolver'))) {
      return { because: 'the result of a foreign-key join is logged by key' }
    }
  }
  return undefined
}
