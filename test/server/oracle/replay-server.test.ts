import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { compareAnswers } from './compare-answers.ts'
import { startPlainApi, type PlainApiServer } from '../../support/plain-api-server.ts'
import { ServedObject, streamAppsAt } from './served-object.ts'
import { countOf, readTranscripts, type Transcript } from './transcript.ts'

const folder = new URL('../../fixtures/oracle/', import.meta.url)

describe('our whole server', () => {
  let server: PlainApiServer
  before(async () => {
    server = await startPlainApi()
  })
  after(() => server.close())

  for (const name of readdirSync(folder).filter((file) => file.startsWith('stream-apps-'))) {
    it(`answers as the genuine API server did: ${name}`, async () => {
      const transcripts = readTranscripts(new URL(name, folder))
      assert.ok(countOf(transcripts) >= 100, 'a record of hundreds of requests')
      const lives = transcripts.map((transcript, at) =>
        differencesIn(transcript, server, `${name.split('.')[0]}-${at}`),
      )
      assert.deepEqual((await Promise.all(lives)).flat().slice(0, 1), [])
    })
  }
})

/** What differs without a known reason. A record ends with the first answer that differed. */
async function differencesIn(
  transcript: Transcript,
  { url, headers }: PlainApiServer,
  name: string,
): Promise<readonly string[]> {
  const object = new ServedObject(streamAppsAt(url, headers), name)
  for (const { operation, answer, words = '' } of transcript) {
    // oxlint-disable-next-line no-await-in-loop -- each request hangs on the one before it
    const { answer: got } = await object.send(operation)
    const verdict = compareAnswers({ answer, words }, got)
    if (verdict.kind === 'different') return [`asked ${JSON.stringify(operation)}`, ...verdict.lines]
    if (verdict.kind === 'explained') return []
  }
  return []
}
