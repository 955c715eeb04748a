import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fakeGit } from '../../support/fake-git.ts'
import { staged } from '../../support/git-source-stage.ts'
import { copyManifest, keptSource, sourceKey } from '../../support/git-source.ts'
import { conditionOf, loadKept, ownersOf, storeKept } from '../../support/kept-object.ts'

describe('keepGitSource: a commit is enough', () => {
  it('declares every StreamApp of the newest commit, says so, and is silent afterwards', async () => {
    const stage = await staged()
    const commit = stage.git.commit({ 'streams/a.yaml': copyManifest('a'), 'streams/b.yaml': copyManifest('b') })
    assert.deepEqual(await stage.pass(), { kind: 'settled', againAfterMs: 60_000 })

    assert.deepEqual(await stage.names(), ['a', 'b'])
    assert.equal(await stage.ready(), `True Applied commit ${commit.slice(0, 12)} declares 2 StreamApps`)
    const { observedGeneration, lastCommit, appliedCommit } = await stage.status()
    assert.deepEqual([observedGeneration, lastCommit, appliedCommit], [1, commit, commit])
    const a = await stage.app('a')
    assert.deepEqual(a?.metadata.finalizers, ['streams.weirkeeper.dev/tidy'])
    assert.equal(a.metadata.generation, 1)
    assert.deepEqual(ownersOf(a), ['weirkeeper-git Update'])

    const { version } = await stage.record.list('StreamApp')
    await stage.pass()
    assert.equal((await stage.record.list('StreamApp')).version, version)
    assert.deepEqual(
      (await stage.record.audit({ kind: 'StreamApp', namespace: 'default', name: 'a' }, 9)).map(({ actor }) => actor),
      ['git'],
    )
  })

  it('carries a changed manifest over, once', async () => {
    const stage = await staged()
    await stage.push({ 'streams/a.yaml': copyManifest('a') })
    await stage.push({ 'streams/a.yaml': copyManifest('a', { threads: 2 }) })
    const a = await stage.app('a')
    assert.deepEqual(
      [a?.metadata.generation, a?.spec['streams']],
      [2, { threads: 2, standbyReplicas: 0, processingGuarantee: 'at_least_once', config: {} }],
    )
  })

  it('puts back what was changed or taken away behind its back, without a new commit', async () => {
    const stage = await staged()
    await stage.push({ 'streams/a.yaml': copyManifest('a'), 'streams/b.yaml': copyManifest('b') })
    const a = await stage.app('a')
    assert.ok(a)
    await storeKept(stage.record, { ...a, spec: { ...a.spec, suspend: true } })
    await stage.forget('b')
    await stage.pass()
    assert.equal((await stage.app('a'))?.spec['suspend'], false)
    assert.deepEqual(await stage.names(), ['a', 'b'])
  })

  it('leaves labels and annotations alone that did not come from Git, and takes back those that did', async () => {
    const stage = await staged()
    const labelled = '  labels: { team: shop }\n  annotations: { note: hello }\n'
    await stage.push({ 'streams/a.yaml': copyManifest('a', { metadata: labelled }) })
    const a = await stage.app('a')
    assert.ok(a)
    const { metadata } = a
    await storeKept(stage.record, {
      ...a,
      metadata: {
        ...metadata,
        labels: { ...metadata.labels, mine: 'yes' },
        annotations: { ...metadata.annotations, 'streams.weirkeeper.dev/confirm': '12345678' },
      },
    })
    await stage.push({ 'streams/a.yaml': copyManifest('a') })
    const after = await stage.app('a')
    assert.deepEqual(after?.metadata.labels, { mine: 'yes' })
    assert.deepEqual(after.metadata.annotations, {
      'streams.weirkeeper.dev/confirm': '12345678',
      'streams.weirkeeper.dev/git-source': 'shop',
    })
  })

  it('leaves a StreamApp its status', async () => {
    const stage = await staged()
    await stage.push({ 'streams/a.yaml': copyManifest('a') })
    const a = await stage.app('a')
    assert.ok(a)
    await storeKept(stage.record, { ...a, status: { observedGeneration: 1 } })
    await stage.push({ 'streams/a.yaml': copyManifest('a', { threads: 3 }) })
    assert.deepEqual((await stage.app('a'))?.status, { observedGeneration: 1 })
  })
})

