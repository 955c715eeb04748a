import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { describe, it } from 'node:test'
import { Secret } from '../../src/base/secret.ts'
import { isSameRepository, readGithubWebhook, type WebhookRequest } from '../../src/git/github-webhook.ts'

const secret = new Secret("It's a Secret to Everybody")
const push = {
  ref: 'refs/heads/release/1',
  after: 'a'.repeat(40),
  repository: { clone_url: 'https://github.com/acme/streams.git', html_url: 'https://github.com/acme/streams' },
}

describe('readGithubWebhook', () => {
  it("agrees with the example of GitHub's documentation", () => {
    const body = new TextEncoder().encode('Hello, World!')
    const headers = {
      'x-hub-signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
      'x-github-event': 'push',
    }
    const read = readGithubWebhook({ body, headers }, secret)
    assert.deepEqual(read, { ok: false, error: { status: 400, message: 'the body holds no JSON object' } })
  })

  it('reads a push to a branch, as JSON and as a form', () => {
    const news = {
      kind: 'push',
      delivery: '1234',
      urls: ['https://github.com/acme/streams.git', 'https://github.com/acme/streams'],
      branch: 'release/1',
    }
    assert.deepEqual(readGithubWebhook(signed(JSON.stringify(push)), secret), { ok: true, value: news })
    const form = new URLSearchParams({ payload: JSON.stringify(push) }).toString()
    const type = { 'content-type': 'application/x-www-form-urlencoded' }
    assert.deepEqual(readGithubWebhook(signed(form, type), secret), { ok: true, value: news })
  })

  it('knows a ping, and lets tags and other events pass', () => {
    const kind = (payload: object, event: string): string => {
      const read = readGithubWebhook(signed(JSON.stringify(payload), { 'x-github-event': event }), secret)
      return read.ok ? read.value.kind : read.error.message
    }
    assert.equal(kind({ zen: 'Keep it logically awesome.' }, 'ping'), 'ping')
    assert.equal(kind({ ...push, ref: 'refs/tags/v1' }, 'push'), 'other')
    assert.equal(kind(push, 'issues'), 'other')
    assert.equal(kind({}, 'push'), 'other')
  })

  const request = signed(JSON.stringify(push))
  const refused: readonly (readonly [title: string, request: WebhookRequest, status: number])[] = [
    ['without a signature', { ...request, headers: { 'x-github-event': 'push' } }, 401],
    ['under another secret', signed(JSON.stringify(push), {}, 'other'), 401],
    [
      'whose body was changed by a byte',
      { ...request, body: Uint8Array.from(request.body, (byte, at) => (at === 9 ? byte ^ 1 : byte)) },
      401,
    ],
    ['with the old SHA-1 signature only', { ...request, headers: { 'x-hub-signature': 'sha1=00' } }, 401],
    [
      'whose signature is shorter',
      { ...request, headers: { ...request.headers, 'x-hub-signature-256': 'sha256=' } },
      401,
    ],
    ['that is signed and no JSON', signed('{'), 400],
    ['that is signed and a list', signed('[]'), 400],
    ['that is not UTF-8', signed(Buffer.from([0xff])), 400],
    ['that is larger than any push worth reading', signed(Buffer.alloc(5 * 1_048_576 + 1)), 413],
  ]
  for (const [title, wrong, status] of refused) {
    it(`refuses a delivery ${title}`, () => {
      const read = readGithubWebhook(wrong, secret)
      assert.equal(read.ok ? 200 : read.error.status, status)
    })
  }
})

describe('isSameRepository', () => {
  it('overlooks how a URL is written, and nothing else', () => {
    const url = 'https://github.com/acme/streams.git'
    for (const same of ['https://github.com/acme/streams', 'https://GitHub.com/Acme/Streams/', `${url}/`]) {
      assert.ok(isSameRepository(url, same), same)
    }
    for (const other of [
      'https://github.com/acme/streams2',
      'https://gitlab.com/acme/streams',
      'https://github.com/evil/acme/streams',
    ]) {
      assert.ok(!isSameRepository(url, other), other)
    }
  })
})

function signed(
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
  key = secret.reveal(),
): WebhookRequest {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body
  const signature = createHmac('sha256', key).update(bytes).digest('hex')
  return {
    body: bytes,
    headers: {
      'x-hub-signature-256': `sha256=${signature}`,
      'x-github-event': 'push',
      'x-github-delivery': '1234',
      'content-type': 'application/json',
      ...headers,
    },
  }
}
