import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startEmulator } from '../../support/heroku-emulator.ts'

const actions = { Accept: 'application/vnd.heroku+json; version=3.actions' }
const sdk = { Accept: 'application/vnd.heroku+json; version=3.sdk' }
const wide = { 'Accept-Inclusion': 'addon:plan,config_vars' }

describe('add-ons of the Heroku emulator', () => {
  it('are provisioning first, then have their config vars in one release', async (t) => {
    const { call, deployed, heroku } = await startEmulator(t)
    await deployed('tide')
    const releases = (await call('GET', '/apps/tide/releases')).body.length
    const { status, body } = await call('POST', '/apps/tide/addons', {
      body: { attachment: {}, config: {}, plan: { name: 'heroku-kafka:basic-0' } },
      headers: { 'Accept-Expansion': 'plan' },
    })
    assert.deepEqual([status, body.state, body.config_vars], [201, 'provisioning', []])
    assert.equal(body.plan.price.cents > 0, true)
    await heroku.knobs.settled()
    const ready = (await call('GET', `/apps/tide/addons/${body.name}`)).body
    const names = ['URL', 'TRUSTED_CERT', 'CLIENT_CERT', 'CLIENT_CERT_KEY', 'PREFIX'].map((suffix) => `KAFKA_${suffix}`)
    assert.deepEqual([ready.state, ready.config_vars], ['provisioned', names])
    const vars = (await call('GET', '/apps/tide/config-vars')).body
    assert.deepEqual(Object.keys(vars).toSorted(), names.toSorted())
    assert.match(vars.KAFKA_PREFIX, /^[a-z]+-\d{5}\.$/)
    assert.equal(vars.KAFKA_URL, 'kafka+ssl://127.0.0.1:9094')
    const after = (await call('GET', '/apps/tide/releases')).body
    assert.equal(after.length, releases + 1)
    assert.equal(after.at(-1).description, `Attach KAFKA (@${body.name})`)
    assert.deepEqual(after.at(-1).addon_plan_names, ['heroku-kafka:basic-0'])
  })

  it('of a dedicated plan have no prefix and the other address', async (t) => {
    const { call, deployed, kafka } = await startEmulator(t)
    await deployed('tide')
    await kafka('tide', 'heroku-kafka:standard-0')
    const vars = (await call('GET', '/apps/tide/config-vars')).body
    assert.deepEqual([vars.KAFKA_URL, vars.KAFKA_PREFIX], ['kafka+ssl://127.0.0.1:9093', undefined])
  })

  it('have other prefixes and other attachment names when there are two', async (t) => {
    const { call, deployed, kafka } = await startEmulator(t)
    await deployed('tide')
    for (let made = 0; made < 2; made += 1) await kafka('tide')
    const { body } = await call('GET', '/apps/tide/addon-attachments')
    assert.deepEqual(
      body.map(({ name }: { name: string }) => name),
      ['HEROKU_KAFKA_AMBER', 'KAFKA'],
    )
    const vars = (await call('GET', '/apps/tide/config-vars')).body
    assert.notEqual(vars.KAFKA_PREFIX, vars.HEROKU_KAFKA_AMBER_PREFIX)
  })

  it('give their config vars under the name of each attachment', async (t) => {
    const { call, deployed, kafka } = await startEmulator(t)
    await deployed('tide')
    await deployed('ebb')
    const id = await kafka('tide')
    const { status, body } = await call('POST', '/addon-attachments', {
      body: { addon: id, app: 'ebb', name: 'STREAMS' },
      headers: wide,
    })
    assert.equal(status, 201)
    assert.deepEqual(
      [body.addon.app.name, body.app.name, body.addon.plan.name],
      ['tide', 'ebb', 'heroku-kafka:basic-0'],
    )
    assert.ok(body.config_vars.includes('STREAMS_URL'))
    const [ours, theirs] = await Promise.all(['tide', 'ebb'].map((app) => call('GET', `/apps/${app}/config-vars`)))
    assert.equal(ours?.body.KAFKA_URL, theirs?.body.STREAMS_URL)
    assert.equal((await call('GET', '/apps/ebb/releases')).body.at(-1).description.split(' (')[0], 'Attach STREAMS')
    await call('DELETE', `/addon-attachments/${body.id}`)
    assert.deepEqual((await call('GET', '/apps/ebb/config-vars')).body, {})
  })

  it('refuse to lose the only attachment to the app that owns them', async (t) => {
    const { call, deployed, kafka } = await startEmulator(t)
    await deployed('tide')
    await kafka('tide')
    const [attachment] = (await call('GET', '/apps/tide/addon-attachments')).body
    assert.equal((await call('DELETE', `/addon-attachments/${attachment.id}`)).status, 422)
  })

  it('are resolved by name, by attachment within an app, and by service', async (t) => {
    const { call, deployed, kafka } = await startEmulator(t)
    await deployed('tide')
    const id = await kafka('tide')
    const { name } = (await call('GET', `/addons/${id}`)).body
    for (const addon of [id, name, 'tide::KAFKA']) {
      const { body } = await call('POST', '/actions/addons/resolve', { body: { addon }, headers: actions })
      assert.deepEqual(
        body.map((one: { id: string }) => one.id),
        [id],
      )
    }
    for (const addon of ['KAFKA', 'heroku-kafka']) {
      const { body } = await call('POST', '/actions/addons/resolve', { body: { addon, app: 'tide' }, headers: actions })
      assert.deepEqual(
        body.map((one: { id: string }) => one.id),
        [id],
      )
    }
    const { body } = await call('POST', '/actions/addon-attachments/resolve', {
      body: { addon_attachment: 'KAFKA', app: 'tide', addon_service: 'heroku-kafka' },
      headers: { ...actions, ...wide },
    })
    assert.deepEqual([body[0].addon.id, body[0].addon.plan.name], [id, 'heroku-kafka:basic-0'])
  })

  it('answer 404 to an unknown name with the resource that the CLI looks at', async (t) => {
    const { call, deployed } = await startEmulator(t)
    await deployed('tide')
    const asked = { addon_attachment: 'NOPE', app: 'tide' }
    const { status, body } = await call('POST', '/actions/addon-attachments/resolve', { body: asked, headers: actions })
    assert.deepEqual([status, body.id, body.resource], [404, 'not_found', 'add_on attachment'])
    const other = await call('POST', '/actions/addons/resolve', { body: { addon: 'nope' }, headers: actions })
    assert.deepEqual([other.status, other.body.resource], [404, 'add_on'])
  })

  it('answer with all that a bare attachment name may mean', async (t) => {
    const { call, deployed, kafka } = await startEmulator(t)
    for (const app of ['tide', 'ebb']) {
      await deployed(app)
      await kafka(app)
    }
    const body = { addon_attachment: 'KAFKA' }
    assert.equal((await call('POST', '/actions/addon-attachments/resolve', { body, headers: actions })).body.length, 2)
  })

  it('change plan within basic, and not from basic to dedicated', async (t) => {
    const { call, deployed, kafka, data } = await startEmulator(t)
    await deployed('tide')
    const id = await kafka('tide')
    const { body } = await call('PATCH', `/apps/tide/addons/${id}`, { body: { plan: 'heroku-kafka:basic-2' } })
    assert.equal(body.plan.name, 'heroku-kafka:basic-2')
    assert.equal((await data('GET', id)).body.limits.max_number_of_total_partitions, 960)
    const refused = await call('PATCH', `/apps/tide/addons/${id}`, { body: { plan: 'heroku-kafka:standard-0' } })
    assert.equal(refused.status, 422)
  })

  it('take their config vars, topics, groups and credentials with them', async (t) => {
    const { call, deployed, kafka, data, cluster, heroku } = await startEmulator(t)
    await deployed('tide')
    const id = await kafka('tide')
    const other = await kafka('tide')
    for (const addon of [id, other]) {
      await data('POST', `${addon}/topics`, { topic: { name: 'lines', retention_time_ms: 86_400_000 } })
      await data('POST', `${addon}/consumer_groups`, { consumer_group: { name: 'count' } })
    }
    await heroku.knobs.settled()
    assert.equal(cluster.admitted.groups.length, 2)
    const { status, body } = await call('DELETE', `/apps/tide/addons/${id}`)
    assert.deepEqual([status, body.state], [200, 'deprovisioned'])
    await heroku.knobs.settled()
    const vars = Object.keys((await call('GET', '/apps/tide/config-vars')).body)
    assert.ok(vars.every((name) => name.startsWith('HEROKU_KAFKA_AMBER_')))
    assert.deepEqual(
      [(await cluster.topics()).length, cluster.admitted.groups.length, cluster.admitted.principals.length],
      [1, 1, 1],
    )
    assert.equal((await data('GET', id)).status, 404)
  })

  it('change their config vars in one release an app, however often they are attached to it', async (t) => {
    const { call, deployed, kafka } = await startEmulator(t)
    await deployed('tide')
    const addon = await kafka('tide')
    await call('POST', '/addon-attachments', { body: { addon, app: 'tide', name: 'STREAMS' } })
    const before = (await call('GET', '/apps/tide/releases')).body.length
    await call('DELETE', `/apps/tide/addons/${addon}`)
    const after = (await call('GET', '/apps/tide/releases')).body
    assert.equal(after.length, before + 1)
    assert.match(after.at(-1).description, /^Detach KAFKA, STREAMS /)
  })

  it('refuse plans and services that are not there, and names that are taken', async (t) => {
    const { call, deployed } = await startEmulator(t)
    await deployed('tide')
    const create = (body: unknown): Promise<number> =>
      call('POST', '/apps/tide/addons', { body }).then(({ status }) => status)
    assert.equal(await create({ plan: 'heroku-kafka:gigantic' }), 422)
    assert.equal(await create({ plan: 'heroku-postgresql' }), 422)
    assert.equal(await create({}), 422)
    assert.equal(await create({ plan: 'heroku-kafka:basic-0', name: 'mine' }), 201)
    assert.equal(await create({ plan: 'heroku-kafka:basic-0', name: 'mine' }), 422)
    assert.equal(await create({ plan: 'heroku-kafka:basic-0', attachment: { name: 'KAFKA' } }), 422)
  })

  it('are listed with service and plan in full where the CLI asks for it', async (t) => {
    const { call, deployed, kafka } = await startEmulator(t)
    await deployed('tide')
    await kafka('tide')
    const headers = { ...sdk, 'Accept-Expansion': 'addon_service,plan' }
    const [addon] = (await call('GET', '/apps/tide/addons', { headers })).body
    assert.deepEqual([addon.addon_service.cli_plugin_name, addon.plan.human_name], ['heroku-kafka', 'Basic 0'])
    assert.equal((await call('GET', '/addon-services/heroku-kafka/plans')).body.length, 21)
  })
})
