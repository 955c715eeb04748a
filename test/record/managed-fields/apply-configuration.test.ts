import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { describeConflicts } from '../../../src/record/managed-fields/describe-conflicts.ts'
import { applied, apply, entriesOf, fieldsOf, gadget, later, managersOf, typing, updated } from './kinds.ts'

const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration'

describe('server-side apply', () => {
  it('makes the applier the owner of what he says, and of nothing else', () => {
    const object = applied(undefined, { title: 'x', options: { a: '1' }, tags: ['t'] }, { manager: 'one' })
    const { at: _at, ...entry } = { at: 0, ...entriesOf(object)[0] }
    assert.deepEqual(entry, {
      manager: 'one',
      operation: 'Apply',
      apiVersion: 'oracle.weirkeeper.dev/v1',
      time: '2026-11-25T12:00:00Z',
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:spec': { 'f:options': { 'f:a': {} }, 'f:tags': { 'v:"t"': {} }, 'f:title': {} } },
    })
  })

  it('refuses to change what another owns, in the words that kubectl prints', () => {
    const live = applied(undefined, { title: 'x', size: 1 }, { manager: 'one' })
    const one = apply(live, { title: 'y' }, { manager: 'two' })
    if (one.kind !== 'conflicts') assert.fail(one.kind)
    const words = 'Apply failed with 1 conflict: conflict with "one": .spec.title'
    assert.equal(describeConflicts(one.conflicts).message, words)

    const two = apply(live, { title: 'y', size: 2 }, { manager: 'two' })
    if (two.kind !== 'conflicts') assert.fail(two.kind)
    assert.deepEqual(describeConflicts(two.conflicts), {
      message: 'Apply failed with 2 conflicts: conflicts with "one":\n- .spec.size\n- .spec.title',
      causes: [
        { reason: 'FieldManagerConflict', message: 'conflict with "one"', field: '.spec.size' },
        { reason: 'FieldManagerConflict', message: 'conflict with "one"', field: '.spec.title' },
      ],
    })
  })

  it('names the version and the subresource of one who did not apply', () => {
    const live = updated(undefined, gadget({ title: 'x' }), { manager: 'edit' })
    const outcome = apply(live, { title: 'y' }, { manager: 'two' })
    if (outcome.kind !== 'conflicts') assert.fail(outcome.kind)
    const { message } = describeConflicts(outcome.conflicts)
    assert.equal(
      message,
      'Apply failed with 1 conflict: conflict with "edit" using oracle.weirkeeper.dev/v1: .spec.title',
    )
  })

  it('takes a field over when forced', () => {
    const live = applied(undefined, { title: 'x', size: 1 }, { manager: 'one' })
    const object = applied(live, { title: 'y' }, { manager: 'two', force: true })
    assert.deepEqual(fieldsOf(object, 'one'), { 'f:spec': { 'f:size': {} } })
    assert.deepEqual(fieldsOf(object, 'two'), { 'f:spec': { 'f:title': {} } })
  })

  it('lets two own what both want to be the same, and gives the second no time as he changed nothing', () => {
    const live = applied(undefined, { title: 'x' }, { manager: 'one' })
    const object = applied(live, { title: 'x' }, { manager: 'two', at: later })
    assert.deepEqual(managersOf(object), ['two Apply', 'one Apply'])
    assert.deepEqual(
      entriesOf(object).map(({ time }) => time),
      [undefined, '2026-11-25T12:00:00Z'],
    )
  })

  it('takes away what the applier no longer says, unless somebody else says it', () => {
    const one = applied(undefined, { title: 'x', size: 1, options: { a: '1', b: '2' } }, { manager: 'one' })
    const both = applied(one, { size: 1 }, { manager: 'two' })
    const object = applied(both, { options: { a: '1' } }, { manager: 'one' })
    assert.deepEqual(object['spec'], { size: 1, options: { a: '1' } })
  })

  it('takes an item away with all that others wrote in it', () => {
    const one = applied(undefined, { parts: [{ name: 'a' }, { name: 'b' }] }, { manager: 'one' })
    const edited = updated(
      one,
      { ...one, spec: { parts: [{ name: 'a', weight: 1 }, { name: 'b' }] } },
      { manager: 'edit' },
    )
    const object = applied(edited, { parts: [{ name: 'b' }] }, { manager: 'one' })
    assert.deepEqual(object['spec'], { parts: [{ name: 'b' }] })
  })

  it('keeps the items of others after those they came after, and its own in the order of the applier', () => {
    const live = updated(undefined, gadget({ tags: ['x', 'a', 'y', 'b', 'z'] }), { manager: 'edit' })
    const object = applied(live, { tags: ['b', 'new', 'a'] }, { manager: 'one' })
    assert.deepEqual(object['spec'], { tags: ['x', 'y', 'b', 'z', 'new', 'a'] })
  })

  it('owns an atomic map and list as one', () => {
    const object = applied(undefined, { selector: { app: 'x' }, numbers: [1] }, { manager: 'one' })
    assert.deepEqual(fieldsOf(object, 'one'), { 'f:spec': { 'f:numbers': {}, 'f:selector': {} } })
  })

  it('owns no status at the main address, and only the status at its own', () => {
    const configuration = { ...gadget({ title: 'x' }), status: { phase: 'p' } }
    const main = applied(undefined, {}, { manager: 'one', applied: configuration })
    assert.deepEqual(fieldsOf(main, 'one'), { 'f:spec': { 'f:title': {} } })
    const status = applied(main, {}, { manager: 'two', applied: configuration, subresource: 'status' })
    assert.deepEqual(fieldsOf(status, 'two'), { 'f:status': { 'f:phase': {} } })
  })

  it('gives all that was there to one owner when nobody was known', () => {
    const object = applied(gadget({ title: 'x', size: 1 }), { size: 2 }, { manager: 'one', force: true })
    assert.deepEqual(managersOf(object), ['one Apply', 'before-first-apply Update'])
    assert.deepEqual(fieldsOf(object, 'before-first-apply'), { 'f:spec': { '.': {}, 'f:title': {} } })
  })

  it('refuses fields, types and doubles that the schema does not know, all at once', () => {
    const outcome = apply(
      undefined,
      { nope: 1, title: 5, tags: ['a', 'a'], parts: [{ weight: 1 }] },
      { manager: 'one' },
    )
    if (outcome.kind !== 'mistakes') assert.fail(outcome.kind)
    assert.deepEqual(outcome.mistakes, [
      '.spec.nope: field not declared in schema',
      '.spec.title: expected string, got 5',
      '.spec.tags: duplicate entries for key ["a"]',
      '.spec.parts: element 0: an item must say name',
    ])
  })

  it('refuses a configuration that brings its own managedFields', () => {
    const configuration = gadget({}, { managedFields: [] })
    const { kind } = apply(undefined, {}, { manager: 'one', applied: configuration })
    assert.equal(kind, 'refused')
  })

  it('owns as a whole what has become atomic since it was applied', () => {
    const live = applied(undefined, { selector: { app: 'x' }, title: 'x' }, { manager: 'one' })
    const [entry] = entriesOf(live)
    const fieldsV1 = { 'f:spec': { 'f:selector': { 'f:app': {} }, 'f:title': {} } }
    const old = gadget({ selector: { app: 'x' }, title: 'x' }, { managedFields: [{ ...entry, fieldsV1 }] })
    const object = applied(old, { title: 'x' }, { manager: 'two', typing })
    assert.deepEqual(fieldsOf(object, 'one'), { 'f:spec': { 'f:selector': {}, 'f:title': {} } })
  })
})

