import { parseDuration } from '../../base/duration.ts'
import type { StreamAppSpec } from '../../resource/stream-app.ts'
import type { InternalTopicFacts } from '../../topology/internal-topics.ts'

/** What the manifest says of stores, in the words of `src/topology`. */
export function storeHints({
  topology,
  streams,
}: StreamAppSpec): Pick<InternalTopicFacts, 'stores' | 'reusesSourceTopics'> {
  const optimization = String(streams.config['topology.optimization'] ?? 'none').split(',')
  return {
    stores: topology.stores.map(({ retention, ...store }) => {
      const retentionMs = retention === undefined ? undefined : parseDuration(retention)
      return { ...store, retentionMs: retentionMs?.ok === true ? retentionMs.value : undefined }
    }),
    reusesSourceTopics: optimization.some((word) => ['all', 'reuse.ktable.source.topics'].includes(word.trim())),
  }
}
