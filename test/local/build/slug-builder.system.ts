import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { createSlugBuilder } from '../../../src/local/build/slug-builder.ts'
import { startGuardian, type Guardian } from '../../../src/local/dyno/guardian.ts'
import { writeTarball, type Entry } from './tarball.ts'

describe('a build', () => {
  let folder = ''
  let guardian: Guardian
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weir-build-test-'))
    guardian = startGuardian()
    guardian.remove(folder)
    await mkdir(join(folder, 'weirkeeper'))
    await writeFile(join(folder, 'weirkeeper', 'index.txt'), 'the checkout')
    await mkdir(join(folder, 'bare-path'))
    await symlink('/bin/sh', join(folder, 'bare-path', 'sh'))
  })
  after(() => guardian.close())

  interface Built {
    readonly processTypes: Readonly<Record<string, string>>
    readonly into: string
    readonly output: readonly string[]
  }

  const usualPath = [dirname(process.execPath), ...(process.env['PATH'] ?? '').split(':')]

  async function build(
    entries: readonly Entry[],
    path = usualPath,
    signal = new AbortController().signal,
  ): Promise<Built> {
    const into = await mkdtemp(join(folder, 'slug-'))
    const output: string[] = []
    const env = { HOME: process.env['HOME'] ?? '/' }
    const buildSlug = createSlugBuilder({ guardian, path, env, weirkeeper: join(folder, 'weirkeeper') })
    const tarball = await writeTarball(join(into, '..', `${into.slice(-6)}.tgz`), entries)
    const { processTypes } = await buildSlug({
      tarball,
      into,
      config: { PAINT: 'blue' },
      output: (line) => output.push(line),
      signal,
    })
    return { processTypes, into, output }
  }

  const procfile = { path: 'Procfile', text: 'worker: weir worker topology.ts\n' }

  it('reads the process types, and links this package where the app depends on it', async () => {
    const manifest = { path: 'package.json', text: '{"dependencies":{"weirkeeper":"0.1.0"}}' }
    const { processTypes, into, output } = await build([procfile, manifest])
    assert.deepEqual(processTypes, { worker: 'weir worker topology.ts' })
    assert.equal(await readFile(join(into, 'node_modules', 'weirkeeper', 'index.txt'), 'utf8'), 'the checkout')
    assert.deepEqual(output, ['-----> weirkeeper: this checkout (local mode)'])
  })

  it('takes a start script for a web process when there is no Procfile', async () => {
    const { processTypes } = await build([{ path: 'package.json', text: '{"scripts":{"start":"node ."}}' }])
    assert.deepEqual(processTypes, { web: 'npm start' })
  })

  it('fails with the lines of a Procfile that cannot be read', async () => {
    await assert.rejects(build([{ path: 'Procfile', text: 'worker\n' }]), /Procfile:1: "worker" is not of the form/)
  })

  const lock = {
    path: 'package-lock.json',
    text: '{"name":"a","version":"1.0.0","lockfileVersion":3,"packages":{"":{"name":"a","version":"1.0.0"}}}',
  }

  it('installs what a package-lock.json says, with the config vars, and shows what npm says', async () => {
    const scripts = '{"name":"a","version":"1.0.0","scripts":{"postinstall":"echo built in $PAINT > built.txt"}}'
    const { into } = await build([procfile, lock, { path: 'package.json', text: scripts }])
    assert.equal(await readFile(join(into, 'built.txt'), 'utf8'), 'built in blue\n')
    const failing = '{"name":"a","version":"1.0.0","scripts":{"postinstall":"exit 3"}}'
    await assert.rejects(
      build([procfile, lock, { path: 'package.json', text: failing }]),
      /npm ci ended with status \d+/,
    )
  })

  it('names Maven, and how to get it, when a pom.xml needs it and it is missing', async () => {
    const pom = { path: 'pom.xml', text: '<project/>' }
    await assert.rejects(
      build([procfile, pom], [join(folder, 'bare-path')]),
      /mvn was not found.*apt-get install maven/,
    )
    const target = { path: 'target/app.jar', text: 'jar' }
    const { output } = await build([procfile, pom, target], [join(folder, 'bare-path')])
    assert.ok(output.includes('-----> Java app detected: target/ is in the source'))
  })

  it('ends its tools when the signal fires', async () => {
    const slow = '{"name":"a","version":"1.0.0","scripts":{"postinstall":"sleep 600"}}'
    const signal = AbortSignal.timeout(1_500)
    await assert.rejects(build([procfile, lock, { path: 'package.json', text: slow }], usualPath, signal), /timeout/i)
  })
})
