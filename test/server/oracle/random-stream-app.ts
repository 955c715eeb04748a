import type { Json, JsonObject } from '../../../src/record/record.ts'
import { isList, isMap } from '../../../src/record/managed-fields/json.ts'
import { tidyFinalizer } from '../../../src/controller/keep/keep-stream-app.ts'
import type { Chance } from './chance.ts'
import type { Operation } from './operation.ts'
import { randomOddOperation, seldomOtherwise } from './random-odd-operation.ts'

type Drawn = Omit<Operation, 'at'>
type Draw = (chance: Chance) => Json

/** Values that go together whatever else is drawn: these runs are about ownership, not about our cross-field rules. */
const fieldsOfSpec: Readonly<Record<string, Draw>> = {
  process: (chance) =>
    some(chance, { type: (c) => c.pick(['worker', 'other']), size: (c) => c.pick(['basic', 'standard-1x']) }),
  kafka: (chance) => some(chance, { addon: () => 'KAFKA', plan: (c) => c.pick(['standard-0', 'standard-1']) }),
  applicationName: (chance) => chance.pick(['counts', 'sums']),
  topics: (chance) => chance.some(['lines', 'words', 'sums']).map((name) => topicOf(chance, name)),
  streams: (chance) =>
    some(chance, {
      threads: (c) => 1 + c.below(3),
      processingGuarantee: (c) => c.pick(['at_least_once', 'exactly_once_v2']),
      config: (c) => some(c, { 'commit.interval.ms': (d) => 100 + d.below(3), 'poll.ms': (d) => 50 + d.below(2) }),
    }),
  scaling: (chance) =>
    some(chance, { policy: (c) => c.pick(['tasks', 'fixed']), min: (c) => 1 + c.below(2), max: (c) => 4 + c.below(2) }),
  deletionPolicy: (chance) =>
    some(chance, { topics: () => 'Orphan', formation: (c) => c.pick(['ScaleToZero', 'Orphan']) }),
  drift: (chance) => chance.pick(['Heal', 'Warn']),
  suspend: (chance) => chance.percent(50),
}

function some(chance: Chance, fields: Readonly<Record<string, Draw>>): JsonObject {
  return Object.fromEntries(chance.some(Object.entries(fields)).map(([name, draw]) => [name, draw(chance)]))
}

/** Seldom empty: the genuine server takes a version for dropping empty labels, and we do not. */
function someSeldomNone(chance: Chance, fields: Readonly<Record<string, Draw>>): JsonObject {
  const map = some(chance, fields)
  return Object.keys(map).length === 0 && chance.percent(85) ? { other: 'z' } : map
}

function topicOf(chance: Chance, name: string): JsonObject {
  const more = some(chance, {
    partitions: (c) => c.pick([3, 6]),
    retention: (c) => c.pick(['24h', '48h']),
    cleanupPolicy: (c) => c.pick(['delete', 'compact']),
  })
  return { name, ...more }
}

const describe = `Topologies:
   Sub-topology: 0
    Source: KSTREAM-SOURCE-0000000000 (topics: [lines])
      --> KSTREAM-SINK-0000000001
    Sink: KSTREAM-SINK-0000000001 (topic: counts-repartition)
      <-- KSTREAM-SOURCE-0000000000

  Sub-topology: 1
    Source: KSTREAM-SOURCE-0000000002 (topics: [counts-repartition])
      --> none
`

function specOf(chance: Chance, likely = 35): JsonObject {
  const names = chance.some(Object.keys(fieldsOfSpec), likely)
  const fields = names.map((name): [string, Json] => [name, (fieldsOfSpec[name] ?? (() => null))(chance)])
  const topology = {
    describe,
    ...(chance.percent(25) ? { repartitions: [{ name: 'counts-repartition', partitions: chance.pick([3, 6]) }] } : {}),
  }
  return { app: 'my-app', topology, ...Object.fromEntries(fields) }
}

