import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { describe, it } from 'node:test'
import { Secret } from '../../../src/base/secret.ts'
import { webhookSecretOf } from '../../../src/heroku/webhook.ts'
import { MemoryRecord } from '../../../src/record/memory-record.ts'
import { ownWrite } from '../../../src/record/own-write.ts'
import { heardAnnotation } from '../../../src/controller/keep/hear-app.ts'
import { takeHerokuHook, type Delivery, type HookSurroundings } from '../../../src/server/hooks/heroku-hook.ts'
import { keptWordCount, keyOf, loadKept, ownersOf, storeKept } from '../../support/kept-object.ts'
import { VirtualClock } from '../../../src/verify/virtual-clock.ts'

const secret = new Secret('the one of the control plane')

describe('a webhook of Heroku', () => {
  it('asks for a look at every StreamApp of that app, and at no other', async () => {
    const { record, take, heard } = await stage()
    assert.equal(await take(delivery('word-count')), 204)

    assert.deepEqual(await heard(), { a: true, b: true, other: false })
    assert.equal((await record.audit(keyOf(keptWordCount('a')), 1))[0]?.actor, 'heroku-webhook')
  })

  it('owns the annotations that it leaves, and nothing else', async () => {
    const { record, take } = await stage()
    const after = keptWordCount('a')
    const declared = { before: undefined, after, writer: 'weirkeeper-git', subresource: '', at: new Date(0) } as const
    await storeKept(record, ownWrite(declared))
    await take(delivery('word-count'))
    const object = await loadKept(record, keyOf(after))
    assert.deepEqual(ownersOf(object), ['weirkeeper-git Update', 'weirkeeper-webhook Update'])
    const { managedFields } = JSON.parse(JSON.stringify(object?.metadata))
    assert.deepEqual(Object.keys(managedFields[1].fieldsV1), ['f:metadata'])
    assert.deepEqual(Object.keys(managedFields[1].fieldsV1['f:metadata']), ['f:annotations'])
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

  it('asks for another look where another event comes right after, and not where the same is delivered again', async () => {
    const { clock, record, take } = await stage()
    let deliveries = 0
    const event = (id: string): Delivery => {
      deliveries += 1
      const metadata = { event: { id, include: 'api:formation' }, delivery: { id: `delivery-${deliveries}` } }
      return delivery('word-count', { webhook_metadata: metadata })
    }
    const heardAt = async (): Promise<string | undefined> =>
      (await loadKept(record, keyOf(keptWordCount('a'))))?.metadata.annotations?.[heardAnnotation]
    await take(event('first'))
    const first = await heardAt()
    await take(event('second'))
    const second = await heardAt()
    assert.notEqual(second, first)
    await clock.pass(60_000)
    await take(event('second'))
    assert.equal(await heardAt(), second)
  })

  it('is not lost where the controller writes its status meanwhile', async () => {
    const { record, heard, take } = await stage()
    let left = 3
    const meddling: HookSurroundings['record'] = {
      list: (kind) => record.list(kind),
      write: async (writes) => {
        if (left > 0) await storeKept(record, { ...keptWordCount('a'), status: { pass: (left -= 1) } })
        return record.write(writes)
      },
    }
    assert.equal(await take(delivery('word-count'), meddling), 204)
    assert.deepEqual(await heard(), { a: true, b: true, other: false })
    assert.deepEqual((await loadKept(record, keyOf(keptWordCount('a'))))?.status, { pass: 0 })
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
  readonly take: (delivered: Delivery, to?: HookSurroundings['record']) => Promise<number>
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
  return {
    clock,
    record,
    take: (delivered, to = record) => takeHerokuHook(delivered, { record: to, clock, secret }),
    heard,
  }
}

function delivery(app: string, more: object = {}): Delivery {
  const said = { webhook_metadata: { event: { include: 'api:formation' } }, data: { app: { name: app } }, ...more }
  const body = new TextEncoder().encode(JSON.stringify(said))
  const signature = createHmac('sha256', webhookSecretOf(app, secret)).update(body).digest('base64')
  return { app, body, signature }
}
