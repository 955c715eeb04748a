import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { artifactFile, artifactsFor, parseArtifacts } from '../../../src/local/artifact/artifact.ts'
import { artifactCache } from '../../../src/local/artifact/artifact-cache.ts'

describe('the list of artifacts', () => {
  it('pins a whole broker, and what a Kafka Streams app needs, in one version of Kafka', () => {
    const [broker, streams] = [artifactsFor('broker'), artifactsFor('streams')]

    assert.equal(broker.length, 37)
    assert.ok(streams.some(({ name }) => name === 'kafka-streams'))
    const versions = [...broker, ...streams]
      .filter(({ group }) => group === 'org.apache.kafka')
      .map(({ version }) => version)
    assert.deepEqual([...new Set(versions)], ['4.3.1'])
  })

  it('keeps a second archive of the same version beside the first, as Maven names it', () => {
    const [smoke] = artifactsFor('smoke')
    assert.ok(smoke)
    assert.equal(artifactFile(smoke), 'kafka-streams-4.3.1-test.jar')
  })

  it('names the line that does not read as it should', () => {
    assert.throws(
      () => parseArtifacts('# comment\n\norg.example:thing 12 abc broker\n'),
      /line 3 of artifacts\.txt must read/,
    )
  })
})

describe('the cache folder', () => {
  const cases = [
    { env: {}, folder: '/home/user/.cache/weirkeeper' },
    { env: { XDG_CACHE_HOME: '' }, folder: '/home/user/.cache/weirkeeper' },
    { env: { XDG_CACHE_HOME: '/cache' }, folder: '/cache/weirkeeper' },
    { env: { XDG_CACHE_HOME: '/cache', WEIRKEEPER_CACHE: '/mine' }, folder: '/mine' },
  ]
  for (const { env, folder } of cases) {
    it(`is ${folder} with ${JSON.stringify(env)}`, () => assert.equal(artifactCache(env, '/home/user').folder, folder))
  }
})
