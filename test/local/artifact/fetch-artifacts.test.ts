import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import type { Artifact } from '../../../src/local/artifact/artifact.ts'
import { fetchArtifacts, type FetchProgress } from '../../../src/local/artifact/fetch-artifacts.ts'

const text = (name: string): string => `the archive ${name} `.repeat(1_000)

const artifact = (name: string): Artifact => ({
  group: 'org.example.parts',
  name,
  version: '1.0',
  classifier: '',
  sizeBytes: text(name).length,
  sha256: createHash('sha256').update(text(name)).digest('hex'),
  neededBy: ['broker'],
})

describe('fetching artifacts', () => {
  let folder: string
  let server: Server
  let repository: string
  /** What the repository has, by path, and the paths that were asked for. */
  let files: Map<string, string>
  let asked: string[]

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weirkeeper-test-'))
    files = new Map(['a', 'b', 'c'].map((name) => [`/org/example/parts/${name}/1.0/${name}-1.0.jar`, text(name)]))
    asked = []
    server = createServer((request, response) => {
      asked.push(request.url ?? '')
      const body = files.get(request.url ?? '')
      response.writeHead(body === undefined ? 404 : 200).end(body)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    repository = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  })
  afterEach(async () => {
    server.closeAllConnections()
    server.close()
    await rm(folder, { recursive: true, force: true })
  })

  const fetched = (artifacts: readonly Artifact[], onProgress?: (progress: FetchProgress) => void) =>
    fetchArtifacts(artifacts, { cache: { folder, repository }, onProgress })

  it('fetches each once, keeps the order asked for and tells how far it is', async () => {
    const progress: FetchProgress[] = []
    const three = ['c', 'a', 'b'].map(artifact)
    const paths = await fetched(three, (now) => progress.push(now))

    assert.deepEqual(
      paths.map((path) => path.slice(folder.length)),
      ['/jars/c-1.0.jar', '/jars/a-1.0.jar', '/jars/b-1.0.jar'],
    )
    assert.equal(await readFile(paths[1] ?? '', 'utf8'), text('a'))
    const bytes = 3 * text('a').length
    assert.deepEqual(progress.at(0), { filesDone: 0, files: 3, bytesDone: 0, bytes })
    assert.deepEqual(progress.at(-1), { filesDone: 3, files: 3, bytesDone: bytes, bytes })
    await fetched(three)
    assert.equal(asked.length, 3)
  })

  it('fetches only what is missing or broken off', async () => {
    await fetched([artifact('a'), artifact('b')])
    await writeFile(join(folder, 'jars', 'b-1.0.jar'), 'half')

    const progress: FetchProgress[] = []
    await fetched(['a', 'b'].map(artifact), (now) => progress.push(now))

    assert.equal(progress.at(-1)?.files, 1)
    assert.equal(await readFile(join(folder, 'jars', 'b-1.0.jar'), 'utf8'), text('b'))
  })

  it('keeps nothing whose checksum is not the pinned one', async () => {
    files.set('/org/example/parts/a/1.0/a-1.0.jar', text('b'))

    await assert.rejects(fetched([artifact('a')]), /a-1\.0\.jar has SHA-256 [0-9a-f]{64}, but [0-9a-f]{64} is pinned/)

    assert.deepEqual(await readdir(join(folder, 'jars')), [])
    assert.equal(asked.length, 1)
  })

  it('says where it looked when an artifact is not there', async () => {
    await assert.rejects(fetched([artifact('unheard-of')]), /unheard-of-1\.0\.jar answered 404/)
  })

  it('says what to do when the repository cannot be reached', async () => {
    server.closeAllConnections()
    server.close()

    await assert.rejects(
      fetched([artifact('a')]),
      /could not fetch a-1\.0\.jar from http:.*ECONNREFUSED.*run the command again.*WEIRKEEPER_MAVEN_REPOSITORY.*HTTPS_PROXY/,
    )
  })

  it('stops when it is broken off', async () => {
    const stop = new AbortController()
    stop.abort(new Error('stopping'))

    await assert.rejects(
      fetchArtifacts([artifact('a')], { cache: { folder, repository }, signal: stop.signal }),
      /stopping/,
    )
  })
})
