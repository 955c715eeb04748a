import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { KeptObject } from '../../src/record/object-life.ts'
import { ownWrite } from '../../src/record/own-write.ts'

const at = new Date('2026-11-25T12:00:00Z')

const declared: KeptObject = {
  apiVersion: 'streams.weirkeeper.dev/v1alpha1',
  kind: 'StreamApp',
  metadata: {
    name: 'counts',
    namespace: 'default',
    uid: '1',
    generation: 1,
    creationTimestamp: '2026-11-25T11:00:00Z',
    labels: { team: 'a' },
  },
  spec: { app: 'my-app', topics: [{ name: 'lines', partitions: 6 }] },
}

const made = ownWrite({ before: undefined, after: declared, writer: 'weirkeeper-git', subresource: '', at })

/** `weirkeeper-git status`, and what it owns. */
function owners(object: KeptObject): readonly (readonly [string, unknown])[] {
  const { managedFields } = JSON.parse(JSON.stringify(object.metadata))
  return managedFields.map((entry: Readonly<Record<string, string>>) => {
    const { manager, operation, subresource = '', fieldsV1 } = entry
    return [`${manager} ${operation} ${subresource}`.trim(), fieldsV1]
  })
}

const item = { '.': {}, 'f:name': {}, 'f:partitions': {} }
const all = {
  'f:metadata': { 'f:labels': { '.': {}, 'f:team': {} } },
  'f:spec': { '.': {}, 'f:app': {}, 'f:topics': { '.': {}, 'k:{"name":"lines"}': item } },
}

describe('what is written without asking the API', () => {
  it('is owned by whoever made it', () => {
    assert.deepEqual(owners(made), [['weirkeeper-git Update', all]])
  })

  it('is owned apart where it is a status, condition by condition', () => {
    const conditions = [{ type: 'Ready', status: 'True' }]
    const after = { ...made, status: { tasks: 6, conditions } }
    const reported = ownWrite({ before: made, after, writer: 'weirkeeper-controller', subresource: 'status', at })
    const ready = { 'k:{"type":"Ready"}': { '.': {}, 'f:type': {}, 'f:status': {} }, '.': {} }
    assert.deepEqual(owners(reported), [
      ['weirkeeper-controller Update status', { 'f:status': { '.': {}, 'f:tasks': {}, 'f:conditions': ready } }],
      ['weirkeeper-git Update', all],
    ])
  })

  it('is tracked only where the object was from its beginning', () => {
    const after = { ...declared, status: { tasks: 6 } }
    const write = { before: declared, after, writer: 'weirkeeper-controller', subresource: 'status', at } as const
    assert.deepEqual(ownWrite(write), after)
  })
})
