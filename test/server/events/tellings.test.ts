import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Tellings } from '../../../src/server/events/tellings.ts'

it('a thousand who watch ask the record once for the same, and once more where that failed', async () => {
  let asked = 0
  let isLost = true
  const tellings = new Tellings({
    eventsSince: () => {
      asked += 1
      return isLost ? Promise.reject(new Error('lost')) : Promise.resolve([])
    },
  })
  const ask = (upTo: number): Promise<unknown> => tellings.between('default', { since: 1, upTo, limit: 500 })
  const many = (): Promise<readonly PromiseSettledResult<unknown>[]> =>
    Promise.allSettled(Array.from({ length: 1_000 }, () => ask(7)))
  assert.ok((await many()).every(({ status }) => status === 'rejected'))
  isLost = false
  assert.ok((await many()).every(({ status }) => status === 'fulfilled'))
  assert.equal(asked, 2)
  await tellings.between('other', { since: 1, upTo: 7, limit: 500 })
  for (let upTo = 8; upTo < 300; upTo += 1) await ask(upTo)
  assert.equal(asked, 2 + 1 + 292)
})
