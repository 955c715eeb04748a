import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { murmur2, partitionForKey } from '../../src/kafka/murmur2.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

describe('the default partitioner', () => {
  // Values of org.apache.kafka.common.utils.Utils.murmur2, one for each length of tail.
  for (const [text, hash] of [
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ] as const)
    it(`hashes ${text} as Kafka does`, () => assert.equal(murmur2(bytes(text)), hash))

  it('clears the sign bit before it takes the remainder', () => {
    assert.equal(partitionForKey(bytes('21'), 7), (-973932308 & 0x7fffffff) % 7)
  })
})
