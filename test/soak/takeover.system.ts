import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runTakeover, shortTurns } from '../../scripts/soak/takeover.ts'

describe('the takeover soak, in short', () => {
  it("goes on with Kafka Streams' stores, and hands them back, each count exact", async () => {
    const told: string[] = []
    const { isSuccess, words, folder } = await runTakeover(shortTurns, (text) => told.push(text))
    assert.ok(isSuccess, [...told, ...words, `the logs are kept in ${folder}`].join('\n'))
  })
})
