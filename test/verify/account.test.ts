import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { appOf, arrangeApp } from '../../src/verify/arrange.ts'
import { isLevel } from '../../src/verify/level.ts'
import { say } from '../../src/verify/person.ts'
import { startController, stopControllers } from '../../src/verify/stage.ts'
import { World } from '../../src/verify/world.ts'
import { goodManifest, parsed } from '../support/manifest.ts'

const [document] = parsed(goodManifest).apps
assert.ok(document)
const { app } = document
const hour = 3_600_000

describe('the calls of the account', () => {
  it('are not used up by one app whose dynos crash', async () => {
    const world = started()
    await say(app, world)
    assert.ok(await world.clock.passUntil(() => isLevel(app, world), hour))
    const there = appOf(app, world)
    there.dynos = there.dynos.map((dyno) => ({ ...dyno, state: 'crashed' }))
    const before = world.requests.length
    await world.clock.pass(2 * hour)
    await stopControllers(world)

    // A resync's look has four calls of the Platform API; between resyncs it looks every few minutes.
    const calls = world.requests.slice(before).filter(({ api }) => api === 'platform').length
    assert.ok(calls > 40 && calls < 240, `${calls} calls`)
    assert.deepEqual(world.violations, [])
  })

  it('are for a person first: what was declared while hardly any were left does not wait for those of a resync', async () => {
    const world = started()
    world.tokens = 3
    await say(app, world)
    const isSoon = await world.clock.passUntil(() => isLevel(app, world), 120_000)
    await stopControllers(world)

    assert.ok(isSoon)
    assert.deepEqual(world.violations, [])
  })
})

function started(): World {
  const world = new World({ scenario: 'account', seed: 1, troubles: [] })
  arrangeApp(app, world, 'basic-0')
  startController(world, 'clock.1')
  return world
}
