import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { definitionOf } from '../../../src/server/kinds/definition.ts'
import { streamAppKind } from '../../../src/server/kinds/stream-app-kind.ts'
import { startPlainApi } from '../../support/plain-api-server.ts'
import { defineKind, streamAppsAt } from './served-object.ts'
import { countOf, writeTranscripts } from './transcript.ts'
import { compareServers, type Comparison } from './two-servers.ts'

const oracleUrl = process.env['WEIR_ORACLE_URL']
const numberFrom = (name: string, fallback: number): number => Number(process.env[name] ?? fallback)

describe('our server beside the genuine API server', () => {
  it(
    'answers random requests for StreamApps the same: 999 of 1000, 998 where they are odd, and each other one is explained',
    { skip: oracleUrl === undefined ? 'WEIR_ORACLE_URL names no genuine API server' : false },
    async () => {
      const genuine = streamAppsAt(oracleUrl ?? '')
      await defineKind(oracleUrl ?? '', JSON.parse(JSON.stringify(definitionOf(streamAppKind))), genuine.url)
      const api = await startPlainApi()
      const ours = streamAppsAt(api.url, api.headers)
      try {
        const seed = numberFrom('WEIR_ORACLE_SEED', 1)
        const requests = numberFrom('WEIR_ORACLE_REQUESTS', 2000)
        const odd = numberFrom('WEIR_ORACLE_ODD', 25)
        const found = await compareServers({ genuine, ours }, { seed, requests, odd })
        report(found)
        const file = process.env['WEIR_ORACLE_RECORD']
        if (file !== undefined) writeTranscripts(file, found.transcripts)
        const { explained, different } = found
        assert.deepEqual(different.slice(0, 1), [])
        const most = odd === 0 ? requests / 1000 : requests / 500
        assert.ok(explained.length <= most, `${explained.length} of ${requests} answers differ`)
      } finally {
        await api.close()
      }
    },
  )
})

function report({ transcripts, explained, different }: Comparison): void {
  for (const words of different.slice(0, 5)) console.error(words)
  const byCause = Object.entries(Object.groupBy(explained, (cause) => cause))
  for (const [cause, found] of byCause) console.error(`${found.length} explained: ${cause}`)
  const others = explained.length + different.length
  console.error(
    `${countOf(transcripts)} requests, ${others} answered otherwise, ${different.length} of them unexplained`,
  )
}
