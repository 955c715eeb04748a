import type { StoreHint } from '../../topology/changelog-policy.ts'
import type { TopologyHints } from '../../topology/topology-hints.ts'
import type { StoreFactory } from '../store/store-factory.ts'
import type { TopologyParts } from './topology-parts.ts'

/** Global stores are left out: their topic is their changelog. */
export function hintsOf({ stores, repartitionTopics, changelogOf }: TopologyParts): TopologyHints {
  return {
    stores: [...stores.values()].map(({ factory }) => hintOf(factory, changelogOf.has(factory.name))),
    repartitions: [...repartitionTopics.values()].flatMap(({ name, partitions }) =>
      partitions === undefined ? [] : [{ name, partitions }],
    ),
  }
}

/** A store that is restored from its source topic asks for no changelog either. */
function hintOf(
  { name, kind, logged, retentionMs, keepsDuplicates }: StoreFactory,
  hasOtherChangelog: boolean,
): StoreHint {
  if (!logged || hasOtherChangelog) return { name, logging: false }
  if (keepsDuplicates) return { name, duplicates: true, retentionMs }
  return kind === 'window' || kind === 'session' ? { name, windowed: true, retentionMs } : { name, windowed: false }
}
