import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { VirtualClock } from '../../../src/verify/virtual-clock.ts'
import { fakeGit } from '../../support/fake-git.ts'
import { startController } from '../../support/git-ops.ts'
import { copyManifest, keptSource, sourceKey } from '../../support/git-source.ts'
import { loadKept, storeKept } from '../../support/kept-object.ts'

describe('a controller with a GitSource', () => {
  it('brings what is committed to Ready, asks once a minute, and hears at once of what is announced', async () => {
    const clock = new VirtualClock()
    const git = fakeGit()
    const controller = startController(clock, git)
    git.commit({ 'streams/a.yaml': copyManifest('a') })
    await clock.pass(1)
    await storeKept(controller.record, keptSource())
    await clock.pass(30_000)
    assert.match(await controller.ready('GitSource', 'shop'), /^True Applied/)
    assert.match(await controller.ready('StreamApp', 'a'), /^True Converged/)

    const before = git.calls.length
    await clock.pass(600_000)
    assert.deepEqual(git.calls.slice(before).filter((call) => call === 'head').length, 10)

    git.commit({ 'streams/a.yaml': copyManifest('a'), 'streams/b.yaml': copyManifest('b') })
    const source = await loadKept(controller.record, sourceKey)
    assert.ok(source)
    const annotations = { 'streams.weirkeeper.dev/requested': 'delivery-1' }
    await storeKept(controller.record, { ...source, metadata: { ...source.metadata, annotations } })
    await clock.pass(1)
    assert.match(await controller.ready('GitSource', 'shop'), /declares 2 StreamApps/)
    await clock.pass(30_000)
    assert.match(await controller.ready('StreamApp', 'b'), /^True Converged/)

    git.commit({ 'streams/a.yaml': copyManifest('a') })
    await clock.pass(120_000)
    assert.equal(await loadKept(controller.record, { ...sourceKey, kind: 'StreamApp', name: 'b' }), undefined)
    assert.equal(controller.heroku.apps.get('app-b')?.formation[0]?.quantity, 0)
    const ending = controller.stop()
    await clock.pass(60_000)
    await ending
  })
})
