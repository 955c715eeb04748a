import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { unpack, usualLimits } from '../../../src/local/build/unpack.ts'
import { writeTarball, type Entry } from './tarball.ts'

const never = new AbortController().signal

describe('a source tarball', () => {
  let folder = ''
  let slug = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weir-unpack-test-'))
    slug = join(folder, 'slug')
    await mkdir(slug)
  })
  afterEach(() => rm(folder, { recursive: true }))

  const unpacked = async (entries: readonly Entry[], limits = usualLimits): Promise<void> =>
    unpack(await writeTarball(join(folder, 'source.tgz'), entries), slug, limits, never)

  it('is unpacked into the folder of the slug, links inside of it included', async () => {
    await unpacked([
      { path: 'Procfile', text: 'worker: x\n' },
      { path: './src/', type: 'Directory' },
      { path: './src/a.txt', text: 'a' },
      { path: 'src/link.txt', type: 'SymbolicLink', linkpath: '../Procfile' },
    ])
    assert.equal(await readFile(join(slug, 'src', 'link.txt'), 'utf8'), 'worker: x\n')
    assert.equal(await readFile(join(slug, 'src', 'a.txt'), 'utf8'), 'a')
  })

  it('may have one folder at the top, as archives of Git hosts have', async () => {
    await unpacked([
      { path: 'app-abc123/Procfile', text: 'worker: x\n' },
      { path: 'app-abc123/app-abc123/a.txt', text: 'a' },
    ])
    assert.deepEqual((await readdir(slug)).toSorted(), ['Procfile', 'app-abc123'])
  })

  const refused: readonly [string, Entry, RegExp][] = [
    ['a path that climbs out', { path: '../evil.txt', text: 'x' }, /"\.\.\/evil\.txt" lies outside of it/],
    ['a path that climbs out on a detour', { path: 'a/../../evil.txt', text: 'x' }, /lies outside of it/],
    ['an absolute path', { path: '/tmp/weir-evil.txt', text: 'x' }, /lies outside of it/],
    [
      'a link to an absolute path',
      { path: 'l', type: 'SymbolicLink', linkpath: '/etc/passwd' },
      /"l" leads outside of it/,
    ],
    ['a link that climbs out', { path: 'a/l', type: 'SymbolicLink', linkpath: '../../x' }, /leads outside of it/],
    ['a hard link that climbs out', { path: 'a/l', type: 'Link', linkpath: '../x' }, /leads outside of it/],
    ['a pipe', { path: 'p', type: 'FIFO' }, /"p" is a FIFO/],
  ]
  for (const [what, entry, message] of refused) {
    it(`is refused for ${what}, and nothing is written outside`, async () => {
      await assert.rejects(unpacked([{ path: 'first.txt', text: 'fine' }, entry]), message)
      assert.deepEqual((await readdir(folder)).toSorted(), ['slug', 'source.tgz'])
      assert.ok(!existsSync('/tmp/weir-evil.txt'))
    })
  }

  it('is refused when it unpacks to more than is allowed, and nothing of it is written', async () => {
    const limits = { entries: 10, sizeBytes: 1_000 }
    await assert.rejects(unpacked([{ path: 'big', text: 'x'.repeat(1_001) }], limits), /more than 1000 bytes/)
    const many = Array.from({ length: 11 }, (_, index) => ({ path: `f${index}` }))
    await assert.rejects(unpacked(many, limits), /more than 10 entries/)
    assert.deepEqual(await readdir(slug), [])
  })

  it('is refused with a message when it is no tarball', async () => {
    const file = join(folder, 'source.tgz')
    await writeFile(file, 'this is no tarball, and long enough to be looked at twice '.repeat(40))
    await assert.rejects(unpack(file, slug, usualLimits, never), /The source tarball cannot be unpacked/)
    await assert.rejects(
      unpack(join(folder, 'none.tgz'), slug, usualLimits, never),
      /The source tarball cannot be read/,
    )
  })

  it('is left when the signal fires', async () => {
    const file = await writeTarball(join(folder, 'source.tgz'), [{ path: 'a', text: 'x' }])
    await assert.rejects(unpack(file, slug, usualLimits, AbortSignal.abort(new Error('enough'))), /enough/)
  })
})