describe('keepGitSource: a bad commit', () => {
  it('is told whole, with file, line and column, and nothing of it is declared', async () => {
    const stage = await staged()
    const good = await stage.push({ 'streams/a.yaml': copyManifest('a') })
    const bad = await stage.push({
      'streams/a.yaml': copyManifest('a', { threads: 2 }),
      'streams/b.yaml': copyManifest('b').replace('partitions: 2', 'partitions: 0'),
      'streams/c.yaml': 'kind: Deployment',
    })
    assert.match(
      await stage.ready(),
      /^False ManifestsInvalid commit \w{12} is not declared: streams\/b.yaml:\d+:\d+ partitions must be 1 or more; 1 more in status.mistakes/,
    )
    assert.equal(await stage.condition('Stalled'), 'True ManifestsInvalid')
    const { lastCommit, appliedCommit, mistakes } = await stage.status()
    assert.deepEqual([lastCommit, appliedCommit], [bad, good])
    assert.ok(Array.isArray(mistakes))
    assert.deepEqual(
      mistakes.map(({ file, line, column }: Place) => `${file}:${line}:${column}`),
      ['streams/b.yaml:16:34', 'streams/c.yaml:1:7'],
    )
    assert.deepEqual(await stage.names(), ['a'])
    assert.equal((await stage.app('a'))?.metadata.generation, 1)

    await stage.push({ 'streams/a.yaml': copyManifest('a', { threads: 2 }) })
    assert.match(await stage.ready(), /^True Applied/)
    assert.equal((await stage.status())['mistakes'], undefined)
  })

  const wrong: readonly (readonly [title: string, text: string, says: RegExp])[] = [
    [
      'another namespace',
      copyManifest('b', { metadata: '  namespace: other\n' }),
      /b.yaml:5:14 namespace is other; this GitSource is in default/,
    ],
    [
      'a GitSource',
      'apiVersion: streams.weirkeeper.dev/v1alpha1\nkind: GitSource\nmetadata: { name: x }\nspec: { url: "https://a.example/b" }',
      /b.yaml:2:7 a GitSource is not declared from Git/,
    ],
    ['a name that is there twice', copyManifest('a'), /StreamApp default\/a is declared twice/],
    [
      'an app that another runs already',
      copyManifest('b', { app: 'app-a' }),
      /Heroku app app-a is run by StreamApp a already/,
    ],
  ]
  for (const [title, text, says] of wrong) {
    it(`may not hold ${title}`, async () => {
      const stage = await staged()
      await stage.push({ 'streams/a.yaml': copyManifest('a'), 'streams/b.yaml': text })
      assert.match(await stage.ready(), says)
      assert.deepEqual(await stage.names(), [])
    })
  }

  it('is bad in the namespace that its manifests do not name, though it is good in theirs', async () => {
    const stage = await staged()
    const { metadata, ...source } = keptSource()
    await storeKept(stage.record, { ...source, metadata: { ...metadata, namespace: 'other' } })
    await stage.push({ 'streams/a.yaml': copyManifest('a') })
    await stage.pass(stage.git, 'shop', 'other')
    const other = await loadKept(stage.record, { ...sourceKey, namespace: 'other' })
    assert.match(conditionOf(other, 'Ready').message, /namespace is default; this GitSource is in other/)
    await stage.pass()
    assert.match(await stage.ready(), /^True Applied/)
  })

  it('may not hold what only the checks of weir validate know', async () => {
    const stage = await staged()
    await stage.push({
      'streams/a.yaml': copyManifest('a').replace('threads: 1', 'threads: 1, config: { application.id: x }'),
    })
    assert.match(await stage.ready(), /^False ManifestsInvalid .*a.yaml:18:\d+ .*application\.id/)
  })

  it('may not hold a symbolic link', async () => {
    const stage = await staged()
    stage.git.links.push('streams/b.yaml')
    await stage.push({ 'streams/a.yaml': copyManifest('a') })
    assert.match(await stage.ready(), /streams\/b.yaml:1:1 the file is a symbolic link/)
  })

  it('may move to another app what nothing was made of yet', async () => {
    const stage = await staged()
    await stage.push({ 'streams/a.yaml': copyManifest('a') })
    const a = await stage.app('a')
    assert.ok(a)
    await storeKept(stage.record, { ...a, status: { inventory: [] } })
    await stage.push({ 'streams/a.yaml': copyManifest('a', { app: 'other' }) })
    assert.equal((await stage.app('a'))?.spec['app'], 'other')
  })

  it('may not move what was made to another app', async () => {
    const stage = await staged()
    await stage.push({ 'streams/a.yaml': copyManifest('a') })
    const a = await stage.app('a')
    assert.ok(a)
    await storeKept(stage.record, { ...a, status: { inventory: [{ kind: 'group', name: 'a' }] } })
    await stage.push({ 'streams/a.yaml': copyManifest('a', { app: 'other' }) })
    assert.match(await stage.ready(), /a.yaml:6:8 app is "app-a" and cannot become "other": things were made under it/)
  })
})

