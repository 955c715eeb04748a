import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startEmulator } from '../../support/heroku-emulator.ts'

describe('other resources of the Heroku emulator', () => {
  it('have the published shapes', async (t) => {
    const { call, deployed, kafka } = await startEmulator(t)
    await deployed('tide')
    const addon = await kafka('tide')
    const { name } = (await call('GET', `/addons/${addon}`)).body
    const [attachment] = (await call('GET', '/addon-attachments')).body
    const hook = { include: ['dyno'], level: 'notify', url: 'http://127.0.0.1:1/' }
    const { id: webhook } = (await call('POST', '/apps/tide/webhooks', { body: hook })).body
    const paths = [
      '/addons',
      `/addons/${name}/addon-attachments`,
      '/addon-attachments',
      `/addon-attachments/${attachment.id}`,
      '/apps/tide/addon-attachments/KAFKA',
      `/apps/tide/addon-attachments/${name}`,
      '/apps/tide/builds',
      `/apps/tide/webhooks/${webhook}`,
      '/account',
      '/account/features',
      '/account/features/metrics-request-volume',
      '/apps',
      '/apps/tide/features',
      '/apps/tide/features/preboot',
      '/apps/tide/collaborators',
      '/apps/tide/buildpack-installations',
      '/apps/tide/available-dyno-sizes',
      '/dyno-sizes',
      '/dyno-sizes/standard-2x',
      '/addon-services',
      '/addon-services/heroku-kafka',
      '/plans/heroku-kafka:basic-0',
    ]
    for (const version of ['3', '3.sdk']) {
      const headers = { Accept: `application/vnd.heroku+json; version=${version}` }
      await call('PATCH', '/account/features/metrics-request-volume', { body: { enabled: true }, headers })
      for (const path of paths) assert.equal((await call('GET', path, { headers })).status, 200, `${path} ${version}`)
    }
    assert.equal((await call('GET', '/apps/tide/pipeline-couplings')).status, 404)
    assert.equal((await call('POST', '/sources')).status, 201)
  })

  it('keep to the rules of names', async (t) => {
    const { call, deployed } = await startEmulator(t)
    await deployed('tide')
    assert.equal((await call('PATCH', '/apps/tide', { body: { maintenance: true, name: 'flood' } })).body.name, 'flood')
    for (const name of ['Tide', 'a', 'flood', 'x'.repeat(31)]) {
      assert.equal((await call('POST', '/apps', { body: { name } })).status, 422, name)
    }
    assert.equal((await call('POST', '/apps')).status, 201, 'a name is made up')
  })
})
