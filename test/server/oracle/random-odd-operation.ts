import type { Json, JsonObject } from '../../../src/record/record.ts'
import { isList, isMap } from '../../../src/record/managed-fields/json.ts'
import type { Chance } from './chance.ts'
import type { Operation } from './operation.ts'

type Drawn = Omit<Operation, 'at'>
type Draw = (chance: Chance, current: JsonObject) => Drawn

/** What clients seldom ask: odd patches, finalizers that come and go, the many ways to delete. */
export function randomOddOperation(chance: Chance, current: JsonObject): Drawn {
  return chance.pick<Draw>([jsonPatch, jsonPatch, identity, finalizers, finalizers, farewell, statusPatch])(
    chance,
    current,
  )
}

/** The same request as a dry run, or more or less strict, with fields in it that nobody knows. */
export function seldomOtherwise(chance: Chance, usual: Drawn): Drawn {
  const isTried = usual.verb !== 'delete' && chance.percent(10)
  const tried = isTried ? { ...usual, query: { ...usual.query, dryRun: 'All' } } : usual
  if (!chance.percent(15) || tried.verb === 'delete') return tried
  const fieldValidation = chance.pick(['Strict', 'Warn', 'Ignore'])
  const strict = { ...tried, query: { ...tried.query, fieldValidation } }
  return chance.percent(50) ? { ...strict, body: withStrange(chance, strict) } : strict
}

function withStrange(chance: Chance, { verb, subresource, body }: Drawn): Json {
  // What an apply does not know is another failure, which says nothing of strictness; a list of operations has no fields.
  if (!isMap(body) || verb === 'apply' || verb === 'json') return body
  const part = chance.pick(subresource === 'status' ? ['status', 'metadata'] : ['spec', 'metadata', ''])
  if (part === '') return { ...body, nope: 1 }
  const inside = body[part]
  return isMap(inside) ? { ...body, [part]: { ...inside, nope: chance.pick<Json>([1, 'x', { a: 1 }]) } } : body
}

function drawn(verb: Operation['verb'], manager: string, body: Json, more: Partial<Drawn> = {}): Drawn {
  return { verb, subresource: '', manager, force: false, body, ...more }
}

function jsonPatch(chance: Chance): Drawn {
  const operations = chance.some<Json>(
    [
      { op: 'add', path: '/spec/drift', value: chance.pick(['Heal', 'Warn', 'Odd']) },
      { op: 'replace', path: '/spec/suspend', value: chance.pick<Json>([true, false, null]) },
      {
        op: 'remove',
        path: chance.pick(['/spec/applicationName', '/spec/scaling/max', '/spec/topics']),
      },
      { op: 'add', path: '/metadata/labels', value: { tier: chance.pick(['x', 'y']) } },
      { op: 'add', path: chance.pick(['/spec/topics/-', '/spec/topics/0', '/spec/topics/7']), value: { name: 'more' } },
      { op: 'test', path: '/spec/drift', value: 'Heal' },
      { op: 'copy', from: '/spec/app', path: '/spec/applicationName' },
      { op: 'move', from: '/spec/applicationName', path: '/metadata/annotations/moved' },
    ],
    25,
  )
  return drawn('json', chance.pick(['edit', 'weir']), operations)
}

/** What may not change about an object, and what is ours to say. */
function identity(chance: Chance): Drawn {
  const metadata = chance.pick<JsonObject>([
    { uid: 'other' },
    { uid: '$uid' },
    { uid: null },
    { resourceVersion: '1' },
    { resourceVersion: null },
    { resourceVersion: '$current' },
    { deletionTimestamp: '2020-01-01T00:00:00Z' },
    { deletionTimestamp: null },
    { creationTimestamp: '2020-01-01T00:00:00Z' },
    { generation: 77 },
    { name: 'another' },
    { namespace: 'another' },
    { labels: { 'not a name': 'x' } },
    { labels: { tier: 'not a value!' } },
    { labels: { tier: 5 } },
    { finalizers: [''] },
  ])
  return drawn('merge', 'edit', { metadata })
}

/** Another's comes and goes; once the object is going, all of them may. */
function finalizers(chance: Chance, { metadata }: JsonObject): Drawn {
  const { finalizers: kept, deletionTimestamp } = isMap(metadata) ? metadata : {}
  const names = isList(kept) ? kept : []
  const other = 'example.com/other'
  const fewer = names.filter((name) => name !== other)
  const isGoing = deletionTimestamp !== undefined
  const next =
    isGoing && chance.percent(40) ? chance.pick<Json>([null, []]) : names.includes(other) ? fewer : [...names, other]
  return drawn('merge', chance.pick(['edit', 'controller']), { metadata: { finalizers: next } })
}

function farewell(chance: Chance): Drawn {
  const body = chance.pick<JsonObject>([
    {},
    { propagationPolicy: 'Background' },
    { propagationPolicy: 'Foreground' },
    { propagationPolicy: 'Orphan' },
    { propagationPolicy: 'Odd' },
    { orphanDependents: true },
    { propagationPolicy: 'Orphan', orphanDependents: false },
    { preconditions: { uid: '$uid' } },
    { preconditions: { uid: 'other' } },
    { preconditions: { resourceVersion: '$current' } },
    { preconditions: { resourceVersion: '1' } },
    { gracePeriodSeconds: 0 },
  ])
  // Where a policy leaves a finalizer, our garbage collector takes it away; the genuine server has none beside it.
  const isSwept =
    body['propagationPolicy'] === 'Foreground' ||
    body['propagationPolicy'] === 'Orphan' ||
    body['orphanDependents'] === true
  // Seldom for good: a life is longer that way. The genuine server reads no query where there is a body.
  const isTried = isSwept || chance.percent(60)
  return drawn('delete', 'deleter', isTried ? { ...body, dryRun: ['All'] } : body)
}

function statusPatch(chance: Chance): Drawn {
  const body = chance.pick<JsonObject>([
    { status: null },
    { status: { tasks: 'x' } },
    { status: { tasks: 4 }, spec: { drift: 'Warn' } },
    { status: { tasks: 5 }, metadata: { labels: { tier: 'y' }, annotations: { note: 'y' } } },
    { metadata: { labels: { tier: 'y' } } },
    { status: { conditions: [{ type: 'Ready' }] } },
  ])
  return drawn('merge', 'controller', body, { subresource: 'status' })
}
