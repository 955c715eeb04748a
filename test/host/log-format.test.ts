import assert from 'node:assert/strict'
import { it } from 'node:test'
import { pino } from 'pino'
import { logFormat } from '../../src/host/log-format.ts'

it('logs what an error says, and no secret', () => {
  const lines: string[] = []
  const log = pino({ ...logFormat }, { write: (line: string) => void lines.push(line) })
  log.info({ error: new Error('the pass threw'), heroku: { key: 'a secret' } }, 'pass-failed')
  log.info({ error: 'in words' }, 'record-unreachable')

  assert.match(lines[0] ?? '', /"message":"the pass threw"/)
  assert.match(lines[0] ?? '', /log-format\.test\.ts/)
  assert.doesNotMatch(lines[0] ?? '', /a secret/)
  assert.match(lines[1] ?? '', /"error":"in words"/)
})
