import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { direct } from '../support/direct.ts'
import { goodManifest } from '../support/manifest.ts'

describe('weir --direct with two StreamApps whose apps share one Kafka add-on', () => {
  it('refuses the second where both mean one application id, and writes nothing', async (t) => {
    const { run, emulator, addonId } = await direct(t)
    await emulator.deployed('second-app')
    const shared = { addon: addonId, app: 'second-app', name: 'KAFKA' }
    assert.equal((await emulator.call('POST', '/addon-attachments', { body: shared })).status, 201)
    const second = goodManifest.replace('name: word-count }', 'name: second }').replace('my-heroku-app', 'second-app')
    const same = second.replace('  topology:', '  applicationName: word-count\n  topology:')

    for (const verb of ['plan', 'apply']) {
      const { code, stdout, stderr } = await run(verb, `${goodManifest}---\n${same}`)
      assert.equal(code, 5, stdout + stderr)
      assert.match(
        stdout + stderr,
        /application name word-count on \S+ is taken by StreamApp default\/word-count: they would share a consumer group/,
      )
    }
    assert.equal((await run('diff', `${goodManifest}---\n${same}`)).code, 5)
    assert.ok(emulator.heroku.knobs.requests.every(({ method, path }) => method === 'GET' || !path.includes('topics')))
    assert.equal((await run('plan', `${goodManifest}---\n${second}`)).code, 0)
  })
})
