import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { release } from '../../support/deploy.ts'
import { startEmulator } from '../../support/heroku-emulator.ts'

const sdk = { Accept: 'application/vnd.heroku+json; version=3.sdk' }

describe('releases of the Heroku emulator', () => {
  it('begin with two that have no code, so that the first deploy is v3', async (t) => {
    const { call, deployed } = await startEmulator(t)
    await deployed('tide')
    const { body } = await call('GET', '/apps/tide/releases', { headers: sdk })
    assert.deepEqual(
      body.map(({ version, description, current, status }: Record<string, unknown>) => [
        version,
        description,
        current,
        status,
      ]),
      [
        [1, 'Initial release', false, 'succeeded'],
        [2, 'Enable Logplex', false, 'succeeded'],
        [3, 'Deploy abcdef12', true, 'succeeded'],
      ],
    )
  })

  it('are paged by version, newest first when asked', async (t) => {
    const { call, deployed } = await startEmulator(t)
    await deployed('tide')
    const { status, headers, body } = await call('GET', '/apps/tide/releases', {
      headers: { Range: 'version ..; max=2, order=desc' },
    })
    assert.equal(status, 206)
    assert.deepEqual(
      body.map(({ version }: { version: number }) => version),
      [3, 2],
    )
    assert.equal(headers.get('Content-Range'), 'version 3..2')
    const next = headers.get('Next-Range') ?? ''
    const rest = await call('GET', '/apps/tide/releases', { headers: { Range: next } })
    assert.deepEqual([rest.status, rest.body.map(({ version }: { version: number }) => version)], [200, [1]])
    assert.equal(rest.headers.get('Next-Range'), null)
  })

  it('are found by id and by version, with and without its v', async (t) => {
    const { call, deployed } = await startEmulator(t)
    await deployed('tide')
    const { body } = await call('GET', '/apps/tide/releases/3')
    for (const name of [body.id, 'v3']) assert.deepEqual((await call('GET', `/apps/tide/releases/${name}`)).body, body)
    assert.equal((await call('GET', '/apps/tide/releases/99')).status, 404)
  })

  it('roll back code and config vars, and leave those of add-ons', async (t) => {
    const { call, deployed, kafka, dynosOf } = await startEmulator(t)
    await deployed('tide', { worker: 'first' })
    await call('PATCH', '/apps/tide/config-vars', { body: { MODE: 'old' } })
    const { body: old } = await call('GET', '/apps/tide/releases/4')
    await call('PATCH', '/apps/tide/config-vars', { body: { MODE: 'new', MORE: 'yes' } })
    await kafka('tide')
    const { status, body } = await call('POST', '/apps/tide/releases', { body: { release: old.id } })
    assert.deepEqual([status, body.description, body.slug.id], [201, 'Rollback to v4', old.slug.id])
    const vars = (await call('GET', '/apps/tide/config-vars')).body
    assert.deepEqual([vars.MODE, vars.MORE, typeof vars.KAFKA_URL], ['old', undefined, 'string'])
    assert.deepEqual(dynosOf('tide').releases.at(-1)?.processTypes, { worker: 'first' })
  })

  it('do not roll back to one without code', async (t) => {
    const { call, deployed } = await startEmulator(t)
    await deployed('tide')
    const { body: first } = await call('GET', '/apps/tide/releases/1')
    assert.equal((await call('POST', '/apps/tide/releases', { body: { release: first.id } })).status, 422)
  })

  it('keep the config vars they were made with', async (t) => {
    const { call, deployed } = await startEmulator(t)
    await deployed('tide')
    for (const MODE of ['one', 'two']) await call('PATCH', '/apps/tide/config-vars', { body: { MODE } })
    assert.deepEqual((await call('GET', '/apps/tide/releases/4/config-vars')).body, { MODE: 'one' })
    assert.deepEqual((await call('GET', '/apps/tide/releases/5/config-vars')).body, { MODE: 'two' })
  })

  it('drop process types that a new slug does not have, with their dynos', async (t) => {
    const { call, deployed, dynosOf, heroku } = await startEmulator(t)
    await deployed('tide', { worker: 'work', extra: 'more' })
    const updates = ['worker', 'extra'].map((type) => ({ type, quantity: 1, size: 'standard-1x' }))
    await call('PATCH', '/apps/tide/formation', { body: { updates } })
    const { body: slug } = await call('POST', '/apps/tide/slugs', { body: { process_types: { worker: 'work' } } })
    assert.equal((await call('POST', '/apps/tide/releases', { body: { slug: slug.id } })).status, 422, 'no blob yet')
    await release(heroku, 'tide', { worker: 'work' })
    assert.deepEqual(
      (await call('GET', '/apps/tide/formation')).body.map(({ type }: { type: string }) => type),
      ['worker'],
    )
    assert.deepEqual(
      dynosOf('tide')
        .list()
        .map(({ name }) => name),
      ['worker.1'],
    )
  })

  it('give dynos metadata once the feature is on', async (t) => {
    const { call, deployed, dynosOf } = await startEmulator(t)
    await deployed('tide')
    await call('PATCH', '/apps/tide/features/runtime-dyno-metadata', { body: { enabled: true } })
    assert.equal(dynosOf('tide').releases.at(-1)?.env['HEROKU_APP_NAME'], undefined)
    await call('PATCH', '/apps/tide/config-vars', { body: { A: '1' } })
    const env = dynosOf('tide').releases.at(-1)?.env ?? {}
    assert.deepEqual([env['HEROKU_APP_NAME'], env['HEROKU_RELEASE_VERSION']], ['tide', 'v4'])
    assert.equal((await call('GET', '/apps/tide/config-vars')).body.HEROKU_APP_NAME, undefined)
  })
})
