import type { Json, JsonObject } from '../../../src/record/record.ts'
import type { Chance } from './chance.ts'

type Draw = (chance: Chance) => Json

const words = ['x', 'y', 'z'] as const
const word: Draw = (chance) => chance.pick(words)

/** Few values, so that runs meet again and again. */
const fieldsOfSpec: Readonly<Record<string, Draw>> = {
  title: word,
  size: (chance) => chance.pick([1, 2, 3]),
  mode: (chance) => chance.pick(['slow', 'fast']),
  ratio: (chance) => chance.pick([0.5, 1, 2]),
  paused: (chance) => chance.percent(50),
  note: (chance) => chance.pick<Json>(['note', 'other', null]),
  port: (chance) => chance.pick<Json>([80, 'http', '80']),
  numbers: (chance) => chance.some([1, 2, 3]),
  tags: (chance) => chance.some(['a', 'b', 'c', '<&>', 'd"e']),
  parts: (chance) => chance.some(['a', 'b', 'c', 'd']).map((name) => partOf(chance, name)),
  ports: (chance) =>
    chance.some([1, 2, 3]).map((number) => ({
      number,
      ...optional(chance, 'protocol', (c) => c.pick(['TCP', 'UDP'])),
      ...optional(chance, 'alias', word),
    })),
  options: (chance) => drawMap(chance, ['a', 'b', 'c', 'd.e/f'], word),
  limits: (chance) =>
    drawMap(chance, ['cpu', 'memory'], (c) => ({ ...optional(c, 'soft', small), ...optional(c, 'hard', small) })),
  selector: (chance) => ({ ...optional(chance, 'app', word), ...optional(chance, 'tier', word) }),
  nested: (chance) => ({
    ...optional(chance, 'one', word),
    ...optional(chance, 'two', (c) => ({ ...optional(c, 'three', small), ...optional(c, 'four', word) })),
  }),
  free: (chance) => ({ ...drawMap(chance, ['known'], word), ...drawMap(chance, ['p', 'q', 'r'], freeValue) }),
}

const small: Draw = (chance) => chance.below(3)

const freeValue: Draw = (chance) =>
  chance.pick<Json>([1, 'one', null, [], [1, { a: 1 }], {}, { deep: { er: small(chance) } }, { deep: 'flat' }, true])

function partOf(chance: Chance, name: string): JsonObject {
  return {
    name,
    ...optional(chance, 'weight', small),
    ...optional(chance, 'color', word),
    ...optional(chance, 'hints', (c) => drawMap(c, ['h', 'i'], word)),
  }
}

function optional(chance: Chance, name: string, draw: Draw): JsonObject {
  return chance.percent(45) ? { [name]: chance.percent(3) ? null : draw(chance) } : {}
}

function drawMap(chance: Chance, names: readonly string[], draw: Draw): JsonObject {
  return Object.fromEntries(chance.some(names).map((name) => [name, draw(chance)]))
}

export function randomSpec(chance: Chance, likely = 35): JsonObject {
  const names = chance.some(Object.keys(fieldsOfSpec), likely)
  const spec = names.map((name): [string, Json] => [
    name,
    chance.percent(2) ? null : (fieldsOfSpec[name] ?? word)(chance),
  ])
  return Object.fromEntries(chance.percent(2) ? [...spec, ['unknown', 1]] : spec)
}

export function randomMetadata(chance: Chance): JsonObject {
  const fields: readonly [string, Draw][] = [
    ['labels', (c) => drawMap(c, ['app', 'tier'], word)],
    ['annotations', (c) => drawMap(c, ['note', 'example.com/other'], word)],
    ['finalizers', (c) => c.some(['example.com/one', 'example.com/two'])],
    ['ownerReferences', (c) => c.some(['1', '2']).map((uid) => ownerOf(c, uid))],
  ]
  const drawn = chance.some(fields, 30).map(([name, draw]): [string, Json] => [name, draw(chance)])
  return Object.fromEntries(drawn)
}

function ownerOf(chance: Chance, uid: string): JsonObject {
  const flag = chance.percent(30) ? { blockOwnerDeletion: chance.percent(50) } : {}
  return { apiVersion: 'v1', kind: 'ConfigMap', name: chance.pick(['owner', 'other']), uid, ...flag }
}

export function randomStatus(chance: Chance): JsonObject {
  return {
    ...optional(chance, 'observedGeneration', small),
    ...optional(chance, 'phase', word),
    ...optional(chance, 'conditions', (c) =>
      c.some(['Ready', 'Stalled', 'Healthy']).map((type) => ({
        type,
        ...optional(c, 'status', (d) => d.pick(['True', 'False'])),
        ...optional(c, 'reason', word),
      })),
    ),
  }
}
