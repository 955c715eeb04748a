import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { classify, describeFailure } from '../../src/heroku/failure.ts'

const answer = {
  call: 'PATCH /apps/example-app/formation',
  message: 'said by Heroku',
  resource: null,
  retryAfterSeconds: null,
}

describe('classify', () => {
  const table = [
    [400, 'invalid'],
    [401, 'unauthorised'],
    [402, 'forbidden'],
    [403, 'forbidden'],
    [404, 'not-found'],
    [406, 'invalid'],
    [408, 'unavailable'],
    [409, 'conflict'],
    [410, 'not-found'],
    [422, 'invalid'],
    [429, 'rate-limited'],
    [500, 'unavailable'],
    [503, 'unavailable'],
  ] as const
  for (const [status, kind] of table) {
    it(`takes ${status} as ${kind}, and says what to do`, () => {
      const failure = classify({ ...answer, status })

      assert.equal(failure.kind, kind)
      assert.match(describeFailure(failure), /Apply|apply|Change|Check|Use|export|Try|try/)
    })
  }

  it('waits as long as a Retry-After says, or a minute, in which the bucket refills', () => {
    const waits = [null, 7].map((retryAfterSeconds) => classify({ ...answer, status: 429, retryAfterSeconds }))

    assert.deepEqual(
      waits.map((failure) => 'retryAfterMs' in failure && failure.retryAfterMs),
      [60_000, 7_000],
    )
  })

  it('names NODE_EXTRA_CA_CERTS when a certificate is not trusted', () => {
    const failure = {
      kind: 'unreachable',
      call: 'GET /',
      host: '127.0.0.1:1',
      reason: 'self-signed certificate',
    } as const

    assert.match(describeFailure(failure), /NODE_EXTRA_CA_CERTS/)
  })
})
