import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { systemClock } from '../../../src/host/system-clock.ts'
import { MemoryRecord } from '../../../src/record/memory-record.ts'
import { startApi, type ApiUnderTest, type Reply } from '../../support/api-server.ts'
import { streamApp, streamApps } from '../../support/api-stream-app.ts'

let api: ApiUnderTest
let twin: ApiUnderTest
before(async () => {
  const record = new MemoryRecord(systemClock)
  api = await startApi([], record)
  twin = await startApi([], record)
  await api.call('POST', '/api/v1/namespaces', { body: { metadata: { name: 'other' } } })
})
after(() => Promise.all([api.close(), twin.close()]))

const elsewhere = streamApps.replace('/default/', '/other/')
const merge = { 'content-type': 'application/merge-patch+json' }
const apply = { 'content-type': 'application/apply-patch+yaml' }

function refusal({ code, body }: Reply): readonly unknown[] {
  const [cause] = body['details']?.causes ?? []
  return [code, body['reason'], cause?.reason, cause?.field]
}

describe('two StreamApps of one Heroku app', () => {
  it('are not both taken, in whatever namespaces: the refusal names the other', async () => {
    await api.call('POST', streamApps, { body: streamApp('first', { app: 'shared' }) })
    const process = { type: 'other' }
    const replies = [
      await api.call('POST', elsewhere, { body: streamApp('second', { app: 'shared', process }) }),
      await api.call('POST', `${streamApps}?dryRun=All`, { body: streamApp('second', { app: 'shared' }) }),
      await api.call('PATCH', `${streamApps}/second?fieldManager=test`, {
        body: streamApp('second', { app: 'shared' }),
        headers: apply,
      }),
    ]
    for (const reply of replies) {
      assert.deepEqual(refusal(reply), [422, 'Invalid', 'FieldValueDuplicate', 'spec.app'], reply.text)
      assert.match(reply.body['message'], /Heroku app shared is run by StreamApp default\/first already.*; give each/)
    }
    assert.equal((await api.call('GET', `${elsewhere}/second`)).code, 404)
  })

  it('do not come about by a change either', async () => {
    await api.call('POST', streamApps, { body: streamApp('mover', { app: 'free' }) })
    await api.call('POST', streamApps, { body: streamApp('stayer', { app: 'taken' }) })
    const move = (app: string): Promise<Reply> =>
      api.call('PATCH', `${streamApps}/mover`, { body: { spec: { app } }, headers: merge })
    assert.equal((await move('taken')).code, 422)
    assert.equal((await move('free-too')).code, 200)
    const next = await api.call('POST', streamApps, { body: streamApp('next', { app: 'free' }) })
    assert.equal(next.code, 201, 'what was given up is free')
  })

  it('may follow one another, once the first is gone', async () => {
    await api.call('POST', streamApps, { body: streamApp('old', { app: 'inherited' }) })
    await api.call('DELETE', `${streamApps}/old`)
    const early = await api.call('POST', streamApps, { body: streamApp('heir', { app: 'inherited' }) })
    assert.equal(early.code, 422, 'it is being tidied up')
    await api.call('PATCH', `${streamApps}/old`, { body: { metadata: { finalizers: null } }, headers: merge })
    const late = await api.call('POST', streamApps, { body: streamApp('heir', { app: 'inherited' }) })
    assert.equal(late.code, 201, late.text)
  })

  it('of many that come at once to two servers, one is made', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `racer-${index}`)
    const replies = await Promise.all(
      names.map((name, index) =>
        (index % 2 === 0 ? api : twin).call('POST', index % 3 === 0 ? elsewhere : streamApps, {
          body: streamApp(name, { app: 'raced' }),
        }),
      ),
    )
    assert.deepEqual(
      replies.map(({ code }) => code).toSorted((a, b) => a - b),
      [201, ...Array<number>(19).fill(422)],
    )
    const { objects } = await api.record.list('StreamApp')
    assert.equal(objects.filter(({ key }) => key.name.startsWith('racer-')).length, 1)
  })
})

it('two StreamApps of one application name on one add-on are not both taken, on whatever apps', async () => {
  const on = (name: string, addon: string) =>
    api.call('POST', streamApps, { body: streamApp(name, { applicationName: 'counts', kafka: { addon } }) })
  assert.equal((await on('flat-one', 'kafka-flat-1')).code, 201)
  const second = await on('flat-two', 'kafka-flat-1')
  assert.deepEqual(refusal(second), [422, 'Invalid', 'FieldValueDuplicate', 'spec.applicationName'], second.text)
  assert.match(second.body['message'], /taken by StreamApp default\/flat-one: they would share a consumer group/)
  assert.equal((await on('flat-three', 'kafka-flat-2')).code, 201)
})

it('a StreamApp that was there before there were claims goes on as it is', async () => {
  const body = streamApp('legacy', { app: 'crowded', metadata: { namespace: 'default', uid: 'legacy' } })
  await api.call('POST', streamApps, { body: streamApp('holder', { app: 'crowded' }) })
  const key = { kind: 'StreamApp', namespace: 'default', name: 'legacy' }
  await api.record.write([{ kind: 'put', key, body, expected: 'absent', actor: 'test' }])
  const suspended = await api.call('PATCH', `${streamApps}/legacy`, {
    body: { spec: { suspend: true } },
    headers: merge,
  })
  assert.equal(suspended.code, 200, suspended.text)
})

it('the add-on that the controller found behind an attachment counts as if it had been named', async () => {
  const body = streamApp('attached', { applicationName: 'counts', kafka: { addon: 'KAFKA' } })
  await api.call('POST', streamApps, { body })
  const cluster = { app: 'a-attached', addon: 'KAFKA', name: 'kafka-flat-7', id: 'x' }
  const report = { body: { status: { cluster } }, headers: merge }
  const reported = await api.call('PATCH', `${streamApps}/attached/status`, report)
  assert.deepEqual(reported.body['status'], { cluster }, reported.text)
  const late = streamApp('late', { applicationName: 'counts', kafka: { addon: 'kafka-flat-7' } })
  const refused = await api.call('POST', streamApps, { body: late })
  assert.deepEqual(refusal(refused), [422, 'Invalid', 'FieldValueDuplicate', 'spec.applicationName'], refused.text)

  await api.call('POST', streamApps, {
    body: streamApp('mover-too', { applicationName: 'fast', kafka: { addon: 'kafka-flat-7' } }),
  })
  const renamed = await api.call('PATCH', `${streamApps}/attached`, {
    body: { spec: { applicationName: 'fast' } },
    headers: merge,
  })
  assert.equal(renamed.code, 422, 'while nothing was made it may be renamed, but not to what another has')
})
