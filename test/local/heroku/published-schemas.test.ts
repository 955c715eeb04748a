import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { noSchemas, publishedSchemas } from '../../support/heroku-schema.ts'

/** Every emulator of every test holds its answers against these; here is shown that they would refuse. */
describe('the published API schemas', { skip: noSchemas }, () => {
  const formation = {
    app: { id: '01234567-89ab-4def-8123-456789abcdef', name: 'tide' },
    command: 'work',
    created_at: '2026-01-01T12:00:00Z',
    dyno_size: { id: '01234567-89ab-4def-8123-456789abcdef', name: 'Basic' },
    id: '01234567-89ab-4def-8123-456789abcdef',
    quantity: 1,
    size: 'Basic',
    type: 'worker',
    updated_at: '2026-01-01T12:00:00Z',
  }
  const answer = {
    host: 'platform',
    method: 'GET',
    route: '/apps/:app/formation/:type',
    version: '3',
    widened: false,
    status: 200,
  } as const

  it('take a formation as Heroku answers it', () => {
    assert.deepEqual(publishedSchemas().mistakesOf({ ...answer, body: formation }), [])
  })

  const wrong: readonly [string, object][] = [
    ['that is empty', {}],
    ['with a field too many', { ...formation, colour: 'blue' }],
    ['with a quantity as text', { ...formation, quantity: '1' }],
    ['with another time format', { ...formation, created_at: '2026-01-01T12:00:00.000Z' }],
  ]
  for (const [what, body] of wrong) {
    it(`refuse a formation ${what}`, () => {
      assert.notDeepEqual(publishedSchemas().mistakesOf({ ...answer, body }), [])
    })
  }

  it('refuse a cluster without its limits, and know no route that is not there', () => {
    const data = { ...answer, host: 'data', route: '/data/kafka/v0/clusters/:id', body: { name: 'kafka' } } as const
    assert.notDeepEqual(publishedSchemas().mistakesOf(data), [])
    assert.equal(publishedSchemas().mistakesOf({ ...answer, route: '/nowhere', body: {} }), null)
  })
})
