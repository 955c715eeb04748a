import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runEos } from '../../scripts/soak/eos.ts'

describe('the exactly-once soak, in short', () => {
  it('finds every record once after some faults in 25 seconds', async () => {
    const told: string[] = []
    const { success, summary, folder } = await runEos({
      seconds: 25,
      seed: 7,
      perSecond: 200,
      tell: (text) => told.push(text),
    })
    assert.ok(success, [...told, ...summary, `the logs are kept in ${folder}`].join('\n'))
  })
})
