import { parseDuration, type DurationText } from '../base/duration.ts'
import { fail, ok, type Result } from '../base/result.ts'
import type { CleanupPolicy, StoreHint } from '../topology/changelog-policy.ts'
import type { TopologyDescription } from '../topology/description.ts'
import type { DescriptionMistake } from '../topology/description-mistake.ts'
import type { InternalTopicFacts } from '../topology/internal-topics.ts'
import { parseDescription } from '../topology/parse-description.ts'
import { operatorsDescription } from './operators-description.ts'
import type { StreamAppSpec, TopologySpec } from './stream-app.ts'

/**
 * The topology that a StreamApp declares. `asked` is what `spec.topology.describeFrom` answered,
 * where that is how it is declared; without it, such a topology is undefined: nobody knows yet.
 */
export function declaredTopology(
  { describe, operators }: TopologySpec,
  asked?: string,
): Result<TopologyDescription, readonly DescriptionMistake[]> | undefined {
  if (describe !== undefined) return parseDescription(describe)
  if (operators !== undefined) return ok(operatorsDescription(operators))
  return asked === undefined ? undefined : parseDescription(asked)
}

/**
 * What the manifest says of topics and stores, and what the cluster adds: `live` holds the partitions
 * of topics that exist, by name without prefix. The manifest goes first; where the
 * two differ the plan refuses, since partitions never change on Heroku.
 */
export function topologyFacts(spec: StreamAppSpec, live: ReadonlyMap<string, number> = new Map()): InternalTopicFacts {
  const { topology, topics, streams } = spec
  const declared = topics.flatMap(({ name, partitions }) =>
    partitions === undefined ? [] : ([[name, partitions]] as const),
  )
  const set = topology.repartitions.map(({ name, partitions }) => [name, partitions] as const)
  const byHand = (topology.operators ?? []).flatMap(({ name, partitions }) =>
    partitions === undefined ? [] : ([[`${name}-repartition`, partitions]] as const),
  )
  return {
    partitions: new Map([...live, ...declared, ...set, ...byHand]),
    matches: new Map(topology.patterns.map(({ pattern, topics: matched }) => [pattern, matched])),
    stores: [...(topology.operators ?? []).flatMap(operatorHint), ...topology.stores.map(storeHint)],
    reusesSourceTopics: optimizations(streams.config).some(
      (name) => name === 'all' || name === 'reuse.ktable.source.topics',
    ),
  }
}

/** `topology.optimization`: `none`, `all`, or a comma list. */
function optimizations(config: StreamAppSpec['streams']['config']): readonly string[] {
  return String(config['topology.optimization'] ?? 'none')
    .split(',')
    .map((name) => name.trim())
}

function storeHint({ name, windowed, retention, duplicates, logging }: TopologySpec['stores'][number]): StoreHint {
  return { name, windowed, retentionMs: ms(retention), duplicates, logging }
}

const byPolicy: Readonly<Record<CleanupPolicy | 'none', Omit<StoreHint, 'name' | 'retentionMs'>>> = {
  compact: { windowed: false },
  'compact,delete': { windowed: true },
  delete: { duplicates: true },
  none: { logging: false },
}

function operatorHint({
  name,
  changelog,
  retention,
}: NonNullable<TopologySpec['operators']>[number]): readonly StoreHint[] {
  return changelog === undefined ? [] : [{ name, retentionMs: ms(retention), ...byPolicy[changelog] }]
}

/** The schema has checked the text; only a number too large for a date could fail here. */
function ms(duration: DurationText | undefined): number | undefined {
  const parsed = duration === undefined ? fail('') : parseDuration(duration)
  return parsed.ok ? parsed.value : undefined
}
