import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { direct, type Direct } from '../support/direct.ts'
import { goodManifest } from '../support/manifest.ts'

async function topicNames({ emulator, addonId }: Direct): Promise<readonly string[]> {
  await emulator.heroku.knobs.settled()
  const { topics } = (await emulator.data('GET', `${addonId}/topics`)).body
  return topics.map(({ name }: { name: string }) => name).filter((name: string) => !name.startsWith('__'))
}

describe('weir delete --direct', () => {
  it('takes away what the app made, the workers first, and leaves the topics of the user', async (t) => {
    const there = await direct(t)
    await there.run('apply', goodManifest, '--wait')
    there.emulator.heroku.knobs.requests.length = 0

    const { code, stdout } = await there.run('delete', goodManifest)

    assert.equal(code, 0)
    assert.match(stdout, /deleted\n$/)
    const writes = there.emulator.heroku.knobs.requests.filter(({ method }) => method !== 'GET')
    assert.deepEqual(
      writes.map(({ method, path }) => `${method} ${path.split('/').at(-1)}`),
      ['PATCH formation', 'PATCH config-vars', 'DELETE consumer_groups', 'DELETE word-count-counts-changelog'],
    )
    assert.deepEqual((await topicNames(there)).toSorted(), ['lines', 'word-counts'])
    const vars = (await there.emulator.call('GET', '/apps/my-heroku-app/config-vars')).body
    assert.ok(Object.keys(vars).every((name) => !name.startsWith('STREAMS_')))
  })

  it('has nothing to do a second time', async (t) => {
    const there = await direct(t)
    await there.run('apply', goodManifest)
    await there.run('delete', goodManifest)
    await there.emulator.heroku.knobs.settled()
    there.emulator.heroku.knobs.requests.length = 0

    const { code, stdout } = await there.run('delete', goodManifest)

    assert.equal(code, 0)
    assert.match(stdout, /Plan: no changes\nStreamApp\/word-count is gone already/)
    assert.ok(there.emulator.heroku.knobs.requests.every(({ method }) => method === 'GET'))
  })

  it('deletes topics of the user only when the policy says so and the plan is confirmed', async (t) => {
    const there = await direct(t)
    const policy = `${goodManifest}  deletionPolicy: { topics: Delete }\n`
    await there.run('apply', goodManifest)

    const unasked = await there.run('delete', policy)
    const untouched = await topicNames(there)
    const hash = /--confirm (\w{8})/.exec(unasked.stderr)?.[1] ?? ''
    const confirmed = await there.run('delete', policy, '--confirm', hash)

    assert.equal(unasked.code, 5)
    assert.equal(untouched.length, 3)
    assert.equal(confirmed.code, 0)
    assert.deepEqual(await topicNames(there), [])
  })

  it('leaves an app that runs as somebody else alone', async (t) => {
    const there = await direct(t)
    await there.run('apply', goodManifest)

    const { code, stdout } = await there.run(
      'delete',
      goodManifest.replace('spec:\n', 'spec:\n  applicationName: another\n'),
    )

    assert.equal(code, 0)
    assert.match(stdout, /its dynos and config vars are left as they are/)
    const vars = (await there.emulator.call('GET', '/apps/my-heroku-app/config-vars')).body
    assert.ok(vars.STREAMS_APPLICATION_ID.endsWith('word-count'))
  })

  it('keeps what the policy orphans', async (t) => {
    const there = await direct(t)
    const policy = `${goodManifest}  deletionPolicy: { internalTopics: Orphan, consumerGroup: Orphan, formation: Orphan, configVars: Orphan }\n`
    await there.run('apply', goodManifest)

    const { stdout } = await there.run('delete', policy)

    assert.match(stdout, /Plan: no changes/)
  })
})
