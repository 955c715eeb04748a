import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { systemClock } from '../../src/host/system-clock.ts'
import { MemoryRecord } from '../../src/record/memory-record.ts'
import { startApi, type ApiUnderTest } from '../support/api-server.ts'
import { streamApp, streamApps } from '../support/api-stream-app.ts'

/** A record that tells nobody of writes, so that whoever does not ask stays behind. */
class QuietRecord extends MemoryRecord {
  override onWrite(): void {}
}

let here: ApiUnderTest
let there: ApiUnderTest
before(async () => {
  const record = new QuietRecord(systemClock)
  here = await startApi([], record)
  there = await startApi([], record)
})
after(async () => {
  await here.close()
  await there.close()
})

const merge = { 'content-type': 'application/merge-patch+json' }

describe('a process that is behind the others', () => {
  it('W1: refuses nothing and skips nothing for what it has not seen yet', async () => {
    await there.call('POST', streamApps, { body: streamApp('made') })
    const label = (api: ApiUnderTest, value: string) =>
      api.call('PATCH', `${streamApps}/made`, { body: { metadata: { labels: { a: value } } }, headers: merge })
    assert.equal((await label(here, 'first')).code, 200)
    assert.equal((await label(there, 'second')).code, 200)
    // To the process that is behind, this looks as if it were so already.
    await label(here, 'first')
    const { body } = await there.call('GET', `${streamApps}/made`)
    assert.equal(body['metadata'].labels.a, 'first')
  })

  it('shows in a list what was acknowledged elsewhere', async () => {
    await there.call('POST', streamApps, { body: streamApp('listed') })
    const { text } = await here.call('GET', streamApps)
    assert.match(text, /"name":"listed"/)
  })

  it('knows a token that was given out elsewhere', async () => {
    const accounts = '/api/v1/namespaces/default/serviceaccounts'
    await there.call('POST', accounts, {
      body: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'bot' } },
    })
    const { body } = await there.call('POST', `${accounts}/bot/token`, { body: {} })
    assert.equal((await here.call('GET', streamApps, { token: body['status'].token })).code, 200)
  })
})

it('answers 503 while the record is out of reach, and shows why to nobody', async () => {
  class LostRecord extends MemoryRecord {
    isLost = false
    override changesSince(version: number, limit: number): ReturnType<MemoryRecord['changesSince']> {
      if (this.isLost) return Promise.reject(new Error('postgres://user:password@host'))
      return super.changesSince(version, limit)
    }
  }
  const record = new LostRecord(systemClock)
  const api = await startApi([], record)
  try {
    record.isLost = true
    const lost = await api.call('GET', streamApps)
    assert.deepEqual(
      [lost.code, lost.body['reason'], lost.text.includes('password')],
      [503, 'ServiceUnavailable', false],
    )
    assert.equal((await api.call('GET', '/readyz')).code, 503)
    assert.equal((await api.call('GET', '/livez')).code, 200)
    record.isLost = false
    assert.equal((await api.call('GET', streamApps)).code, 200)
  } finally {
    await api.close()
  }
})
