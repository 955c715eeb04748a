import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { describeFailure, opening, ready, readyLine } from '../../src/local/dev-screen.ts'
import type { Platform } from '../../src/local/platform.ts'

const addresses: Pick<Platform, 'heroku' | 'kafka'> = {
  heroku: { apiUrl: 'http://127.0.0.1:1', dataHost: '127.0.0.1:2', apiKey: 'key', caFile: '/tmp/ca.pem' },
  kafka: { dedicated: '127.0.0.1:3', basic: '127.0.0.1:4' },
}

describe('what weir dev says', () => {
  it('is that this is local mode and never Heroku', () => {
    assert.match(opening('1.2.3'), /^weirkeeper 1\.2\.3 · local mode, never Heroku\n/)
  })

  it('is one line of JSON for programs', () => {
    assert.equal(
      readyLine(addresses),
      '{"heroku":{"apiUrl":"http://127.0.0.1:1","dataHost":"127.0.0.1:2","apiKey":"key","caFile":"/tmp/ca.pem"},' +
        '"kafka":{"dedicated":"127.0.0.1:3","basic":"127.0.0.1:4"}}\n',
    )
  })

  it('is what to export, and what is kept, for a person', () => {
    for (const line of [
      'HEROKU_API_KEY=key',
      'HEROKU_HOST=http://127.0.0.1:1',
      'HEROKU_DATA_HOST=127.0.0.1:2',
      'NODE_EXTRA_CA_CERTS=/tmp/ca.pem',
    ]) {
      assert.ok(ready(addresses, undefined).includes(`export ${line}\n`))
    }
    assert.match(ready(addresses, undefined), /nothing is kept/)
    assert.match(ready(addresses, 'folder'), /kept in folder/)
  })

  it('is what to do about a port that cannot be had', () => {
    const failure = (code: string): Error => Object.assign(new Error('listen'), { code })
    assert.match(
      describeFailure(failure('EADDRINUSE'), 80),
      /port 80 or 81 is in use by another program\. Choose another with --port/,
    )
    assert.match(describeFailure(failure('EACCES'), 80), /port 80 needs more rights/)
    assert.equal(describeFailure(new Error('java was not found'), 0), 'java was not found')
  })
})
