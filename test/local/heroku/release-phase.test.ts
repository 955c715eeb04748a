import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { release } from '../../support/deploy.ts'
import { startEmulator } from '../../support/heroku-emulator.ts'
import type { Emulator, Reply } from '../../support/heroku-emulator.ts'

const withReleaseProcess = { worker: 'work', release: 'migrate' }

const statuses = async ({ call }: Emulator): Promise<unknown[]> =>
  (await call('GET', '/apps/tide/releases')).body.map((one: Reply['body']) => [one.version, one.status, one.current])

/** Two releases before any code, one deployed without a release process, and one with it, pending. */
async function pending(t: Parameters<typeof startEmulator>[0]): Promise<Emulator & { phase: string }> {
  const emulator = await startEmulator(t)
  await emulator.deployed('tide')
  await release(emulator.heroku, 'tide', withReleaseProcess)
  const phase =
    emulator
      .dynosOf('tide')
      .list()
      .find(({ type }) => type === 'run')?.name ?? ''
  return { ...emulator, phase }
}

describe('release phase of the Heroku emulator', () => {
  it('keeps the old release current while its command runs, with its output', async (t) => {
    const emulator = await pending(t)
    const { call, dynosOf, phase } = emulator
    assert.deepEqual((await statuses(emulator)).slice(2), [
      [3, 'succeeded', true],
      [4, 'pending', false],
    ])
    assert.equal(
      dynosOf('tide')
        .list()
        .find(({ name }) => name === phase)?.command,
      'migrate',
    )
    assert.equal(dynosOf('tide').releases.at(-1)?.version, 3)
    const { output_stream_url: url } = (await call('GET', '/apps/tide/releases/4')).body
    const output = fetch(url).then((response) => response.text())
    dynosOf('tide').log.write({ at: new Date(0), source: 'app', dyno: phase, text: 'migrated 3 tables' })
    dynosOf('tide').endOneOff(phase, 0)
    assert.equal(await output, 'migrated 3 tables\n')
    assert.deepEqual((await statuses(emulator)).slice(2), [
      [3, 'succeeded', false],
      [4, 'succeeded', true],
    ])
    assert.equal(dynosOf('tide').releases.at(-1)?.version, 4)
    assert.equal((await call('GET', '/apps/tide/releases/4')).body.output_stream_url, null)
  })

  it('leaves everything as it was when its command fails', async (t) => {
    const emulator = await pending(t)
    emulator.dynosOf('tide').endOneOff(emulator.phase, 1)
    assert.deepEqual((await statuses(emulator)).slice(2), [
      [3, 'succeeded', true],
      [4, 'failed', false],
    ])
    const { body: failed } = await emulator.call('GET', '/apps/tide/releases/4')
    assert.equal((await emulator.call('POST', '/apps/tide/releases', { body: { release: failed.id } })).status, 422)
  })

  it('expires when a newer release came first', async (t) => {
    const emulator = await pending(t)
    await emulator.call('PATCH', '/apps/tide/config-vars', { body: { A: '1' } })
    emulator.dynosOf('tide').endOneOff(emulator.phase, 0)
    assert.deepEqual((await statuses(emulator)).slice(3), [
      [4, 'expired', false],
      [5, 'succeeded', true],
    ])
  })

  it('is no process type that can be scaled', async (t) => {
    const { call, dynosOf, phase } = await pending(t)
    dynosOf('tide').endOneOff(phase, 0)
    assert.equal((await call('PATCH', '/apps/tide/formation/release', { body: { quantity: 1 } })).status, 404)
  })
})
