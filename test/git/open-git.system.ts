import assert from 'node:assert/strict'
import { readdirSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { Secret } from '../../src/base/secret.ts'
import { describeGitFailure } from '../../src/git/failure.ts'
import type { Git, GitTree, Remote } from '../../src/git/git.ts'
import { openGit, usualLimits, type GitLimits } from '../../src/git/open-git.ts'
import { hasGit, startGitHost, type GitHost } from '../support/git-host.ts'

const live = new AbortController().signal
const endings = ['.yaml', '.yml', '.json']
const skip = hasGit() ? false : 'there is no git on this machine'

describe('reading a real repository over HTTP', { skip }, () => {
  it('reads the wanted files of a folder at the newest commit, with their bytes', async (t) => {
    const { host, git } = await stage(t)
    const commit = await host.commit({
      'streams/a.yaml': 'a: ä\n',
      'streams/below/b.YML': 'b',
      'streams/.hidden/c.yaml': 'c',
      'streams/notes.md': '# no',
      'other/d.yaml': 'd',
    })
    assert.deepEqual(await git.head(host, 'main', live), { ok: true, value: commit })
    const tree = await treeOf(git, host, commit, 'streams')
    assert.equal(tree.commit, commit)
    assert.deepEqual(texts(tree), { 'streams/a.yaml': 'a: ä\n', 'streams/below/b.YML': 'b' })
    assert.deepEqual(Object.keys(texts(await treeOf(git, host, commit, '.'))).length, 3)
  })

  it('asks once a poll, and fetches only when the branch has moved, and then only what is new', async (t) => {
    const { host, git } = await stage(t)
    const first = await host.commit({ 'a.yaml': '1', 'large.json': noise() })
    const tree1 = await treeOf(git, host, first)
    const before = host.requests.length
    await git.head(host, 'main', live)
    assert.equal(await treeOf(git, host, first), tree1)
    assert.deepEqual(host.requests.slice(before), [
      'GET /repository.git/info/refs',
      'POST /repository.git/git-upload-pack',
    ])

    const second = await host.commit({ 'a.yaml': '2', 'large.json': noise() })
    const tree = await treeOf(git, host, second)
    assert.equal(texts(tree)['a.yaml'], '2')
    assert.ok((host.sent[1] ?? 0) > 50_000 && (host.sent.at(-1) ?? Infinity) < 2_000, host.sent.join())
  })

  it('follows a branch that was rewritten, many times over', async (t) => {
    const { host, git } = await stage(t)
    for (let round = 0; round < 32; round += 1) {
      const commit = await host.commit({ 'a.yaml': `${round}` }, { isFollowUp: round % 3 !== 2 })
      assert.equal(texts(await treeOf(git, host, commit))['a.yaml'], `${round}`)
    }
  })

  it('gives the newest commit where the branch moved while it was looked at', async (t) => {
    const { host, git } = await stage(t)
    const old = await host.commit({ 'a.yaml': '1' })
    const newest = await host.commit({ 'a.yaml': '2' })
    const tree = await treeOf(git, host, old)
    assert.deepEqual([tree.commit, texts(tree)['a.yaml']], [newest, '2'])
  })

  it('says what is missing: the repository, the branch, the folder', async (t) => {
    const { host, git } = await stage(t)
    const said = async (url: string, branch: string): Promise<string> => {
      const head = await git.head({ url }, branch, live)
      return head.ok ? 'there' : head.error.kind
    }
    assert.equal(await said(host.url, 'main'), 'no-such-branch')
    const commit = await host.commit({ 'a.yaml': '1', 'folder/b.yaml': '' })
    assert.equal(await said(host.url, 'main'), 'there')
    assert.equal(await said(host.url, 'mai'), 'no-such-branch')
    assert.equal(await said(host.url.replace('repository', 'other'), 'main'), 'no-such-repository')
    for (const path of ['nowhere', 'a.yaml', 'folder/b.yaml', 'folder/folder']) {
      const tree = await git.tree(host, { branch: 'main', commit, path, endings }, live)
      assert.equal(tree.ok ? 'there' : tree.error.kind, 'no-such-path', path)
    }
  })

  it('opens with a token, and says so where it is missing or wrong', async (t) => {
    const { host, git } = await stage(t)
    const commit = await host.commit({ 'a.yaml': '1' })
    host.demand('s3cret')
    const knock = async (password?: string): Promise<string> => {
      const credentials =
        password === undefined ? undefined : { username: 'x-access-token', password: new Secret(password) }
      const head = await git.head({ url: host.url, credentials }, 'main', live)
      return head.ok ? head.value : describeGitFailure(head.error)
    }
    assert.match(await knock(), /asks who is there \(401\).*Name a Secret with a token in spec.secretRef/)
    assert.match(await knock('wr0ng'), /does not accept the token \(401\)/)
    assert.doesNotMatch(await knock('wr0ng'), /wr0ng/)
    assert.equal(await knock('s3cret'), commit)
  })

  it('does not follow symbolic links', async (t) => {
    const { host, git } = await stage(t)
    await host.commit({ 'a.yaml': '1' })
    symlinkSync('/etc/passwd', join(host.folder, 'b.yaml'))
    host.git('add', '-A')
    host.git('commit', '-qm', 'link')
    host.git('push', '-q', 'origin', 'HEAD')
    const tree = await treeOf(git, host, host.git('rev-parse', 'HEAD'))
    assert.deepEqual([Object.keys(texts(tree)), tree.links], [['a.yaml'], ['b.yaml']])
  })

  it('refuses what is too large, and goes on when it no longer is', async (t) => {
    const { host, git } = await stage(t, { ...usualLimits, answerBytes: 60_000 })
    const large = await host.commit({ 'a.yaml': '1', 'large.bin': noise() })
    const refused = await git.tree(host, { branch: 'main', commit: large, path: '.', endings }, live)
    assert.equal(refused.ok ? 'there' : refused.error.kind, 'too-large')
    const small = await host.commit({ 'a.yaml': '2' }, { isFollowUp: false })
    assert.equal(texts(await treeOf(git, host, small))['a.yaml'], '2')

    await host.commit({ 'a.yaml': '3', 'large.bin': noise() })
    const next = await host.commit({ 'a.yaml': '4' })
    assert.equal(texts(await treeOf(git, host, next))['a.yaml'], '4')

    const many = Object.fromEntries(Array.from({ length: 1_001 }, (_, index) => [`${index}.yaml`, '']))
    const tooMany = await git.tree(host, { branch: 'main', commit: await host.commit(many), path: '.', endings }, live)
    assert.equal(
      tooMany.ok ? 'there' : describeGitFailure(tooMany.error).split(';')[0],
      'there are more than 1000 manifests',
    )
  })

  it('refuses what is small on the way and large unpacked, before it is unpacked', async (t) => {
    const { host, git } = await stage(t, { ...usualLimits, objectBytes: 1_048_576, wholeBytes: 3 * 1_048_576 })
    const zeros = (bytes: number): string => '\0'.repeat(bytes)
    const told = async (files: Readonly<Record<string, string>>): Promise<string> => {
      const commit = await host.commit(files)
      const tree = await git.tree(host, { branch: 'main', commit, path: '.', endings }, live)
      return tree.ok ? 'there' : (describeGitFailure(tree.error).split('.')[0] ?? '')
    }
    const large = 'the commit is larger, unpacked, than is read; at most '
    assert.equal(await told({ 'a.yaml': zeros(1_048_577) }), `${large}1 MB for one file are read`)
    const four = Object.fromEntries([1, 2, 3, 4].map((index) => [`${index}.bin`, `${index}${zeros(900_000)}`]))
    assert.equal(await told(four), `${large}3 MB for all files are read`)
    assert.equal(await told({ 'a.yaml': zeros(1_000_000) }), 'there')
  })

  it('leaves nothing behind when it is closed', async (t) => {
    const { host, git } = await stage(t)
    const before = foldersThere()
    await treeOf(git, host, await host.commit({ 'a.yaml': '1' }))
    const made = foldersThere().filter((folder) => !before.includes(folder))
    assert.ok(made.length > 0)
    await git.close()
    assert.ok(made.some((folder) => !foldersThere().includes(folder)))
  })
})

async function stage(t: TestContext, limits?: GitLimits): Promise<{ host: GitHost; git: ReturnType<typeof openGit> }> {
  const git = openGit(limits)
  t.after(() => git.close())
  return { host: await startGitHost(t), git }
}

async function treeOf(git: Git, remote: Remote, commit: string, path = '.'): Promise<GitTree> {
  const tree = await git.tree(remote, { branch: 'main', commit, path, endings }, live)
  assert.ok(tree.ok, tree.ok ? '' : describeGitFailure(tree.error))
  return tree.value
}

function texts({ files }: GitTree): Readonly<Record<string, string>> {
  return Object.fromEntries(files.map(({ path, bytes }) => [path, new TextDecoder().decode(bytes)]))
}

function foldersThere(): readonly string[] {
  return readdirSync(tmpdir()).filter((name) => /^weirkeeper-git-(?!host)/.test(name))
}

/** The same 100 kB each time, which do not compress. */
function noise(): string {
  let state = 1
  return Array.from({ length: 100_000 }, () => {
    state = (state * 48_271) % 2_147_483_647
    return String.fromCharCode(33 + (state % 90))
  }).join('')
}
