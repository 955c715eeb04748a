import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CachedObject } from '../../../src/server/cache/cached-object.ts'
import { mayLeaveSomething } from '../../../src/server/sweep/keep-swept.ts'
import type { JsonObject } from '../../../src/record/record.ts'

const going = { deletionTimestamp: '2026-11-25T00:00:00Z' }
const owned = { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: 'u' }] }

function kept(metadata: JsonObject = {}, { kind = 'ConfigMap', namespace = 'shop' } = {}): CachedObject {
  const key = { kind, namespace, name: 'one' }
  return new CachedObject({ key, version: 1, body: { apiVersion: 'v1', kind, metadata: { name: 'one', ...metadata } } })
}

describe('a write that the sweeper looks after', () => {
  const plain = kept()
  const table: readonly (readonly [string, CachedObject | undefined, CachedObject | undefined, JsonObject, boolean])[] =
    [
      ['makes an object', plain, undefined, {}, false],
      ['changes an object', plain, plain, {}, false],
      ['removes an object: it may have been an owner, or the last of its namespace', undefined, plain, {}, true],
      ['tells an object to go', kept(going), plain, {}, true],
      ['makes an object with an owner, who may be gone already', kept(owned), undefined, {}, true],
      ['takes an object from its owner, who may wait for that', plain, kept(owned), {}, true],
      ['makes an object in a namespace that goes', plain, undefined, going, true],
    ]
  for (const [title, now, before, namespace, expected] of table) {
    it(`${title}: ${expected ? 'yes' : 'no'}`, () => {
      const cache = { get: () => kept(namespace, { kind: 'Namespace', namespace: '' }) }
      assert.equal(mayLeaveSomething({ version: 2, now, before, weight: 0, lines: new Map() }, cache), expected)
    })
  }
})
