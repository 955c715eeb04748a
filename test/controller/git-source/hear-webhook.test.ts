import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { describe, it } from 'node:test'
import { hearGithubWebhook } from '../../../src/controller/git-source/hear-webhook.ts'
import { asJson } from '../../../src/record/as-json.ts'
import { MemoryRecord } from '../../../src/record/memory-record.ts'
import { ownWrite } from '../../../src/record/own-write.ts'
import type { ControlRecord } from '../../../src/record/record.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { keptSource, sourceKey } from '../../support/git-source.ts'
import { loadKept, ownersOf, storeKept } from '../../support/kept-object.ts'

const webhook = 'h00k'

describe('hearGithubWebhook', () => {
  it('asks for a look at the GitSource whose branch was pushed to', async () => {
    const record = await there()
    assert.deepEqual(await deliver(record), { ok: true, value: 'heard' })
    const source = await loadKept(record, sourceKey)
    assert.match(String(source?.metadata.annotations?.['streams.weirkeeper.dev/requested']), /^[0-9a-f]{32}$/)
    assert.equal(source?.metadata.generation, 1)
    assert.equal((await record.audit(sourceKey, 1))[0]?.actor, 'github')
  })

  it('asks for no second look where the same is delivered again, under whatever id', async () => {
    const record = await there()
    await deliver(record)
    const { version } = await record.list('GitSource')
    assert.deepEqual(await deliver(record, {}, { delivery: 'made-up' }), { ok: true, value: 'heard' })
    assert.equal((await record.list('GitSource')).version, version)
    await deliver(record, { after: 'another commit' })
    assert.notEqual((await record.list('GitSource')).version, version)
  })

  it('owns the annotation that it leaves', async () => {
    const record = await there()
    const after = await loadKept(record, sourceKey)
    assert.ok(after)
    const declared = { before: undefined, after, writer: 'weirkeeper-git', subresource: '', at: new Date(0) } as const
    await storeKept(record, ownWrite(declared))
    await deliver(record)
    assert.deepEqual(ownersOf(await loadKept(record, sourceKey)), [
      'weirkeeper-git Update',
      'weirkeeper-webhook Update',
    ])
  })

  it('does nothing for another branch or another repository', async () => {
    const record = await there()
    const { version } = await record.list('GitSource')
    const elsewhere = { clone_url: 'https://git.example/other.git' }
    assert.deepEqual(await deliver(record, { ref: 'refs/heads/other' }), { ok: true, value: 'nothing-to-do' })
    assert.deepEqual(await deliver(record, { repository: elsewhere }), { ok: true, value: 'nothing-to-do' })
    assert.equal((await record.list('GitSource')).version, version)
  })

  it('tells a wrong signature, and no more than that there is no hook to who names what is not there', async () => {
    const record = await there()
    const wrong = await deliver(record, {}, { key: 'other' })
    assert.equal(wrong.ok ? 200 : wrong.error.status, 401)
    const missing = await deliver(record, {}, { name: 'nowhere' })
    assert.equal(missing.ok ? 200 : missing.error.status, 404)

    await storeKept(record, keptSource({}, 'open'))
    assert.deepEqual(await deliver(record, {}, { name: 'open' }), missing)
  })
})

async function there(): Promise<ControlRecord> {
  const record = new MemoryRecord(new FakeClock())
  await storeKept(record, keptSource({ secretRef: { name: 'shop-git' } }))
  const body = asJson({ data: { webhook: Buffer.from(webhook).toString('base64') } })
  const key = { kind: 'Secret', namespace: 'default', name: 'shop-git' }
  await record.write([{ kind: 'put', key, body, expected: 'any', actor: 'test' }])
  return record
}

function deliver(
  record: ControlRecord,
  payload: object = {},
  { key = webhook, name = 'shop', delivery = 'delivery-1' } = {},
): ReturnType<typeof hearGithubWebhook> {
  const repository = { clone_url: 'https://git.example/shop' }
  const body = new TextEncoder().encode(JSON.stringify({ ref: 'refs/heads/main', repository, ...payload }))
  const signature = createHmac('sha256', key).update(body).digest('hex')
  const headers = {
    'x-hub-signature-256': `sha256=${signature}`,
    'x-github-event': 'push',
    'x-github-delivery': delivery,
  }
  return hearGithubWebhook({ namespace: 'default', name }, { body, headers }, { record, clock: new FakeClock() })
}
