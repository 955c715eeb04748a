import assert from 'node:assert/strict'
import { it } from 'node:test'
import * as fc from 'fast-check'
import type { RangeBounds, StoreEngine } from '../../src/runtime/store/engine.ts'

export interface EngineUnderTest extends AsyncDisposable {
  readonly engine: StoreEngine
}

/** What every StoreEngine promises, whatever holds the bytes. Run inside a `describe`. */
export function storeEngineContract(open: () => EngineUnderTest): void {
  it('shows what was written, and in no other way than by key order of unsigned bytes (model)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(writes, { maxLength: 6 }), fc.array(bounds, { maxLength: 6 }), async (all, asked) => {
        await using under = open()
        const model = new Model()
        for (const { entries, offset } of all) {
          under.engine.write(entries, offset)
          model.write(entries, offset)
          assert.equal(under.engine.offset, model.offset)
        }
        for (const [key] of all.flatMap(({ entries }) => entries))
          assert.deepEqual(toText(under.engine.get(key)), model.get(key))
        for (const range of [{}, ...asked])
          assert.deepEqual(
            [...under.engine.range(range)].map(([key, value]) => [toText(key), toText(value)]),
            model.range(range),
          )
      }),
      { numRuns: 60 },
    )
  })

  it('E1: a write that fails in the middle leaves nothing, not even its offset', async () => {
    await using under = open()
    under.engine.write([[bytes('kept'), bytes('1')]], 5)
    function* broken(): Generator<readonly [Uint8Array, Uint8Array]> {
      yield [bytes('half'), bytes('2')]
      throw new Error('the source of the entries broke')
    }
    assert.throws(() => under.engine.write(broken(), 9), /broke/)
    assert.equal(under.engine.get(bytes('half')), undefined)
    assert.equal(toText(under.engine.get(bytes('kept'))), '31')
    assert.equal(under.engine.offset, 5)
  })

  it('E3: an open iteration sees the state at its beginning', async () => {
    await using under = open()
    under.engine.write([
      [bytes('a'), bytes('1')],
      [bytes('b'), bytes('2')],
      [bytes('c'), bytes('3')],
    ])
    const iteration = under.engine.range({})[Symbol.iterator]()
    const first = iteration.next()
    under.engine.write([
      [bytes('b'), null],
      [bytes('d'), bytes('4')],
    ])
    const rest = [iteration.next(), iteration.next(), iteration.next()]
    assert.deepEqual(
      [first, ...rest].map(({ done, value }) => (done === true ? 'end' : toText(value[0]))),
      ['61', '62', '63', 'end'],
    )
  })

  it('leaves the offset alone where a write says none', async () => {
    await using under = open()
    assert.equal(under.engine.offset, undefined)
    under.engine.write([], 7)
    under.engine.write([[bytes('a'), bytes('1')]])
    assert.equal(under.engine.offset, 7)
  })
}

/** Text keys in a sorted object: hex sorts as unsigned bytes do. */
class Model {
  readonly #entries = new Map<string, string>()
  offset: number | undefined

  write(entries: readonly (readonly [Uint8Array, Uint8Array | null])[], offset: number | undefined): void {
    for (const [key, value] of entries)
      if (value === null) this.#entries.delete(hex(key))
      else this.#entries.set(hex(key), hex(value))
    this.offset = offset ?? this.offset
  }

  get(key: Uint8Array): string | undefined {
    return this.#entries.get(hex(key))
  }

  range({ from, to, reverse }: RangeBounds): readonly (readonly [string, string])[] {
    const within = [...this.#entries]
      .filter(([key]) => (from === undefined || key >= hex(from)) && (to === undefined || key < hex(to)))
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
    return reverse === true ? within.toReversed() : within
  }
}

const key = fc.uint8Array({ maxLength: 3 })
const writes = fc.record({
  entries: fc.array(fc.tuple(key, fc.option(fc.uint8Array({ maxLength: 4 }))), { maxLength: 8 }),
  offset: fc.option(fc.nat(), { nil: undefined }),
})
const bounds: fc.Arbitrary<RangeBounds> = fc.record({ from: key, to: key, reverse: fc.boolean() }, { requiredKeys: [] })

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const hex = (content: Uint8Array): string => Buffer.from(content).toString('hex')
const toText = (content: Uint8Array | undefined): string | undefined =>
  content === undefined ? undefined : hex(content)