describe('keepGitSource: what is removed', () => {
  const three = {
    'streams/a.yaml': copyManifest('a'),
    'streams/b.yaml': copyManifest('b'),
    'streams/c.yaml': copyManifest('c'),
  }
  const { 'streams/c.yaml': _c, ...two } = three

  it('is let go of, and stays in the inventory until it is gone', async () => {
    const stage = await staged()
    await stage.push(three)
    await stage.push(two)
    assert.notEqual((await stage.app('c'))?.metadata.deletionTimestamp, undefined)
    assert.match(await stage.ready(), /^True Applied commit \w{12} declares 2 StreamApps; c is being deleted/)
    assert.deepEqual(await stage.inventory(), ['a', 'b', 'c'])

    await stage.forget('c')
    await stage.pass()
    assert.deepEqual(await stage.inventory(), ['a', 'b'])
    assert.match(await stage.ready(), /declares 2 StreamApps$/)
  })

  it('stays where spec.prune is false', async () => {
    const stage = await staged({ prune: false })
    await stage.push(three)
    await stage.push(two)
    assert.equal((await stage.app('c'))?.metadata.deletionTimestamp, undefined)
  })

  it('waits for consent where nothing would be left, and the consent is for that removal only', async () => {
    const stage = await staged()
    await stage.push(three)
    const kept = await stage.push({ 'streams/readme.md': '' })
    assert.match(
      await stage.ready(),
      /^False PruneUnconfirmed commit \w{12}: no manifest is left \(a, b, c\)\. If that is wanted: .*confirm=[0-9a-f]{8}$/,
    )
    assert.deepEqual([(await stage.status())['lastCommit'], await stage.leaving()], [kept, []])

    const hash = await stage.pendingHash()
    await stage.annotate('confirm', '00000000')
    await stage.pass()
    assert.deepEqual(await stage.leaving(), [])
    await stage.annotate('confirm', hash)
    await stage.pass()
    assert.deepEqual(await stage.leaving(), ['a', 'b', 'c'])

    for (const name of ['a', 'b', 'c']) await stage.forget(name)
    await stage.push(three)
    await stage.push({ 'streams/readme.md': '' })
    assert.match(await stage.ready(), /^False PruneUnconfirmed/)
    assert.notEqual(await stage.pendingHash(), hash)
  })

  it('waits for consent where the folder is missing', async () => {
    const stage = await staged()
    await stage.push(three)
    await stage.push({ 'elsewhere/a.yaml': copyManifest('a') })
    assert.match(
      await stage.ready(),
      /^False PathMissing there is no folder streams at commit .* no manifest is left \(a, b, c\)/,
    )
    assert.deepEqual(await stage.leaving(), [])
    await stage.annotate('confirm', await stage.pendingHash())
    await stage.pass()
    assert.deepEqual(await stage.leaving(), ['a', 'b', 'c'])
  })

  it('waits for consent where it is more than half, or more than spec.maxDeletions, and holds the whole commit', async () => {
    const stage = await staged({ maxDeletions: 2 })
    const all = Object.fromEntries(
      ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => [`streams/${name}.yaml`, copyManifest(name)]),
    )
    const without = (...names: readonly string[]) =>
      Object.fromEntries(Object.entries(all).filter(([path]) => !names.some((name) => path === `streams/${name}.yaml`)))
    await stage.push(all)
    await stage.push({ ...without('a', 'b', 'c'), 'streams/h.yaml': copyManifest('h') })
    assert.match(await stage.ready(), /more than spec.maxDeletions would go \(a, b, c\)/)
    assert.equal((await stage.names()).includes('h'), false)

    await stage.push(without('a', 'b'))
    assert.deepEqual(await stage.leaving(), ['a', 'b'])
    for (const name of ['a', 'b']) await stage.forget(name)
    await stage.push(without('a', 'b', 'c', 'd'))
    for (const name of ['c', 'd']) await stage.forget(name)
    await stage.push(without('a', 'b', 'c', 'd', 'e', 'f'))
    assert.match(await stage.ready(), /more than half would go \(e, f\)/)
  })

  it('is declared again once it is gone, where it is put back meanwhile', async () => {
    const stage = await staged()
    await stage.push(three)
    await stage.push(two)
    await stage.push(three)
    assert.match(await stage.ready(), /^False Leaving c is being deleted, and is declared again once it is gone/)
    await stage.forget('c')
    await stage.pass()
    assert.match(await stage.ready(), /^True Applied/)
    assert.deepEqual(await stage.names(), ['a', 'b', 'c'])
  })
})

