import assert from 'node:assert/strict'
import { it } from 'node:test'
import { arrangeApp, arrangeBareApp } from '../../src/verify/arrange.ts'
import { isLevel } from '../../src/verify/level.ts'
import { say } from '../../src/verify/person.ts'
import { startController, stopControllers } from '../../src/verify/stage.ts'
import { World } from '../../src/verify/world.ts'
import { goodManifest, parsed } from '../support/manifest.ts'

// Strimzi's user operator ended when more was announced than its queue had room for.
it('lives on when everything is declared at once, and again and again', async () => {
  const [document] = parsed(goodManifest).apps
  assert.ok(document)
  const { app } = document
  const apps = Array.from({ length: 60 }, (_, index) => ({
    ...app,
    metadata: { ...app.metadata, name: `word-count-${index}` },
    spec: { ...app.spec, app: `my-app-${index}`, applicationName: `word-count-${index}` },
  }))
  const world = new World({ scenario: 'many', seed: 1, troubles: [] })
  const [first] = apps
  assert.ok(first)
  arrangeApp(first, world, 'standard-0')
  for (const other of apps.slice(1)) {
    arrangeBareApp(other, world)
    world.heroku.attach(other.spec.app, `${first.spec.app}-kafka-id`)
  }
  startController(world, 'clock.1')
  for (let round = 0; round < 5; round += 1) {
    for (const one of apps) await say({ ...one, spec: { ...one.spec, drift: round % 2 ? 'Heal' : 'Warn' } }, world)
  }
  const level = await world.clock.passUntil(() => apps.every((one) => isLevel(one, world)), 3_600_000)
  await stopControllers(world)

  assert.deepEqual(world.violations, [])
  assert.ok(level)
})
