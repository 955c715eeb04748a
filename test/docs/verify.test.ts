import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { it } from 'node:test'
import { callTroubles, noticeTroubles, recordTroubles } from '../../src/verify/trouble.ts'

it('docs/how-to/verify.md says of every trouble what happens', () => {
  const page = readFileSync(new URL('../../docs/how-to/verify.md', import.meta.url), 'utf8')
  const rows = [...page.matchAll(/^\| (`[^|]*`) \|/gm)].flatMap(([, names = '']) => [...names.matchAll(/`([^`]+)`/g)])
  const named = rows.map(([, name = '']) => name).filter((name) => name !== 'edit')
  assert.deepEqual(named.toSorted(), [...Object.keys(callTroubles), ...recordTroubles, ...noticeTroubles].toSorted())
})
