import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  json,
  list,
  type Serde,
  serdes,
  sessionWindowedSerde,
  timeWindowedSerde,
  Windowed,
} from '../../../src/index.ts'
import { changedSerde } from '../../../src/runtime/serde/changed-serde.ts'

/** Bytes as org.apache.kafka.common.serialization and kstream.internals write them, 4.3.1. */
const javaBytes: readonly (readonly [name: string, check: () => void])[] = [
  ['string', same(serdes.string, 'é𝄞', 'c3a9f09d849e')],
  ['int', same(serdes.int, -2, 'fffffffe')],
  ['long', same(serdes.long, -2, 'fffffffffffffffe')],
  ['long beyond 32 bits', same(serdes.long, 2 ** 52 + 1, '0010000000000001')],
  ['bigint', same(serdes.bigint, -(2n ** 63n), '8000000000000000')],
  ['double', same(serdes.double, 0.1, '3fb999999999999a')],
  ['short', same(serdes.short, -2, 'fffe')],
  ['float', same(serdes.float, Math.fround(0.1), '3dcccccd')],
  ['boolean', same(serdes.boolean, true, '01')],
  [
    'uuid',
    same(
      serdes.uuid,
      '00000000-0000-0001-0000-000000000002',
      Buffer.from('00000000-0000-0001-0000-000000000002').toString('hex'),
    ),
  ],
  ['json', same(json<{ a: number }>(), { a: 1 }, '7b2261223a317d')],
  [
    'time-windowed',
    same(timeWindowedSerde(serdes.string, 10), new Windowed('k', { start: 256, end: 266 }), '6b0000000000000100'),
  ],
  [
    'session-windowed',
    same(
      sessionWindowedSerde(serdes.string),
      new Windowed('k', { start: 1, end: 2 }),
      '6b00000000000000020000000000000001',
    ),
  ],
  ['a list of texts', same(list(serdes.string), ['a', null, 'bc'], '01000000030000000161ffffffff000000026263')],
  ['a list of ints', same(list(serdes.int), [1, null, -2], '0000000001000000010000000300000001fffffffe')],
  ['an empty list', same(list(serdes.long), [], '000000000000000000')],
  ['a list of booleans', same(list(serdes.boolean), [true], '01000000010000000101')],
  ['a change with both values', same(changedSerde(serdes.string), { newValue: 'n', oldValue: 'o' }, '026e6f02')],
  ['a change with a new value', same(changedSerde(serdes.string), { newValue: 'n', oldValue: null }, '6e01')],
  ['a change with an old value', same(changedSerde(serdes.string), { newValue: null, oldValue: 'o' }, '6f00')],
]

describe("serdes have Java's bytes", () => {
  for (const [name, check] of javaBytes) it(name, check)

  it('writes a question mark for half a surrogate pair, as Java does', () => {
    assert.equal(Buffer.from(serdes.string.serialize('a\ud800b')).toString('hex'), '613f62')
  })

  it('refuses a long that a number cannot hold, and names bigint', () => {
    assert.throws(() => serdes.long.serialize(2 ** 53), { message: /use serdes.bigint/ })
    assert.throws(() => serdes.long.deserialize(serdes.bigint.serialize(2n ** 60n)), { message: /use serdes.bigint/ })
  })

  it('refuses a list that is cut short, or of entries of one size under a serde of any', () => {
    const bytes = list(serdes.string).serialize(['abc'])
    assert.throws(() => list(serdes.string).deserialize(bytes.subarray(0, -1)), { message: /ends within an entry/ })
    assert.throws(() => list(serdes.string).deserialize(list(serdes.int).serialize([1])), { message: /give list\(\)/ })
    assert.throws(() => list(serdes.string).deserialize(Buffer.from('01ffffffff', 'hex')), { message: /-1 entries/ })
  })

  it('names the size it expected', () => {
    assert.throws(() => serdes.int.deserialize(Buffer.alloc(8)), { message: 'an int has 4 bytes, and here are 8' })
  })
})

function same<T>(serde: Serde<T>, value: T, hex: string): () => void {
  return () => {
    assert.equal(Buffer.from(serde.serialize(value)).toString('hex'), hex)
    assert.deepEqual(serde.deserialize(new Uint8Array(Buffer.from(hex, 'hex'))), value)
  }
}
