import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startEmulator } from '../../support/heroku-emulator.ts'

describe('formation of the Heroku emulator', () => {
  it('has the process types of the current slug, none running but a first web dyno', async (t) => {
    const { call, deployed } = await startEmulator(t)
    await deployed('tide', { web: 'serve', worker: 'work' })
    const { body } = await call('GET', '/apps/tide/formation')
    assert.deepEqual(
      body.map(({ type, quantity, command }: Record<string, unknown>) => [type, quantity, command]),
      [
        ['web', 1, 'serve'],
        ['worker', 0, 'work'],
      ],
    )
  })

  it('is empty, and refuses every type, before anything was deployed', async (t) => {
    const { call } = await startEmulator(t)
    await call('POST', '/apps', { body: { name: 'bare' } })
    assert.deepEqual((await call('GET', '/apps/bare/formation')).body, [])
    const { status, body } = await call('PATCH', '/apps/bare/formation/worker', { body: { quantity: 1 } })
    assert.equal(status, 404)
    assert.deepEqual([body.id, body.resource], ['not_found', 'formation'])
  })

  const quantities: readonly [unknown, number][] = [
    [3, 3],
    ['3', 3],
    ['+1', 3],
    ['-1', 1],
    ['-9', 0],
  ]
  for (const [asked, becomes] of quantities) {
    it(`scales two dynos with quantity ${JSON.stringify(asked)} to ${becomes}`, async (t) => {
      const { call, deployed, dynosOf } = await startEmulator(t)
      await deployed('tide')
      await call('PATCH', '/apps/tide/formation/worker', { body: { quantity: 2, size: 'standard-1x' } })
      const { status, body } = await call('PATCH', '/apps/tide/formation', {
        body: { updates: [{ type: 'worker', quantity: asked }] },
      })
      assert.equal(status, 200)
      assert.deepEqual([body[0].quantity, body[0].size], [becomes, 'Standard-1X'])
      assert.equal(dynosOf('tide').list().length, becomes)
    })
  }

  it('takes the size as the CLI and as Terraform write it', async (t) => {
    const { call, deployed } = await startEmulator(t)
    await deployed('tide')
    for (const size of [
      { size: 'standard-2x' },
      { dyno_size: { name: 'Standard-2X' } },
      { dyno_size: 'STANDARD-2X' },
    ]) {
      await call('PATCH', '/apps/tide/formation/worker', { body: { size: 'basic' } })
      const { body } = await call('PATCH', '/apps/tide/formation/worker', { body: size })
      assert.deepEqual([body.size, body.dyno_size.name], ['Standard-2X', 'Standard-2X'])
    }
  })

  const refused: readonly [string, object][] = [
    ['more than one dyno of a basic type', { type: 'worker', quantity: 2, size: 'basic' }],
    ['more than ten performance dynos of a type', { type: 'worker', quantity: 11, size: 'performance-m' }],
    ['more than a hundred dynos of an app', { type: 'worker', quantity: 101, size: 'standard-1x' }],
    ['a size that does not exist', { type: 'worker', size: 'gigantic' }],
    ['a quantity that is not a whole number', { type: 'worker', quantity: 'many' }],
    ['a quantity below zero', { type: 'worker', quantity: -1 }],
  ]
  for (const [what, update] of refused) {
    it(`refuses ${what}, and changes nothing of the batch`, async (t) => {
      const { call, deployed } = await startEmulator(t)
      await deployed('tide', { worker: 'work', other: 'rest' })
      const before = (await call('GET', '/apps/tide/formation')).body
      const first = { type: 'other', quantity: 1, size: 'standard-1x' }
      const { status, body } = await call('PATCH', '/apps/tide/formation', { body: { updates: [first, update] } })
      assert.deepEqual([status, body.id], [422, 'invalid_params'])
      assert.deepEqual((await call('GET', '/apps/tide/formation')).body, before)
    })
  }

  it('refuses a batch with a type that the slug does not have', async (t) => {
    const { call, deployed } = await startEmulator(t)
    await deployed('tide')
    const updates = [
      { type: 'worker', quantity: 1 },
      { type: 'ghost', quantity: 1 },
    ]
    const { status } = await call('PATCH', '/apps/tide/formation', { body: { updates } })
    assert.equal(status, 404)
    assert.equal((await call('GET', '/apps/tide/formation/worker')).body.quantity, 0)
  })
})