describe('kubectl going from client-side to server-side apply', () => {
  const declared = gadget({ title: 'x', size: 1 })
  const withNote = gadget(
    { title: 'x', size: 1 },
    { annotations: { [lastAppliedAnnotation]: JSON.stringify(declared) } },
  )
  const live = updated(undefined, withNote, { manager: 'kubectl-client-side-apply' })

  it('takes over what it declared before and nobody has changed since', () => {
    const object = applied(live, { title: 'y', size: 1 }, { manager: 'kubectl' })
    assert.deepEqual(fieldsOf(object, 'kubectl'), { 'f:spec': { 'f:size': {}, 'f:title': {} } })
  })

  it('does not take over what somebody has changed since', () => {
    const edited = updated(live, { ...live, spec: { title: 'edited', size: 1 } }, { manager: 'edit' })
    const { kind } = apply(edited, { title: 'y', size: 1 }, { manager: 'kubectl' })
    assert.equal(kind, 'conflicts')
  })

  it('is for kubectl alone', () => {
    assert.equal(apply(live, { title: 'y' }, { manager: 'other' }).kind, 'conflicts')
  })

  it('believes no declaration that does not fit the schema', () => {
    const odd = gadget({ title: 'x', nope: 1 })
    const annotations = { [lastAppliedAnnotation]: JSON.stringify(odd) }
    const before = updated(undefined, gadget({ title: 'x' }, { annotations }), { manager: 'kubectl-client-side-apply' })
    assert.equal(apply(before, { title: 'y' }, { manager: 'kubectl' }).kind, 'conflicts')
  })

  it('keeps the annotation up to date, so that going back stays possible', () => {
    const object = applied(live, { title: 'y' }, { manager: 'kubectl' })
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- built above
    const { annotations } = object['metadata'] as { annotations: Record<string, string> }
    assert.deepEqual(JSON.parse(annotations[lastAppliedAnnotation] ?? ''), gadget({ title: 'y' }))
  })
})
