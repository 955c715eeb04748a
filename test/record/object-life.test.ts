import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { declare, markDeleted, withoutFinalizer, withStatus, type Declaration } from '../../src/record/object-life.ts'

const birth = { uid: 'uid-1', at: new Date('2026-01-02T03:04:05.678Z'), finalizers: ['streams.weirkeeper.dev/tidy'] }
const later = { uid: 'uid-2', at: new Date('2027-01-01T00:00:00Z'), finalizers: [] }

describe('the life of an object', () => {
  it('begins at generation 1, with an identity that stays', () => {
    const object = declare(declare(undefined, declaration(), birth), declaration({ spec: { app: 'other' } }), later)
    assert.deepEqual(object.metadata, {
      name: 'word-count',
      namespace: 'default',
      uid: 'uid-1',
      generation: 2,
      creationTimestamp: '2026-01-02T03:04:05Z',
      finalizers: birth.finalizers,
    })
  })

  it('counts a generation for another spec, and for nothing else', () => {
    const first = withStatus(declare(undefined, declaration(), birth), { tasks: 6 })
    const labelled = declare(first, { ...declaration(), metadata: { ...first.metadata, labels: { team: 'a' } } }, later)

    assert.equal(declare(first, declaration(), later).metadata.generation, 1)
    assert.equal(labelled.metadata.generation, 1)
    assert.deepEqual(labelled.metadata.labels, { team: 'a' })
    assert.equal(declare(labelled, declaration({ spec: {} }), later).metadata.labels, undefined)
  })

  it('keeps its status when its owner declares it again', () => {
    const object = withStatus(declare(undefined, declaration(), birth), { tasks: 6 })
    assert.deepEqual(declare(object, declaration({ spec: { app: 'b' } }), later).status, { tasks: 6 })
  })

  it('waits to go until everyone has tidied up, and remembers when it was told', () => {
    const marked = markDeleted(declare(undefined, declaration(), birth), new Date('2026-02-01T00:00:00Z'))
    assert.ok(marked)
    assert.equal(markDeleted(marked, later.at), marked)
    assert.equal(marked.metadata.deletionTimestamp, '2026-02-01T00:00:00Z')
    assert.equal(withoutFinalizer(marked, 'streams.weirkeeper.dev/tidy'), undefined)
    assert.deepEqual(withoutFinalizer(marked, 'another')?.metadata.finalizers, birth.finalizers)
  })

  it('goes at once where nobody has to', () => {
    assert.equal(markDeleted(declare(undefined, declaration(), later), later.at), undefined)
  })
})

function declaration(remarkable: Partial<Declaration> = {}): Declaration {
  return {
    apiVersion: 'streams.weirkeeper.dev/v1alpha1',
    kind: 'StreamApp',
    metadata: { name: 'word-count', namespace: 'default' },
    spec: { app: 'my-heroku-app' },
    ...remarkable,
  }
}
