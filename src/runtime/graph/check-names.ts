import { TopologyError } from './topology-error.ts'
import type { TopologyParts } from './topology-parts.ts'

/** What Kafka Streams calls what nobody named: a prefix of its own and a number of ten digits. */
const generated = /^K(?:STREAM|TABLE)-.*\d{10}(?:-store|-repartition)?$/

/**
 * Refuses internal topics and stores whose names hang on the order of calls: one operator more, and an app would begin
 * with empty state. `ensure.explicit.internal.resource.naming` (KIP-1111), with Kafka's words.
 */
export function checkNames({ stores, repartitionTopics }: TopologyParts): void {
  const unnamed = [...stores.values()].map(({ factory }) => factory).filter(({ name }) => generated.test(name))
  const lines = [
    line(
      'changelog topic(s)',
      unnamed.filter(({ logged }) => logged).map(({ name }) => `${name}-changelog`),
    ),
    line(
      'state store(s)',
      unnamed.map(({ name }) => name),
    ),
    line(
      'repartition topic(s)',
      [...repartitionTopics.keys()].filter((name) => generated.test(name)),
    ),
  ]
  const text = lines.join('')
  if (text !== '') throw new TopologyError(text)
}

function line(what: string, names: readonly string[]): string {
  return names.length === 0 ? '' : `Following ${what} has not been named: ${names.join(', ')}\n`
}
