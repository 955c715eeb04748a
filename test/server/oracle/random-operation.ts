import type { Json, JsonObject } from '../../../src/record/record.ts'
import { isList, isMap } from '../../../src/record/managed-fields/json.ts'
import type { Chance } from './chance.ts'
import { gadgetVersion } from './gadget-definition.ts'
import type { Operation } from './operation.ts'
import { randomMetadata, randomSpec, randomStatus } from './random-gadget.ts'

type Drawn = Omit<Operation, 'at'>

type Next = (chance: Chance, current: JsonObject) => Drawn

/** Of a hundred requests: all below this number that no line above takes. */
const likely: readonly (readonly [below: number, Next])[] = [
  [40, (chance) => applyOf(chance, '')],
  [52, (chance) => applyOf(chance, 'status')],
  [62, replaceOf],
  [64, rewriteOf],
  [80, mergeOf],
  [87, jsonOf],
  [95, statusOf],
  [98, () => drawn('delete', {}, 'deleter')],
  [100, createOf],
]

/** In a crowd many write a field each, and few take from another. */
const inCrowd: readonly (readonly [below: number, Next])[] = [[80, crowdOf], ...likely.filter(([below]) => below > 80)]

/** The next request of a run, knowing what the last answer showed. */
export function randomOperation(chance: Chance, current: JsonObject | undefined, isCrowd: boolean): Drawn {
  if (current === undefined) return chance.percent(50) ? createOf(chance) : applyOf(chance, '', 0)
  const draw = chance.below(100)
  const [, next] = (isCrowd ? inCrowd : likely).find(([below]) => draw < below) ?? [100, createOf]
  return next(chance, current)
}

function drawn(verb: Operation['verb'], body: Json, manager: string, more: Partial<Drawn> = {}): Drawn {
  return { verb, subresource: '', manager, force: false, body, ...more }
}

function gadget(metadata: JsonObject, rest: JsonObject): JsonObject {
  return { apiVersion: gadgetVersion, kind: 'Gadget', metadata: { name: '$name', ...metadata }, ...rest }
}

function updaterOf(chance: Chance): string {
  return chance.percent(70)
    ? chance.pick(['edit', 'kubectl-client-side-apply', 'controller'])
    : `updater-${chance.below(14)}`
}

function createOf(chance: Chance): Drawn {
  const manager = updaterOf(chance)
  const rest = { spec: randomSpec(chance), ...(chance.percent(20) ? { status: randomStatus(chance) } : {}) }
  const body = gadget(randomMetadata(chance), rest)
  return drawn('create', manager === 'kubectl-client-side-apply' ? withLastApplied(body) : body, manager)
}

function applyOf(chance: Chance, subresource: '' | 'status', versioned = 6): Drawn {
  const manager = chance.pick(['kubectl', 'one', 'two', 'three'])
  const hasSpec = chance.percent(subresource === '' ? 90 : 15)
  const hasStatus = chance.percent(subresource === '' ? 10 : 90)
  const metadata = appliedMetadata(chance, manager === 'kubectl' ? 0 : versioned)
  const body = gadget(metadata, {
    ...(hasSpec ? { spec: chance.percent(4) ? wrongSpec(chance) : randomSpec(chance, 30) } : {}),
    ...(hasStatus ? { status: randomStatus(chance) } : {}),
  })
  return drawn('apply', body, manager, { subresource, force: chance.percent(45) })
}

function appliedMetadata(chance: Chance, versioned: number): JsonObject {
  const version = chance.percent(versioned)
    ? chance.pick([{ resourceVersion: '1' }, { resourceVersion: '$current' }])
    : {}
  const entries = chance.percent(2) ? { managedFields: chance.pick<Json>([[], [{}], null]) } : {}
  return { ...(chance.percent(40) ? randomMetadata(chance) : {}), ...version, ...entries }
}

function wrongSpec(chance: Chance): Json {
  return chance.pick<Json>([
    { nope: 1 },
    { title: 5 },
    { tags: ['a', 'a'] },
    { parts: [{ name: 'a' }, { name: 'a' }] },
    { parts: [{ weight: 1 }] },
    { options: ['a'] },
    { numbers: 'a' },
    { size: 1000 },
    { mode: 'odd' },
    { nested: { two: 'a' } },
  ])
}

function replaceOf(chance: Chance, current: JsonObject): Drawn {
  const version = chance.pick([{ resourceVersion: '$current' }, { resourceVersion: '$current' }, {}])
  const asked = chance.percent(5) ? { resourceVersion: '1' } : version
  const manager = updaterOf(chance)
  if (chance.percent(50)) {
    const body = gadget({ ...randomMetadata(chance), ...asked }, { spec: randomSpec(chance) })
    return drawn('replace', manager === 'kubectl-client-side-apply' ? withLastApplied(body) : body, manager)
  }
  const spec = isMap(current['spec']) ? current['spec'] : {}
  const metadata = isMap(current['metadata']) ? current['metadata'] : {}
  const changed = { ...current, metadata: { ...metadata, ...asked }, spec: { ...spec, ...randomSpec(chance, 15) } }
  return drawn('replace', changed, manager)
}

