import assert from 'node:assert/strict'
import { it } from 'node:test'
import { applicationId, parseApplicationName } from '../../src/topology/application-id.ts'
import type { TopologyDescription } from '../../src/topology/description.ts'
import {
  hasDoubledPrefix,
  nameFromWire,
  prefixWrittenByHand,
  wireName,
  withoutPrefix,
} from '../../src/topology/prefix.ts'

const prefix = 'yukon-12345.'

it('adds the prefix once, and refuses to add it twice', () => {
  assert.deepEqual(wireName(prefix, 'lines'), { ok: true, value: 'yukon-12345.lines' })
  assert.deepEqual(wireName('', 'yukon-12345.lines'), { ok: true, value: 'yukon-12345.lines' })
  assert.deepEqual(wireName(prefix, 'yukon-12345.lines'), {
    ok: false,
    error: 'yukon-12345.lines already carries the prefix yukon-12345.; write lines, the prefix is added for you',
  })
})

it('strips only its own prefix', () => {
  assert.equal(nameFromWire(prefix, 'yukon-12345.lines'), 'lines')
  assert.equal(nameFromWire(prefix, 'wisla-1.lines'), undefined)
  assert.ok(hasDoubledPrefix(prefix, 'yukon-12345.yukon-12345.lines'))
  assert.ok(!hasDoubledPrefix(prefix, 'yukon-12345.lines'))
  assert.ok(!hasDoubledPrefix('', 'lines'))
})

it('knows a prefix that somebody wrote by hand', () => {
  assert.equal(prefixWrittenByHand('yukon-12345.lines'), prefix)
  for (const name of ['lines', 'v1.lines', 'a-b.lines', 'yukon-12345'])
    assert.equal(prefixWrittenByHand(name), undefined)
})

it('takes the prefix out of a description', () => {
  const withTopics = (topics: readonly string[]): TopologyDescription => ({
    subtopologies: [
      {
        id: 0,
        nodes: [
          { kind: 'source', name: 'a', topics, successors: ['b'] },
          { kind: 'sink', name: 'b', topic: `${topics[0]}-out`, predecessors: ['a'] },
        ],
      },
    ],
    globalStores: [],
  })
  assert.deepEqual(withoutPrefix(withTopics([`${prefix}in`, 'other']), prefix), withTopics(['in', 'other']))
})

it('makes an application id of prefix and name', () => {
  const name = parseApplicationName('word-count')
  assert.ok(name.ok)
  assert.equal(applicationId(prefix, name.value), 'yukon-12345.word-count')
  for (const wrong of ['', '..', 'word count', 'a'.repeat(250)]) assert.ok(!parseApplicationName(wrong).ok)
})
