import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Json } from '../../../src/record/record.ts'
import { ApiFailure } from '../../../src/server/api-status.ts'
import { strategicMergePatch } from '../../../src/server/patch/strategic-merge-patch.ts'

type Case = readonly [what: string, target: Json, patch: Json, result: Json]

const a = { uid: 'a', name: 'one', kind: 'X' }
const b = { uid: 'b', name: 'two', kind: 'X' }

const cases: readonly Case[] = [
  ['sets a field and keeps the others', { x: 1, y: 2 }, { x: 3 }, { x: 3, y: 2 }],
  ['takes away what is null', { x: 1, y: 2 }, { x: null }, { y: 2 }],
  ['merges maps inside', { data: { x: 'a', y: 'b' } }, { data: { x: 'c', y: null } }, { data: { x: 'c' } }],
  ['makes a map where there was none', {}, { data: { x: 'a', y: null } }, { data: { x: 'a' } }],
  ['makes a map of what was none', { data: 'text' }, { data: { x: 'a' } }, { data: { x: 'a' } }],
  ['puts a map in place of a list', { data: ['a'] }, { data: { x: 'a' } }, { data: { x: 'a' } }],
  ['empties a map', { data: { x: 'a' }, z: 1 }, { data: { $patch: 'delete' } }, { data: {}, z: 1 }],
  [
    'replaces a map',
    { data: { x: 'a', y: 'b' } },
    { data: { $patch: 'replace', y: 'c', z: null } },
    { data: { y: 'c' } },
  ],
  [
    'adds to finalizers what is not among them',
    { finalizers: ['a', 'c'] },
    { finalizers: ['a', 'b'] },
    { finalizers: ['a', 'c', 'b'] },
  ],
  ['begins finalizers', {}, { finalizers: ['a'] }, { finalizers: ['a'] }],
  [
    'takes the named finalizers away, and no other',
    { finalizers: ['a', 'b', 'c'] },
    { '$deleteFromPrimitiveList/finalizers': ['b', 'd'] },
    { finalizers: ['a', 'c'] },
  ],
  ['takes nothing from what is not there', { x: 1 }, { '$deleteFromPrimitiveList/finalizers': ['b'] }, { x: 1 }],
  [
    'takes nothing where what to take is no list',
    { finalizers: ['a'] },
    { '$deleteFromPrimitiveList/finalizers': 'a' },
    { finalizers: ['a'] },
  ],
  ['takes nothing from what is no list', { x: 'b' }, { '$deleteFromPrimitiveList/x': ['b'] }, { x: 'b' }],
  [
    'keeps orders and other directives out of the object',
    { finalizers: ['a'], rs: ['a'] },
    { '$setElementOrder/finalizers': ['a'], $retainKeys: ['x'] },
    { finalizers: ['a'], rs: ['a'] },
  ],
  ['takes a list that has no key as a whole', { args: ['a', 'b'] }, { args: ['c'] }, { args: ['c'] }],
  [
    'changes the owner of that uid and keeps the others, in their order',
    { ownerReferences: [a, b] },
    { ownerReferences: [{ uid: 'a', name: 'new' }] },
    { ownerReferences: [{ ...a, name: 'new' }, b] },
  ],
  ['adds an owner at the end', { ownerReferences: [a] }, { ownerReferences: [b] }, { ownerReferences: [a, b] }],
  ['begins the owners', {}, { ownerReferences: [a] }, { ownerReferences: [a] }],
  [
    'begins the owners where there was no list',
    { ownerReferences: 'x' },
    { ownerReferences: [a] },
    { ownerReferences: [a] },
  ],
  [
    'takes an owner away by its uid',
    { ownerReferences: [a, b] },
    { ownerReferences: [{ $patch: 'delete', uid: 'a' }] },
    { ownerReferences: [b] },
  ],
  [
    'takes an owner away before it comes anew',
    { ownerReferences: [a, b] },
    {
      ownerReferences: [
        { uid: 'a', name: 'new' },
        { $patch: 'delete', uid: 'a' },
      ],
    },
    { ownerReferences: [b, { uid: 'a', name: 'new' }] },
  ],
  [
    'replaces all owners',
    { ownerReferences: [a] },
    { ownerReferences: [{ $patch: 'replace' }, b] },
    { ownerReferences: [b] },
  ],
  [
    'merges conditions by type',
    { conditions: [{ type: 'A', x: 1 }] },
    { conditions: [{ type: 'A', y: 2 }] },
    { conditions: [{ type: 'A', x: 1, y: 2 }] },
  ],
  ['is the patch where that is no map', { x: 1 }, 'text', 'text'],
  ['makes a map of nothing', null, { x: 1 }, { x: 1 }],
]

describe('a strategic merge patch, as kubectl sends it for the core kinds', () => {
  for (const [what, target, patch, result] of cases) {
    it(what, () => assert.deepEqual(strategicMergePatch(target, patch), result))
  }

  it('is refused where it would be ignored: the user is told, and nothing is half changed', () => {
    const wrong: readonly Json[] = [
      { data: { $patch: 'merge' } },
      { $patch: 7 },
      { ownerReferences: [{ $patch: 'merge', uid: 'a' }] },
      { ownerReferences: [{ name: 'without a uid' }] },
      { ownerReferences: ['a'] },
      { ownerReferences: [null] },
    ]
    for (const patch of wrong) {
      assert.throws(() => strategicMergePatch({ ownerReferences: [a] }, patch), ApiFailure, JSON.stringify(patch))
    }
  })
})
