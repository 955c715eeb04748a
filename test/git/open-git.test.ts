import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Secret } from '../../src/base/secret.ts'
import { describeGitFailure } from '../../src/git/failure.ts'
import { openGit, usualLimits } from '../../src/git/open-git.ts'
import { loopback } from '../support/loopback.ts'

const live = new AbortController().signal

describe('a host that is not well', () => {
  const answers: readonly (readonly [title: string, status: number, headers: Record<string, string>, kind: string])[] =
    [
      ['asks to be left alone', 429, { 'retry-after': '120' }, 'busy 120000'],
      ['is down', 503, {}, 'unavailable'],
      ['forbids', 403, {}, 'unauthorised'],
      [
        'has moved the repository to another host',
        302,
        { location: 'https://evil.example/x.git/info/refs?a=b' },
        'moved https://evil.example/x.git',
      ],
      ['is no Git host', 200, { 'content-type': 'text/html' }, 'unclear'],
      ['speaks nonsense', 200, { 'content-type': 'application/x-git-upload-pack-advertisement' }, 'unclear'],
    ]
  for (const [title, status, headers, kind] of answers) {
    it(title, async () => {
      await using host = await loopback((response) => response.writeHead(status, headers).end('<html>nonsense'))
      const head = await openGit().head(host, 'main', live)
      assert.ok(!head.ok)
      const { error } = head
      const more = error.kind === 'busy' ? ` ${error.retryAfterMs}` : error.kind === 'moved' ? ` ${error.to}` : ''
      assert.equal(error.kind + more, kind, describeGitFailure(error))
    })
  }

  it('never sends the token to where it is sent on', async () => {
    await using elsewhere = await loopback((response) => response.end())
    await using home = await loopback((response) => response.writeHead(301, { location: elsewhere.url }).end())
    const credentials = { username: 'x-access-token', password: new Secret('s3cret') }
    const head = await openGit().head({ url: home.url, credentials }, 'main', live)
    assert.equal(head.ok ? 'ok' : head.error.kind, 'moved')
    assert.deepEqual(
      [home.requests[0]?.headers.authorization, elsewhere.requests.length],
      ['Basic eC1hY2Nlc3MtdG9rZW46czNjcmV0', 0],
    )
  })

  it('is waited for no longer than is allowed, and not at all once told to stop', async () => {
    await using host = await loopback(() => undefined)
    const head = await openGit({ ...usualLimits, answerMs: 100, callMs: 200 }).head(host, 'main', live)
    assert.match(head.ok ? '' : describeGitFailure(head.error), /cannot reach .* no answer within 0.1 s/)

    const stop = new AbortController()
    const asked = openGit().head(host, 'main', stop.signal)
    stop.abort()
    await assert.rejects(asked, { name: 'AbortError' })
  })

  it('that is not there is unreachable', async () => {
    const head = await openGit().head({ url: 'http://127.0.0.1:9/x.git' }, 'main', live)
    assert.equal(head.ok ? 'ok' : head.error.kind, 'unreachable')
  })
})