function crowdOf(chance: Chance): Drawn {
  const name = `updater-${chance.below(16)}`
  return drawn('merge', { metadata: { annotations: { [name]: chance.pick(['x', 'y']) } } }, name)
}

/** A client that knows better who owns what. */
function rewriteOf(chance: Chance, current: JsonObject): Drawn {
  const metadata = isMap(current['metadata']) ? current['metadata'] : {}
  const entries = isList(metadata['managedFields']) ? metadata['managedFields'] : []
  const managedFields = chance.pick<Json>([
    entries.slice(1),
    entries.toReversed(),
    entries.map((entry) => (isMap(entry) ? { ...entry, manager: 'rewritten' } : entry)),
    entries.map((entry) => (isMap(entry) ? { ...entry, operation: 'Apply' } : entry)),
    [{}],
    [],
  ])
  const body = { ...current, metadata: { ...metadata, managedFields, resourceVersion: '$current' } }
  return drawn('replace', body, updaterOf(chance))
}

function mergeOf(chance: Chance): Drawn {
  const manager = updaterOf(chance)
  const metadata = chance.percent(50) ? mergeMetadata(chance) : undefined
  const spec = chance.percent(80)
    ? chance.percent(5)
      ? wrongSpec(chance)
      : withNulls(chance, randomSpec(chance, 20))
    : undefined
  const body = {
    ...(metadata === undefined ? {} : { metadata }),
    ...(spec === undefined ? {} : { spec }),
    ...(chance.percent(10) ? { status: randomStatus(chance) } : {}),
    ...(chance.percent(5) ? { extra: 1 } : {}),
  }
  return drawn('merge', manager === 'kubectl-client-side-apply' ? withLastApplied(body) : body, manager)
}

function mergeMetadata(chance: Chance): JsonObject {
  if (chance.percent(4)) return { managedFields: chance.pick<Json>([[], [{}]]) }
  return {
    ...withNulls(chance, randomMetadata(chance)),
    ...(chance.percent(5) ? { labels: null } : {}),
  }
}

/** In a merge patch null takes away. */
function withNulls(chance: Chance, map: JsonObject): JsonObject {
  const entries = Object.entries(map).map(([name, item]): [string, Json] => [
    name,
    chance.percent(25) ? null : isMap(item) ? withNulls(chance, item) : item,
  ])
  return Object.fromEntries(entries)
}

function jsonOf(chance: Chance): Drawn {
  const operations = chance.some<Json>(
    [
      { op: 'add', path: '/spec/title', value: chance.pick(['patched', 'x', 'y']) },
      { op: 'remove', path: chance.pick(['/spec/options', '/spec/tags', '/spec/title', '/spec/free']) },
      { op: 'replace', path: '/spec/size', value: chance.below(120) },
      { op: 'add', path: '/spec/options', value: { [chance.pick(['a', 'b'])]: 'json' } },
      { op: 'test', path: '/spec/mode', value: 'slow' },
      { op: 'add', path: '/metadata/labels', value: { from: 'json' } },
    ],
    30,
  )
  return drawn('json', operations, updaterOf(chance))
}

function statusOf(chance: Chance): Drawn {
  const status = randomStatus(chance)
  const more = { subresource: 'status' } as const
  if (chance.percent(20)) {
    const version = chance.percent(90) ? { resourceVersion: '$current' } : {}
    return drawn('replace', gadget({ ...randomMetadata(chance), ...version }, { status }), 'controller', more)
  }
  const body = chance.percent(10) ? { status, spec: { title: 'no' }, metadata: { labels: { no: 'no' } } } : { status }
  return drawn('merge', withNulls(chance, body), chance.pick(['controller', 'edit']), more)
}

/** What kubectl's client-side apply sends along. */
function withLastApplied(body: JsonObject): JsonObject {
  const metadata = isMap(body['metadata']) ? body['metadata'] : {}
  const { resourceVersion: _version, ...declared } = metadata
  const config = { apiVersion: gadgetVersion, kind: 'Gadget', ...body, metadata: { ...declared, name: '$name' } }
  const text = JSON.stringify(config)
  const annotations = isMap(metadata['annotations']) ? metadata['annotations'] : {}
  const written = { ...annotations, 'kubectl.kubernetes.io/last-applied-configuration': text }
  return { ...body, metadata: { ...metadata, annotations: written } }
}
