import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { describe, it } from 'node:test'
import { countOf, differencesOf, readTranscripts } from './transcript.ts'

const folder = new URL('../../fixtures/oracle/', import.meta.url)

describe('what the genuine API server answered', () => {
  for (const name of readdirSync(folder).filter((file) => file.startsWith('gadgets-'))) {
    it(`is what our rules of ownership answer: ${name}`, () => {
      const transcripts = readTranscripts(new URL(name, folder))
      assert.ok(countOf(transcripts) >= 100, 'a record of hundreds of requests')
      assert.deepEqual(transcripts.flatMap(differencesOf).slice(0, 1), [])
    })
  }
})
