import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { RecordCache, type NamedCache, type SentEntry } from '../../../src/runtime/store/record-cache.ts'

const origin = { topic: 't', partition: 0, offset: 0, timestamp: 0, headers: [] }
/** A key of one letter, and a value; null deletes. */
type Write = readonly [key: string, value: string | null]

const write = (cache: NamedCache, [key, value]: Write, offset = 0): void =>
  cache.put(key, value === null ? null : Buffer.from(value), { ...origin, offset })

const plain = ({ text, value, origin: { offset } }: SentEntry) => [text, value?.toString() ?? null, offset] as const

/** A cache that never evicts, whose listener writes back what `answers` says, once for each entry that it is told of. */
function cacheWith(answers: ReadonlyMap<string, Write>, told: (entry: SentEntry) => void, maxBytes = 1_000_000) {
  const left = new Map(answers)
  const cache: NamedCache = new RecordCache(maxBytes).open((entry) => {
    told(entry)
    const answer = left.get(entry.text)
    left.delete(entry.text)
    if (answer !== undefined) write(cache, answer, 99)
  })
  return cache
}

describe('a record cache that is flushed', () => {
  it('tells of each key what it held when the flush began, whatever its listener writes meanwhile', () => {
    const keys = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')
    const someWrite = fc.tuple(keys, fc.option(fc.string({ maxLength: 3 })))
    fc.assert(
      fc.property(fc.array(someWrite), fc.array(fc.tuple(keys, someWrite)), (writes, answers) => {
        const told: (readonly [string, string | null, number])[] = []
        const cache = cacheWith(new Map(answers), (entry) => told.push(plain(entry)))
        const last = new Map<string, readonly [string, string | null, number]>()
        for (const [offset, each] of writes.entries()) {
          write(cache, each, offset)
          last.delete(each[0])
          last.set(each[0], [...each, offset])
        }
        cache.flush()
        assert.deepEqual(told, [...last.values()])
      }),
    )
  })

  it('does so where the listener makes it evict, and the rows of other keys are used again', () => {
    const told: string[] = []
    const entryBytes = 1 + 25 + 16 + 1 + 4 + 1
    const answers = new Map(['a', 'b', 'c', 'x', 'y'].map((key, index): [string, Write] => [key, [`${index}`, 'n']]))
    const cache = cacheWith(answers, ({ text, value }) => told.push(`${text}=${value?.toString()}`), 5 * entryBytes)
    for (const key of ['a', 'b', 'c', 'd', 'e']) write(cache, [key, key.toUpperCase()])
    cache.flush()
    assert.deepEqual(
      told.filter((text) => /^[a-e]/.test(text)),
      ['a=A', 'b=B', 'c=C', 'd=D', 'e=E'],
    )
    cache.flush()
    assert.deepEqual(told.filter((text) => /^\d/.test(text)).toSorted(), ['0=n', '1=n', '2=n'])
  })

  it('has nothing of it to tell a second time, also where a listener failed in the middle', () => {
    const told: string[] = []
    let fails = true
    const cache = cacheWith(new Map(), ({ text }) => {
      if (fails && text === 'b') throw new TypeError('it breaks')
      told.push(text)
    })
    for (const key of ['a', 'b', 'c']) write(cache, [key, key])
    assert.throws(() => cache.flush(), TypeError)
    fails = false
    write(cache, ['c', 'later'])
    cache.flush()
    assert.deepEqual(told, ['a', 'c'])
  })
})
