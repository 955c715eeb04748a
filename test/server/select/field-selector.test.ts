import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { RecordedEvent } from '../../../src/record/record.ts'
import { ApiFailure } from '../../../src/server/api-status.ts'
import { eventObject, inNewerWords } from '../../../src/server/events/event-object.ts'
import { parseFieldSelector } from '../../../src/server/select/field-selector.ts'

const told: RecordedEvent = {
  key: { kind: 'StreamApp', namespace: 'default', name: 'words' },
  type: 'Warning',
  reason: 'Lost',
  message: 'of words',
  count: 1,
  firstAt: new Date(0),
  lastAt: new Date(0),
  version: 1,
  firstVersion: 1,
}
const event = eventObject(told, undefined)

describe('an event is found by either of the words that its fields have, in both groups of events', () => {
  const cases: readonly (readonly [selector: string, isFound: boolean])[] = [
    ['', true],
    ['involvedObject.name=words', true],
    ['involvedObject.name=other', false],
    ['involvedObject.name!=words', false],
    ['involvedObject.name==words,involvedObject.kind=StreamApp', true],
    ['involvedObject.name=words,involvedObject.kind=GitSource', false],
    ['involvedObject.fieldPath=', true],
    ['regarding.name=words', true],
    ['regarding.name=other', false],
    ['reportingComponent=weirkeeper', true],
    ['reportingController=weirkeeper', true],
    ['reportingController=other', false],
    ['source=weirkeeper', true],
    ['source=other', false],
    ['type=Warning,reason=Lost', true],
    ['metadata.namespace=default', true],
    ['metadata.namespace=other', false],
    [' type = Warning , reason!=Found', true],
  ]
  for (const [selector, isFound] of cases) {
    it(`${isFound ? 'is' : 'is not'} by ${JSON.stringify(selector)}`, () => {
      const selects = parseFieldSelector(selector, { kind: 'Event' })
      assert.deepEqual([selects(event), selects(inNewerWords(event))], [isFound, isFound])
    })
  }

  it('by who reports it where no source is named, and by its source where one is', () => {
    const posted = { ...event, source: {}, reportingComponent: 'robot' }
    const selects = parseFieldSelector('source=robot', { kind: 'Event' })
    assert.deepEqual([selects(posted), selects({ ...posted, source: { component: 'web' } })], [true, false])
  })
})

describe('an object that lacks a field', () => {
  it('is chosen by the empty value, and is nobody’s failure: the list goes on', () => {
    const bare = { metadata: { name: 'a' }, status: 'odd', type: 7 }
    const found = (selector: string, kind: string): boolean => parseFieldSelector(selector, { kind })(bare)
    assert.deepEqual(
      [
        found('status.phase=', 'Namespace'),
        found('status.phase=Active', 'Namespace'),
        found('involvedObject.name!=a', 'Event'),
        found('type=7', 'Secret'),
        found('type=', 'Secret'),
      ],
      [true, false, true, false, true],
    )
  })
})

describe('a field selector that cannot be answered is refused, and says what can be', () => {
  const wrong: readonly (readonly [selector: string, kind: string, words: RegExp])[] = [
    ['nonsense', 'Event', /invalid field selector "nonsense"; write field=value/],
    ['metadata.name=a,=b', 'Event', /invalid field selector "=b"/],
    [
      'data.a=b',
      'ConfigMap',
      /field label not supported: data.a; ConfigMap can be selected by metadata.name, metadata.namespace/,
    ],
    ['status.phase=Active', 'Secret', /Secret can be selected by metadata.name, metadata.namespace, type/],
    ['constructor=a', 'Secret', /field label not supported: constructor/],
  ]
  for (const [selector, kind, words] of wrong) {
    it(`${selector} of ${kind}`, () => {
      assert.throws(
        () => parseFieldSelector(selector, { kind }),
        (error) => error instanceof ApiFailure && error.status.code === 400 && words.test(error.message),
      )
    })
  }
})
