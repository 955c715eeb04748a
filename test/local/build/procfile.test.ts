import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseProcfile } from '../../../src/local/build/procfile.ts'

describe('a Procfile', () => {
  it('names process types and their commands', () => {
    const text = '\uFEFF# how it runs\nworker: weir worker topology.ts\r\n\nweb:  node web.js --port=$PORT:80  \n'
    assert.deepEqual(parseProcfile(text), {
      ok: true,
      value: { worker: 'weir worker topology.ts', web: 'node web.js --port=$PORT:80' },
    })
  })

  it('reports every mistake at once, with its line', () => {
    const parsed = parseProcfile('worker weir\nwork er: x\nweb:\nok: a\nok: b\n')
    assert.deepEqual(parsed, {
      ok: false,
      error: [
        'Procfile:1: "worker weir" is not of the form "type: command"',
        'Procfile:2: "work er" is no process type: letters, digits, - and _ only',
        'Procfile:3: process type web has no command after the colon',
        'Procfile:5: process type ok stands here a second time',
      ],
    })
  })

  it('may be empty', () => {
    assert.deepEqual(parseProcfile('\n'), { ok: true, value: {} })
  })
})
