import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { soakApi } from '../../scripts/soak/api/soak-api.ts'

describe('the soak of the API, in short', () => {
  it('ends with the exact set of objects at each of 100 watchers, whatever was restarted', async () => {
    const told: string[] = []
    const { success, summary } = await soakApi({
      restarts: 5,
      seed: 7,
      watchers: 100,
      tell: (text) => told.push(text),
    })
    assert.ok(success, [...told, ...summary].join('\n'))
  })
})
