import type { TopologyDescription } from '../topology/description.ts'
import { tableTopic, type InternalTopic } from '../topology/internal-topics.ts'
import { error, warning, type Finding } from './finding.ts'
import type { StreamApp, TopologySpec } from './stream-app.ts'

/** What must be known of stores before their changelogs can be made, and hints that fit nothing. */
export function checkStores(
  app: StreamApp,
  description: TopologyDescription,
  internal: readonly InternalTopic[],
): readonly Finding[] {
  return [
    ...internal.flatMap((topic) => doubtOf(topic, app.spec.topology)),
    ...app.spec.topology.stores.flatMap((hint, index) => hintFindings(hint, index, storesOf(description))),
    ...restoredFromSource(app, description),
  ]
}

/** A changelog that could be made wrongly is not made: its owner is asked. */
function doubtOf(
  { store, cleanupPolicy, retentionMs, because }: InternalTopic,
  topology: TopologySpec,
): readonly Finding[] {
  const path = topology.operators === undefined ? '/spec/topology/stores' : '/spec/topology/operators'
  if (cleanupPolicy === 'uncertain') {
    const keyValue = `{ name: ${store}, windowed: false }`
    const windowed = `{ name: ${store}, windowed: true, retention: 25h }`
    return [
      {
        ...warning(
          path,
          `cleanup policy of the changelog of ${store} is uncertain: ${because}`,
          `add to spec.topology.stores ${keyValue} or ${windowed}`,
        ),
        part: 'key',
      },
    ]
  }
  if (retentionMs !== 'uncertain') return []
  const hint = `add retention to the entry of ${store} in spec.topology.${topology.operators === undefined ? 'stores' : 'operators'}: the store's own, as the app sets it`
  return [{ ...warning(path, `retention of the changelog of ${store} is uncertain (${because})`, hint), part: 'key' }]
}

function storesOf({ subtopologies }: TopologyDescription): readonly string[] {
  const nodes = subtopologies.flatMap((subtopology) => subtopology.nodes)
  return [...new Set(nodes.flatMap((node) => (node.kind === 'processor' ? node.stores : [])))]
}

function hintFindings(
  hint: TopologySpec['stores'][number],
  index: number,
  stores: readonly string[],
): readonly Finding[] {
  const path = `/spec/topology/stores/${index}`
  const unknown = stores.includes(hint.name)
    ? []
    : [
        error(
          `${path}/name`,
          `the topology has no store ${hint.name}`,
          stores.length === 0 ? 'it has no stores at all' : `it has ${stores.join(', ')}`,
        ),
      ]
  const contradiction =
    hint.windowed === false && (hint.retention !== undefined || hint.duplicates === true)
      ? [
          error(
            `${path}/windowed`,
            `${hint.name} is said not to be windowed, and given what only a windowed store has`,
            'remove windowed: false, or retention and duplicates',
          ),
        ]
      : []
  return [...unknown, ...contradiction]
}

/** With the optimisation on, a source topic that drops records by age drops state. */
function restoredFromSource({ spec }: StreamApp, { subtopologies }: TopologyDescription): readonly Finding[] {
  if (!/all|reuse\.ktable\.source\.topics/.test(String(spec.streams.config['topology.optimization'] ?? ''))) return []
  const tables = subtopologies.flatMap((subtopology) =>
    subtopology.nodes.flatMap((node) =>
      node.kind === 'processor' ? node.stores.map((store) => tableTopic(subtopology, store)) : [],
    ),
  )
  return spec.topics.flatMap(({ name, cleanupPolicy }, index) =>
    tables.includes(name) && cleanupPolicy !== undefined && cleanupPolicy !== 'compact'
      ? [
          warning(
            `/spec/topics/${index}/cleanupPolicy`,
            `a table is restored from ${name} (topology.optimization), which drops records by age`,
            'use cleanupPolicy: compact',
          ),
        ]
      : [],
  )
}
