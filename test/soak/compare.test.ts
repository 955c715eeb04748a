import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compareOutcome, type Outcome } from '../../scripts/soak/compare.ts'

const of = (key: string, value: number) => ({ key, value })

/** Three orders in two partitions, and all that must come of them. 3 and 40 fall into one bucket. */
const right: Outcome = {
  orders: [[of('a', 3), of('a', 40)], [of('b', 5)]],
  copies: [[of('a', 3), of('a', 40)], [of('b', 5)]],
  sums: [[of('a', 3), of('a', 43)], [of('b', 5)]],
  buckets: [[of('bucket-3', 1), of('bucket-5', 1)], [], [of('bucket-3', 2)]],
}

describe('the verdict of the exactly-once soak', () => {
  it('has nothing to say where every record is what it must be', () => assert.deepEqual(compareOutcome(right), []))

  const wrong: Readonly<Record<string, { outcome: Partial<Outcome>; said: RegExp }>> = {
    'a record lost': {
      outcome: { copies: [[of('a', 40)], [of('b', 5)]] },
      said: /copies-0: record 0 is a=40, not a=3 \(1 records, 2 expected\)/,
    },
    'a record written twice': {
      outcome: {
        copies: [
          [of('a', 3), of('a', 40)],
          [of('b', 5), of('b', 5)],
        ],
      },
      said: /copies-1: record 1 is b=5, not missing/,
    },
    'a record summed twice': {
      outcome: { sums: [[of('a', 3), of('a', 46)], [of('b', 5)]] },
      said: /sums-0: record 1 is a=46, not a=43/,
    },
    'a count that lacks a record': {
      outcome: { buckets: [[of('bucket-3', 1), of('bucket-5', 1)]] },
      said: /buckets: bucket-3 ends at 1, not 2/,
    },
    'a count that begins again': {
      outcome: { buckets: [[of('bucket-3', 1), of('bucket-3', 1), of('bucket-3', 2), of('bucket-5', 1)]] },
      said: /buckets: bucket-3 goes on with 1, not 2/,
    },
    'a count of what was never ordered': {
      outcome: { buckets: [...right.buckets, [of('bucket-9', 1)]] },
      said: /buckets: bucket-9 ends at 1, not 0/,
    },
  }
  for (const [name, { outcome, said }] of Object.entries(wrong))
    it(`tells ${name}`, () => assert.match(compareOutcome({ ...right, ...outcome }).join('\n'), said))
})
