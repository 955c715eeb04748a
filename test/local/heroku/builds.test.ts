import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { startEmulator } from '../../support/heroku-emulator.ts'
import type { Emulator, Reply } from '../../support/heroku-emulator.ts'

const tarball = Buffer.from('what a tarball is here')

async function uploaded({ call }: Emulator): Promise<string> {
  const { status, body } = await call('POST', '/apps/tide/sources')
  assert.equal(status, 201)
  assert.equal((await fetch(body.source_blob.put_url, { method: 'PUT', body: new Uint8Array(tarball) })).status, 200)
  return body.source_blob.get_url
}

async function built(emulator: Emulator, source: object): Promise<{ build: Reply['body']; output: string }> {
  const { status, body } = await emulator.call('POST', '/apps/tide/builds', { body: { source_blob: source } })
  assert.deepEqual([status, body.status, body.slug, body.release], [201, 'pending', null, null])
  const output = await (await fetch(body.output_stream_url)).text()
  const { body: build } = await emulator.call('GET', `/apps/tide/builds/${body.id}`)
  return { build, output }
}

describe('builds of the Heroku emulator', () => {
  it('fetch the source, make a slug and release it', async (t) => {
    const seen: string[] = []
    const emulator = await startEmulator(t, {
      buildSlug: async ({ tarball: file, config, output }) => {
        seen.push(await readFile(file, 'utf8'), JSON.stringify(config))
        output('-----> Building')
        return { processTypes: { worker: 'node worker.ts' } }
      },
    })
    await emulator.call('POST', '/apps', { body: { name: 'tide' } })
    await emulator.call('PATCH', '/apps/tide/config-vars', { body: { NODE_ENV: 'test' } })
    const url = await uploaded(emulator)
    const checksum = `SHA256:${createHash('sha256').update(tarball).digest('hex')}`
    const { build, output } = await built(emulator, { url, checksum, version: 'abcdef1234567' })
    assert.equal(build.status, 'succeeded')
    assert.match(output, /-----> Building\n[^]*declares types -> worker\n[^]*Released v4/)
    assert.deepEqual(seen, [String(tarball), '{"NODE_ENV":"test"}'])
    const { body: release } = await emulator.call('GET', `/apps/tide/releases/${build.release.id}`)
    assert.deepEqual([release.description, release.slug.id, release.current], ['Deploy abcdef12', build.slug.id, true])
    assert.equal(
      (await emulator.call('GET', `/apps/tide/slugs/${build.slug.id}`)).body.process_types.worker,
      'node worker.ts',
    )
    assert.notEqual(emulator.dynosOf('tide').releases.at(-1)?.slugDirectory, null)
  })

  const failures: readonly [string, (url: string) => object, RegExp][] = [
    ['the source cannot be fetched', (url) => ({ url: `${url}-gone` }), /answered 404/],
    [
      'the checksum is another',
      (url) => ({ url, checksum: 'SHA256:00' }),
      /checksum is SHA256:[\da-f]{64}, and not SHA256:00/,
    ],
    ['the builder refuses', (url) => ({ url }), /no Procfile/],
  ]
  for (const [what, sourceOf, message] of failures) {
    it(`fail and leave the app as it was when ${what}`, async (t) => {
      const emulator = await startEmulator(t, {
        buildSlug: async () => {
          throw new Error('no Procfile')
        },
      })
      await emulator.call('POST', '/apps', { body: { name: 'tide' } })
      const { build, output } = await built(emulator, sourceOf(await uploaded(emulator)))
      assert.deepEqual([build.status, build.release], ['failed', null])
      assert.match(output, message)
      assert.equal((await emulator.call('GET', '/apps/tide/releases')).body.length, 2)
    })
  }

  it('refuse a source that is not on the web', async (t) => {
    const { call } = await startEmulator(t)
    await call('POST', '/apps', { body: { name: 'tide' } })
    for (const url of ['file:///etc/passwd', 'nonsense', '']) {
      const { status } = await call('POST', '/apps/tide/builds', { body: { source_blob: { url } } })
      assert.equal(status, 422, url)
    }
  })

  it('do not take a slug that is no archive', async (t) => {
    const { call } = await startEmulator(t)
    await call('POST', '/apps', { body: { name: 'tide' } })
    const { body: slug } = await call('POST', '/apps/tide/slugs', { body: { process_types: { worker: 'work' } } })
    assert.deepEqual([slug.blob.method, slug.size], ['put', null])
    assert.equal((await fetch(slug.blob.url, { method: 'PUT', body: 'x'.repeat(1024) })).status, 422)
    assert.equal((await call('POST', '/apps/tide/slugs', { body: { process_types: { 'a b': 'work' } } })).status, 422)
  })
})