describe('keepGitSource: what changes while it is at work', () => {
  it('is not overwritten: it looks again, and only then says that the commit is declared', async () => {
    const stage = await staged()
    await stage.push({ 'streams/a.yaml': copyManifest('a') })
    const annotated = async (): Promise<void> => {
      const a = await stage.app('a')
      assert.ok(a)
      const annotations = { ...a.metadata.annotations, note: 'mine' }
      await storeKept(stage.record, { ...a, metadata: { ...a.metadata, annotations } })
    }
    stage.git.commit({ 'streams/a.yaml': copyManifest('a', { threads: 2 }) })
    stage.meddle(annotated)
    assert.deepEqual(await stage.pass(), { kind: 'settled', againAfterMs: 1_000 })
    assert.equal((await stage.app('a'))?.metadata.generation, 1)
    await stage.pass()
    const { annotations, generation } = (await stage.app('a'))?.metadata ?? {}
    assert.deepEqual([annotations?.['note'], generation], ['mine', 2])
  })

  it("is somebody else's where they declared it first", async () => {
    const stage = await staged()
    const mine = async (): Promise<void> => {
      const other = await staged()
      await other.push({ 'streams/a.yaml': copyManifest('a', { threads: 7 }) })
      const a = await other.app('a')
      assert.ok(a)
      const { annotations: _annotations, ...metadata } = a.metadata
      await storeKept(stage.record, { ...a, metadata: { ...metadata, uid: 'of-a-person' } })
    }
    stage.git.commit({ 'streams/a.yaml': copyManifest('a') })
    stage.meddle(() => Promise.resolve(), mine)
    await stage.pass()
    assert.match(await stage.ready(), /^False Applying/)
    await stage.pass()
    assert.match(await stage.ready(), /^False OwnedByOther .*declared by somebody by hand/)
    assert.equal((await stage.app('a'))?.metadata.uid, 'of-a-person')
  })
})

describe('keepGitSource: what others declared', () => {
  it('is not taken over, and the owner is named; with consent it is', async () => {
    const stage = await staged()
    const other = fakeGit()
    other.commit({ 'streams/a.yaml': copyManifest('a') })
    await storeKept(stage.record, keptSource({}, 'other'))
    await stage.pass(other, 'other')
    await stage.push({ 'streams/a.yaml': copyManifest('a', { threads: 9 }) })
    assert.match(
      await stage.ready(),
      /^False OwnedByOther .*StreamApp a was declared by GitSource other\. To take it over: .*adopt=a/,
    )

    await stage.annotate('adopt', 'b, a')
    await stage.pass()
    assert.match(await stage.ready(), /^True Applied/)
    await stage.pass(other, 'other')
    assert.match(await stage.ready('other'), /^False OwnedByOther .*declared by GitSource shop/)

    other.commit({ 'streams/b.yaml': copyManifest('b') })
    await stage.pass(other, 'other')
    assert.deepEqual([await stage.leaving(), await stage.inventory('other')], [[], ['b']])
  })

  it('is not taken over from a person either, and never pruned', async () => {
    const stage = await staged()
    const other = fakeGit()
    other.commit({ 'streams/a.yaml': copyManifest('a') })
    await stage.pass(other)
    const a = await stage.app('a')
    assert.ok(a)
    const { annotations: _annotations, ...metadata } = a.metadata
    await storeKept(stage.record, { ...a, metadata: { ...metadata, uid: 'of-a-person' } })
    await stage.push({ 'streams/b.yaml': copyManifest('b') })
    assert.deepEqual([await stage.leaving(), await stage.inventory()], [[], ['b']])
    await stage.push({ 'streams/a.yaml': copyManifest('a') })
    assert.match(await stage.ready(), /StreamApp a was declared by somebody by hand/)
  })

  it('is not mistaken for its own by a copied annotation', async () => {
    const stage = await staged()
    await stage.push({ 'streams/a.yaml': copyManifest('a') })
    const a = await stage.app('a')
    assert.ok(a)
    await storeKept(stage.record, { ...a, metadata: { ...a.metadata, name: 'copy', uid: 'another' } })
    await stage.pass()
    assert.deepEqual([await stage.leaving(), await stage.inventory()], [[], ['a']])
  })
})

interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}
