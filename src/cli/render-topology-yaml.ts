import { formatDuration } from '../base/format-duration.ts'
import type { StoreHint } from '../topology/changelog-policy.ts'
import type { TopologyDescription } from '../topology/description.ts'
import { internalTopics, type InternalTopic } from '../topology/internal-topics.ts'
import type { TopologyHints } from '../topology/topology-hints.ts'

/** `spec.topology` of a manifest: the text, and of the stores what the text alone leaves open. */
export function renderTopologyYaml(text: string, description: TopologyDescription, hints: TopologyHints): string {
  const facts = {
    partitions: new Map<string, number>(),
    matches: new Map<string, readonly string[]>(),
    reusesSourceTopics: false,
  }
  const unsaid = internalTopics(description, 'app', { ...facts, stores: [] })
  const stores = hints.stores.filter((hint) => unsaid.some((topic) => needs(topic, hint))).map(storeItem)
  const repartitions = hints.repartitions.map(
    ({ name, partitions }) => `{ name: ${scalar(name)}, partitions: ${partitions} }`,
  )
  return [
    'topology:',
    '  describe: |',
    ...text
      .trimEnd()
      .split('\n')
      .map((line) => (line === '' ? '' : `    ${line}`)),
    ...list('stores', stores),
    ...list('repartitions', repartitions),
    '',
  ].join('\n')
}

function needs({ store, cleanupPolicy, retentionMs }: InternalTopic, hint: StoreHint): boolean {
  return store === hint.name && (cleanupPolicy === 'uncertain' || retentionMs === 'uncertain' || hint.logging === false)
}

function storeItem({ name, windowed, duplicates, retentionMs, logging }: StoreHint): string {
  const said = [
    `name: ${scalar(name)}`,
    ...(windowed === undefined ? [] : [`windowed: ${windowed}`]),
    ...(duplicates === undefined ? [] : [`duplicates: ${duplicates}`]),
    ...(retentionMs === undefined ? [] : [`retention: ${formatDuration(retentionMs)}`]),
    ...(logging === undefined ? [] : [`logging: ${logging}`]),
  ]
  return `{ ${said.join(', ')} }`
}

/** Quoted where YAML would read something else: a number, a list, a comment. */
function scalar(name: string): string {
  return /^[A-Za-z][\w.-]*$/.test(name) && !/^(true|false|null)$/i.test(name) ? name : JSON.stringify(name)
}

const list = (field: string, items: readonly string[]) =>
  items.length === 0 ? [] : [`  ${field}:`, ...items.map((item) => `    - ${item}`)]