function streamApp(chance: Chance, metadata: JsonObject, rest: JsonObject): JsonObject {
  const marks = chance.percent(40)
    ? some(chance, {
        labels: (c) => someSeldomNone(c, { tier: (d) => d.pick(['x', 'y']), team: (d) => d.pick(['x', 'y']) }),
        annotations: (c) => someSeldomNone(c, { note: (d) => d.pick(['x', 'y']) }),
      })
    : {}
  return {
    apiVersion: 'streams.weirkeeper.dev/v1alpha1',
    kind: 'StreamApp',
    metadata: { name: '$name', finalizers: [tidyFinalizer], ...marks, ...metadata },
    ...rest,
  }
}

function statusOf(chance: Chance): JsonObject {
  return some(chance, {
    observedGeneration: (c) => c.below(3),
    tasks: (c) => c.below(9),
    applicationId: (c) => c.pick(['counts', 'prefix.counts']),
    conditions: (c) =>
      c.some(['Ready', 'Stalled', 'Scaled']).map((type) => ({
        type,
        status: c.pick(['True', 'False']),
        reason: c.pick(['Made', 'Waiting']),
        message: 'm',
        lastTransitionTime: '2026-11-25T12:00:00Z',
      })),
    dynos: (c) => some(c, { desired: (d) => d.below(3), running: (d) => d.pick<Json>([1, 'unknown']) }),
  })
}

function drawn(verb: Operation['verb'], manager: string, body: Json, more: Partial<Drawn> = {}): Drawn {
  return { verb, subresource: '', manager, force: false, body, ...more }
}

/** `odd`: of a hundred requests those that clients seldom send; they come as dry runs, and strict, too. */
export function randomStreamAppOperation(chance: Chance, current: JsonObject | undefined, odd: number): Drawn {
  const isOdd = odd > 0 && current !== undefined && chance.percent(odd)
  const next = isOdd ? randomOddOperation(chance, current) : usualOperation(chance, current)
  return odd > 0 ? seldomOtherwise(chance, next) : next
}

function usualOperation(chance: Chance, current: JsonObject | undefined): Drawn {
  const editor = chance.pick(['edit', 'weir', 'controller'])
  const applier = chance.pick(['kubectl', 'one', 'two'])
  if (current === undefined) {
    const body = streamApp(chance, {}, { spec: specOf(chance) })
    return chance.percent(50) ? drawn('create', editor, body) : drawn('apply', applier, body)
  }
  const force = chance.percent(50)
  const draw = chance.below(100)
  if (draw < 40) return drawn('apply', applier, streamApp(chance, {}, { spec: specOf(chance, 25) }), { force })
  if (draw < 52) return drawn('apply', applier, statusConfiguration(chance), { subresource: 'status', force })
  if (draw < 67) return drawn('merge', editor, mergeBody(chance))
  if (draw < 82) return drawn('replace', editor, replacement(chance, current))
  if (draw < 95) return drawn('merge', 'controller', { status: statusOf(chance) }, { subresource: 'status' })
  return draw < 97
    ? drawn('delete', 'deleter', {})
    : drawn('create', editor, streamApp(chance, {}, { spec: specOf(chance) }))
}

function statusConfiguration(chance: Chance): JsonObject {
  const { apiVersion, kind } = streamApp(chance, {}, {})
  return { apiVersion: apiVersion ?? '', kind: kind ?? '', metadata: { name: '$name' }, status: statusOf(chance) }
}

function mergeBody(chance: Chance): JsonObject {
  const { topology: _topology, app: _app, ...spec } = specOf(chance, 25)
  const entries = Object.entries(spec).map(([name, value]): [string, Json] => [name, chance.percent(20) ? null : value])
  const labels = chance.percent(30) ? { metadata: { labels: { tier: chance.pick<Json>(['x', null]) } } } : {}
  return { spec: Object.fromEntries(entries), ...labels }
}

function replacement(chance: Chance, current: JsonObject): JsonObject {
  // Without entries: their seconds may differ between two servers.
  const { managedFields: _entries, ...metadata } = isMap(current['metadata']) ? current['metadata'] : {}
  const version = { resourceVersion: '$current' }
  if (chance.percent(50)) return streamApp(chance, version, { spec: specOf(chance) })
  const finalizers = isList(metadata['finalizers']) ? metadata['finalizers'] : []
  const spec = isMap(current['spec']) ? current['spec'] : {}
  return { ...current, metadata: { ...metadata, finalizers, ...version }, spec: { ...spec, ...specOf(chance, 10) } }
}
