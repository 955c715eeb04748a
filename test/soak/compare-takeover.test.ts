import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compareTakeover, timeOf, type TakeoverOutcome } from '../../scripts/soak/compare-takeover.ts'

const of = (key: string, value: number) => ({ key, value })
const firstMs = 1_000_000

/** Events 63, 62 and 200 of one key, at 0, 40 and 9,320 ms: two sessions in one window, the first of them merged. */
const right: TakeoverOutcome = {
  events: [of('a', 63), of('a', 62), of('a', 200)],
  counts: [of('a', 1), of('a', 2), of('a', 3)],
  windows: [of('a@1000000', 1), of('a@1000000', 2), of('a@1000000', 3)],
  visits: [
    of('a@1000000-1000000', 1),
    of('a@1000000-1000000', 0),
    of('a@1000000-1000040', 2),
    of('a@1009880-1009880', 1),
  ],
  buckets: [of('bucket-26', 1), of('bucket-25', 1), of('bucket-15', 1)],
}

describe('the verdict of the takeover soak', () => {
  it('turns blocks of events round, so that sessions merge', () => {
    assert.deepEqual(
      [63, 62, 0, 127].map((event) => timeOf(firstMs, event) - firstMs),
      [0, 40, 2520, 2560],
    )
  })

  it('has nothing to say where every store came to what it must', () =>
    assert.deepEqual(compareTakeover(firstMs, right), []))

  const wrong: Readonly<Record<string, { outcome: Partial<TakeoverOutcome>; said: RegExp }>> = {
    'a count that lacks an event': {
      outcome: { counts: [of('a', 1), of('a', 2)] },
      said: /^counts: a ends at 2, not 3$/m,
    },
    'a count written twice': {
      outcome: { counts: [of('a', 1), of('a', 2), of('a', 2), of('a', 3)] },
      said: /^counts: a goes on with 2, not 3$/m,
    },
    'a window that begins again': {
      outcome: { windows: [of('a@1000000', 1), of('a@1000000', 1), of('a@1000000', 2)] },
      said: /^windows: a@1000000 ends at 2, not 3$/m,
    },
    'a session that was not merged': {
      outcome: { visits: right.visits.toSpliced(1, 1) },
      said: /^visits: a@1000000-1000000 ends at 1, not 0$/m,
    },
    'what was never counted': {
      outcome: { buckets: [...right.buckets, of('bucket-9', 1)] },
      said: /^buckets: bucket-9 ends at 1, not 0$/m,
    },
  }
  for (const [name, { outcome, said }] of Object.entries(wrong))
    it(`tells ${name}`, () => assert.match(compareTakeover(firstMs, { ...right, ...outcome }).join('\n'), said))
})
