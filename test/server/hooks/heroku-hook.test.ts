import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { describe, it } from 'node:test'
import { Secret } from '../../../src/base/secret.ts'
import { webhookSecretOf } from '../../../src/heroku/webhook.ts'
import { MemoryRecord } from '../../../src/record/memory-record.ts'
import { heardAnnotation } from '../../../src/controller/keep/hear-app.ts'
import { takeHerokuHook, type Delivery } from '../../../src/server/hooks/heroku-hook.ts'
import { keptWordCount, keyOf, loadKept, storeKept } from '../../support/kept-object.ts'
import { VirtualClock } from '../../../src/verify/virtual-clock.ts'

const secret = new Secret('the one of the control plane')

describe('a webhook of Heroku', () => {
  it('asks for a look at every StreamApp of that app, and at no other', async () => {
    const { record, take, heard } = await stage()
    assert.equal(await take(delivery('word-count')), 204)

    assert.deepEqual(await heard(), { a: true, b: true, other: false })
    assert.equal((await record.audit(keyOf(keptWordCount('a')), 1))[0]?.actor, 'heroku-webhook')
  })

  it('is refused without the signature of that app', async () => {
    const { take, heard } = await stage()
    const signed = delivery('word-count')
    assert.equal(await take({ ...signed, signature: undefined }), 401)
    assert.equal(await take({ ...signed, signature: delivery('other').signature }), 401)
    assert.equal(await take({ ...signed, app: 'other' }), 401)
    assert.deepEqual(await heard(), { a: false, b: false, other: false })
  })

  it('asks once where it comes twice within a second, and again later', async () => {
    const { clock, record, take } = await stage()
    await take(delivery('word-count'))
    const { version } = await record.list('StreamApp')
    await take(delivery('word-count'))
    assert.equal((await record.list('StreamApp')).version, version)
    await clock.pass(1_500)
    await take(delivery('word-count'))
    assert.equal((await record.list('StreamApp')).version, version + 2)
  })

  it('is taken and not acted on where it is about something else', async () => {
    const { take, heard } = await stage()
    assert.equal(await take(delivery('word-count', { data: {} })), 204)
    assert.deepEqual(await heard(), { a: false, b: false, other: false })
  })
})

interface Stage {
  readonly clock: VirtualClock
  readonly record: MemoryRecord
  readonly take: (delivered: Delivery) => Promise<number>
  readonly heard: () => Promise<Readonly<Record<string, boolean>>>
}

/** Two StreamApps of the app word-count, one of another. */
async function stage(): Promise<Stage> {
  const clock = new VirtualClock()
  const record = new MemoryRecord(clock)
  await storeKept(record, keptWordCount('a'))
  await storeKept(record, keptWordCount('b'))
  await storeKept(
    record,
    keptWordCount('other', (spec) => ({ ...spec, app: 'other' })),
  )
  const heard = async (): Promise<Record<string, boolean>> => {
    const found: Record<string, boolean> = {}
    for (const name of ['a', 'b', 'other']) {
      const object = await loadKept(record, keyOf(keptWordCount(name)))
      found[name] = object?.metadata.annotations?.[heardAnnotation] !== undefined
    }
    return found
  }
  return { clock, record, take: (delivered) => takeHerokuHook(delivered, { record, clock, secret }), heard }
}

function delivery(app: string, more: object = {}): Delivery {
  const said = { webhook_metadata: { event: { include: 'api:formation' } }, data: { app: { name: app } }, ...more }
  const body = new TextEncoder().encode(JSON.stringify(said))
  const signature = createHmac('sha256', webhookSecretOf(app, secret)).update(body).digest('base64')
  return { app, body, signature }
}
