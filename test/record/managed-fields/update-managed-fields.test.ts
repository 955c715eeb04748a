import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { JsonObject } from '../../../src/record/record.ts'
import { keepTimes } from '../../../src/record/managed-fields/update-managed-fields.ts'
import { applied, entriesOf, fieldsOf, gadget, later, managersOf, updated } from './kinds.ts'

describe('managedFields after an update', () => {
  it('list the maker of an object with all that he wrote, maps and lists included', () => {
    const object = updated(undefined, gadget({ options: { a: '1' }, tags: ['t'] }), { manager: 'edit' })
    assert.deepEqual(fieldsOf(object, 'edit'), {
      'f:spec': { '.': {}, 'f:options': { '.': {}, 'f:a': {} }, 'f:tags': { '.': {}, 'v:"t"': {} } },
    })
  })

  it('move a field to whoever changed it, and drop one who owns nothing more', () => {
    const made = updated(undefined, gadget({ title: 'x' }), { manager: 'one' })
    const [entry] = entriesOf(made)
    const narrow = {
      ...made,
      metadata: { name: 'one', managedFields: [{ ...entry, fieldsV1: { 'f:spec': { 'f:title': {} } } }] },
    }
    const object = updated(narrow, { ...narrow, spec: { title: 'y' } }, { manager: 'two' })
    assert.deepEqual(managersOf(object), ['two Update'])
  })

  it('take from appliers, too: their next apply meets a conflict', () => {
    const live = applied(undefined, { title: 'x', size: 1 }, { manager: 'one' })
    const object = updated(live, { ...live, spec: { title: 'y', size: 1 } }, { manager: 'edit', at: later })
    assert.deepEqual(fieldsOf(object, 'one'), { 'f:spec': { 'f:size': {} } })
    assert.deepEqual(fieldsOf(object, 'edit'), { 'f:spec': { 'f:title': {} } })
  })

  it('get a new time only when their manager changed something', () => {
    const made = updated(undefined, gadget({ title: 'x', size: 1 }), { manager: 'one' })
    const same = updated(made, made, { manager: 'one', at: later })
    assert.deepEqual(entriesOf(same), entriesOf(made))
    const { spec: _spec, ...rest } = made
    const less = updated(made, { ...rest, spec: { size: 1 } }, { manager: 'two', at: later })
    assert.deepEqual(managersOf(less), ['one Update'], 'taking away makes no owner')
    assert.equal(entriesOf(less)[0]?.time, '2026-11-25T12:00:00Z')
  })

  it('tell the address apart: one manager has an entry for the object and one for its status', () => {
    const made = updated(undefined, gadget({ title: 'x' }), { manager: 'one' })
    const object = updated(made, { ...made, status: { phase: 'p' } }, { manager: 'one', subresource: 'status' })
    assert.deepEqual(
      entriesOf(object).map(({ subresource }) => subresource),
      [undefined, 'status'],
    )
  })

  it('give no part of the status to a write of the object, nor of the object to a write of the status', () => {
    const made = updated(undefined, { ...gadget({ title: 'x' }), status: { phase: 'p' } }, { manager: 'one' })
    assert.deepEqual(fieldsOf(made, 'one'), { 'f:spec': { '.': {}, 'f:title': {} } })
    const changed = { ...made, spec: { title: 'y' }, status: { phase: 'q' } }
    const object = updated(made, changed, { manager: 'two', subresource: 'status' })
    assert.deepEqual(fieldsOf(object, 'two'), { 'f:status': { 'f:phase': {} } })
  })

  it('are what the client wrote, where it rewrites them and means it', () => {
    const made = updated(undefined, gadget({ title: 'x' }), { manager: 'one' })
    const emptied = (managedFields: readonly JsonObject[]): JsonObject => gadget({ title: 'x' }, { managedFields })
    assert.deepEqual(managersOf(updated(made, emptied([]), { manager: 'one' })), [])
    assert.deepEqual(managersOf(updated(made, emptied([{}]), { manager: 'one' })), [])
    assert.deepEqual(managersOf(updated(made, gadget({ title: 'x' }), { manager: 'one' })), ['one Update'], 'left out')
    const timeless = entriesOf(made).map((entry) => ({ ...entry, manager: 'odd', time: 'soon' }))
    assert.deepEqual(managersOf(updated(made, emptied(timeless), { manager: 'one' })), ['one Update'], 'no such time')
    assert.deepEqual(
      managersOf(updated(made, emptied([{ manager: 'odd' }]), { manager: 'one' })),
      ['one Update'],
      'unreadable',
    )
  })

  it('merge the oldest of more than ten updaters into ancient-changes', () => {
    let object = updated(undefined, gadget({}), { manager: 'maker' })
    for (let at = 0; at < 12; at += 1) {
      const spec = { options: Object.fromEntries(Array.from({ length: at + 1 }, (_, key) => [`k${key}`, 'v'])) }
      const when = new Date(Date.UTC(2026, 10, 25, 12, at))
      object = updated(object, { ...object, spec }, { manager: `updater-${at}`, at: when })
    }
    const managers = managersOf(object)
    assert.equal(managers.length, 10)
    assert.equal(managers[0], 'ancient-changes Update')
    assert.equal(managers.at(-1), 'updater-11 Update')
  })

  it('keep their times where a write changes nothing else', () => {
    const made = updated(undefined, gadget({ title: 'x' }), { manager: 'one' })
    const again = {
      ...made,
      metadata: { name: 'one', managedFields: entriesOf(made).map((entry) => ({ ...entry, time: 'later' })) },
    }
    assert.deepEqual(keepTimes(made, again), made)
    const changed = { ...again, spec: { title: 'y' } }
    assert.deepEqual(keepTimes(made, changed), changed)
  })
})
