import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseDevOptions } from '../../src/local/dev-options.ts'

const usual = { help: false, json: false, port: 0, persist: undefined, memoryQuota: false }

describe('the words after weir dev', () => {
  it('may be none', () => {
    assert.deepEqual(parseDevOptions([]), { ok: true, value: usual })
  })

  it('choose json, port, folder and quota', () => {
    assert.deepEqual(parseDevOptions(['--json', '--port', '5100', '--persist=kept', '--memory-quota']), {
      ok: true,
      value: { help: false, json: true, port: 5100, persist: 'kept', memoryQuota: true },
    })
  })

  for (const [words, message] of [
    [['--port', '65535'], /--port must be a whole number from 1 to 65534, and not "65535"/],
    [['--port', 'http'], /not "http"/],
    [['--port', '0', '--persist', ''], /not "0"\n--persist must name a folder/],
    [['--colour'], /--colour/],
    [['here'], /here/],
  ] as const) {
    it(`are refused as ${words.join(' ')}`, () => {
      const parsed = parseDevOptions(words)
      assert.ok(!parsed.ok)
      assert.match(parsed.error, message)
    })
  }
})
