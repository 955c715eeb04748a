import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Verdict } from '../../../src/controller/keep/work.ts'
import type { GitFailure } from '../../../src/git/failure.ts'
import { staged } from '../../support/git-source-stage.ts'
import { copyManifest, sourceKey } from '../../support/git-source.ts'
import { storeKept } from '../../support/kept-object.ts'

describe('keepGitSource: what stands in the way', () => {
  const url = 'https://git.example/shop.git'
  const failures: readonly (readonly [failure: GitFailure, ready: string, verdict: Verdict])[] = [
    [{ kind: 'unreachable', url, reason: 'x' }, 'Unknown GitUnreachable', { kind: 'retry', notBeforeMs: 1_005_000 }],
    [{ kind: 'unavailable', url, status: 503 }, 'Unknown GitUnavailable', { kind: 'retry', notBeforeMs: 1_005_000 }],
    [{ kind: 'busy', url, retryAfterMs: 90_000 }, 'Unknown GitBusy', { kind: 'retry', notBeforeMs: 1_090_000 }],
    [{ kind: 'unclear', url, detail: 'x' }, 'False GitUnclear', { kind: 'settled', againAfterMs: 60_000 }],
    [
      { kind: 'unauthorised', url, status: 401, hadCredentials: false },
      'False Unauthorised',
      { kind: 'settled', againAfterMs: 60_000 },
    ],
    [{ kind: 'no-such-repository', url }, 'False RepositoryMissing', { kind: 'settled', againAfterMs: 60_000 }],
    [{ kind: 'no-such-branch', url, branch: 'main' }, 'False BranchMissing', { kind: 'settled', againAfterMs: 60_000 }],
    [
      { kind: 'moved', url, to: 'https://x.example/y' },
      'False RepositoryMoved',
      { kind: 'settled', againAfterMs: 60_000 },
    ],
    [{ kind: 'too-large', url, what: 'x', most: 'y' }, 'False TooLarge', { kind: 'settled', againAfterMs: 60_000 }],
  ]
  for (const [failure, ready, verdict] of failures) {
    it(`${failure.kind}: is said, and what was declared goes on`, async () => {
      const stage = await staged()
      const commit = await stage.push({ 'streams/a.yaml': copyManifest('a') })
      stage.git.failWith(failure)
      assert.deepEqual(await stage.pass(), verdict)
      assert.equal((await stage.ready()).split(' ').slice(0, 2).join(' '), ready)
      assert.equal((await stage.status())['appliedCommit'], commit)
      assert.deepEqual([await stage.leaving(), await stage.inventory()], [[], ['a']])
      stage.git.failWith(undefined)
      await stage.pass()
      assert.match(await stage.ready(), /^True Applied/)
    })
  }

  it('a spec that is no longer valid asks nobody', async () => {
    const stage = await staged({ url: 'git@github.com:a/b' })
    await stage.pass()
    assert.match(await stage.ready(), /^False SpecInvalid .*\/spec\/url: url is not https/)
    assert.deepEqual(stage.git.calls, [])
  })

  it('suspend asks nobody and changes nothing', async () => {
    const stage = await staged({ suspend: true })
    stage.git.commit({ 'streams/a.yaml': copyManifest('a') })
    await stage.pass()
    assert.match(await stage.ready(), /^Unknown Suspended/)
    assert.deepEqual([stage.git.calls, await stage.names()], [[], []])
  })

  it('a Secret that is missing or empty is asked for by name; its token opens the repository', async () => {
    const stage = await staged({ secretRef: { name: 'shop-git' } })
    stage.git.commit({ 'streams/a.yaml': copyManifest('a') })
    await stage.pass()
    assert.match(await stage.ready(), /^False SecretMissing there is no Secret shop-git/)
    await stage.secret({})
    await stage.pass()
    assert.match(await stage.ready(), /^False SecretMissing Secret shop-git holds no token/)
    await stage.secret({ token: 's3cret\n' })
    await stage.pass()
    assert.match(await stage.ready(), /^True Applied/)
    const { credentials } = stage.git.remotes.at(-1) ?? {}
    assert.deepEqual([credentials?.username, credentials?.password.reveal()], ['x-access-token', 's3cret'])
    const whole = JSON.stringify([await stage.record.list('GitSource'), await stage.record.events(sourceKey)])
    assert.doesNotMatch(whole, /s3cret|czNjcmV0/)
  })

  it('writes nothing once another controller leads', async () => {
    const stage = await staged()
    stage.git.commit({ 'streams/a.yaml': copyManifest('a') })
    await stage.record.hold('controller', 'another', 1)
    const { version } = await stage.record.list('GitSource')
    await stage.pass()
    assert.equal((await stage.record.list('GitSource')).version, version)
    assert.deepEqual(await stage.names(), [])
  })
})

