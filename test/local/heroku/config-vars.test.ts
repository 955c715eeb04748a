import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startEmulator } from '../../support/heroku-emulator.ts'

describe('config vars of the Heroku emulator', () => {
  it('merge what is set, remove what is null, and answer with the whole map', async (t) => {
    const { call, deployed } = await startEmulator(t)
    await deployed('tide')
    await call('PATCH', '/apps/tide/config-vars', { body: { A: '1', B: '2' } })
    const { status, body } = await call('PATCH', '/apps/tide/config-vars', { body: { B: null, C: '3' } })
    assert.equal(status, 200)
    assert.deepEqual(body, { A: '1', C: '3' })
    assert.deepEqual((await call('GET', '/apps/tide/config-vars')).body, { A: '1', C: '3' })
  })

  it('make one release and one restart for any number of changes', async (t) => {
    const { call, deployed, dynosOf } = await startEmulator(t)
    await deployed('tide')
    await call('PATCH', '/apps/tide/formation/worker', { body: { quantity: 1, size: 'standard-1x' } })
    const [before] = dynosOf('tide').list()
    const releases = (await call('GET', '/apps/tide/releases')).body.length
    await call('PATCH', '/apps/tide/config-vars', { body: { A: '1', B: '2' } })
    const after = (await call('GET', '/apps/tide/releases')).body
    assert.equal(after.length, releases + 1)
    assert.equal(after.at(-1).description, 'Set A, B config vars')
    assert.notEqual(dynosOf('tide').list()[0]?.id, before?.id)
    assert.deepEqual(dynosOf('tide').releases.at(-1)?.env, { A: '1', B: '2' })
  })

  it('make no release when nothing changes', async (t) => {
    const { call, deployed } = await startEmulator(t)
    await deployed('tide')
    await call('PATCH', '/apps/tide/config-vars', { body: { A: '1' } })
    const before = (await call('GET', '/apps/tide/releases')).body.length
    for (const body of [{ A: '1' }, { GONE: null }, {}]) await call('PATCH', '/apps/tide/config-vars', { body })
    assert.equal((await call('GET', '/apps/tide/releases')).body.length, before)
  })

  const refused: readonly [string, unknown][] = [
    ['a key with a dash', { 'A-B': '1' }],
    ['a key of the platform', { HEROKU_APP: '1' }],
    ['a key that begins with two underscores', { __A: '1' }],
    ['a number', { A: 1 }],
    ['more than 64 kB', { A: 'x'.repeat(65_536) }],
    ['a var of an add-on', { KAFKA_URL: 'kafka://elsewhere' }],
    ['the removal of a var of an add-on', { KAFKA_PREFIX: null }],
  ]
  for (const [what, body] of refused) {
    it(`refuse ${what}, and keep everything as it was`, async (t) => {
      const { call, deployed, kafka } = await startEmulator(t)
      await deployed('tide')
      await kafka('tide')
      const before = (await call('GET', '/apps/tide/config-vars')).body
      const answer = await call('PATCH', '/apps/tide/config-vars', { body: { ...Object(body), FINE: 'yes' } })
      assert.deepEqual([answer.status, answer.body.id], [422, 'invalid_params'])
      assert.deepEqual((await call('GET', '/apps/tide/config-vars')).body, before)
    })
  }
})