describe('keepGitSource: a crash at any write', () => {
  it('leaves nothing that the next pass does not finish, prune included', async () => {
    for (let dies = 0; dies < 4; dies += 1) {
      for (const effect of [true, false]) {
        const stage = await staged()
        await stage.push({ 'streams/a.yaml': copyManifest('a'), 'streams/b.yaml': copyManifest('b') })
        stage.dieAt(dies, effect)
        stage.git.commit({ 'streams/a.yaml': copyManifest('a'), 'streams/c.yaml': copyManifest('c') })
        await stage.pass().catch(() => undefined)
        // The commit after the crash no longer holds what may have been declared by then.
        stage.dieAt(Infinity, false)
        await stage.push({ 'streams/a.yaml': copyManifest('a'), 'streams/d.yaml': copyManifest('d') })
        const title = `dies at write ${dies}, ${effect ? 'after' : 'before'} it`
        const standing = (await stage.names()).filter((name) => name !== 'a' && name !== 'd')
        assert.deepEqual(await stage.leaving(), standing, title)
        assert.match(await stage.ready(), /^True Applied/, title)
      }
    }
  })
})

it('a commit with an app that its namespace is not bound to is not declared', async () => {
  const stage = await staged()
  const body = { metadata: { annotations: { 'streams.weirkeeper.dev/heroku-apps': 'app-a' } } }
  const key = { kind: 'Namespace', namespace: '', name: 'default' }
  await stage.record.write([{ kind: 'put', key, body, expected: 'any', actor: 'test' }])
  await stage.push({ 'streams/a.yaml': copyManifest('a'), 'streams/b.yaml': copyManifest('b') })
  assert.match(await stage.ready(), /^False ManifestsInvalid .* streams\/b\.yaml:\S+ namespace default is bound/)
  assert.deepEqual(await stage.names(), [])
})

it('a commit with an app that a StreamApp of any namespace runs is not declared, and that one is named', async () => {
  const stage = await staged()
  const body = { spec: { app: 'app-b', kafka: { addon: 'KAFKA' } } }
  const key = { kind: 'StreamApp', namespace: 'team', name: 'theirs' }
  await stage.record.write([{ kind: 'put', key, body, expected: 'any', actor: 'test' }])
  await stage.push({ 'streams/a.yaml': copyManifest('a'), 'streams/b.yaml': copyManifest('b') })
  assert.match(
    await stage.ready(),
    /^False ManifestsInvalid .* streams\/b\.yaml:\S+ Heroku app app-b is run by StreamApp team\/theirs/,
  )
  await stage.record.write([{ kind: 'remove', key, expected: 'any', actor: 'test' }])
  await stage.pass()
  assert.match(await stage.ready(), /^True Applied/)
  const late = { kind: 'StreamApp', namespace: 'team', name: 'late' }
  const [result] = await stage.record.write([
    { kind: 'put', key: late, body, claims: ['Heroku app app-b'], expected: 'absent', actor: 'test' },
  ])
  assert.equal(result?.kind, 'claimed', 'what Git declares is claimed, too')
})

it('a commit that would take the application id of a StreamApp whose add-on was found by now is not declared', async () => {
  const stage = await staged()
  const manifest = (name: string, addon: string, threads = 1): string =>
    `${copyManifest(name, { threads })}  kafka: { addon: ${addon} }\n  applicationName: counts\n`
  await stage.push({ 'streams/a.yaml': manifest('a', 'KAFKA') })
  const cluster = { app: 'app-a', addon: 'KAFKA', name: 'kafka-flat-1', id: 'x' }
  const declared = await stage.app('a')
  assert.ok(declared)
  const found = { ...declared, status: { ...declared.status, cluster } }
  await storeKept(stage.record, found)

  await stage.push({ 'streams/a.yaml': manifest('a', 'KAFKA', 3) })
  assert.match(await stage.ready(), /^True Applied/)
  const [late] = await stage.record.write([
    {
      kind: 'put',
      key: { kind: 'StreamApp', namespace: 'team', name: 'late' },
      body: {},
      claims: ['application name counts on add-on x'],
      expected: 'absent',
      actor: 'test',
    },
  ])
  assert.equal(late?.kind, 'claimed', 'what was found is held through a declaration')

  await storeKept(stage.record, { ...found, metadata: { ...found.metadata, namespace: 'team', name: 'theirs' } })
  await stage.forget('a')
  await stage.push({ 'streams/b.yaml': manifest('b', 'kafka-flat-1') })
  assert.match(await stage.ready(), /^False ManifestsInvalid .* application name counts on kafka-flat-1 is taken by/)
})
