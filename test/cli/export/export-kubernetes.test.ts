import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { loadAll } from 'js-yaml'
import { describe, it } from 'node:test'
import { weir } from '../../support/cli.ts'
import { goodManifest } from '../../support/manifest.ts'

const wordCount = await readFile(new URL('../../../manifests/word-count.yaml', import.meta.url), 'utf8')

// oxlint-disable-next-line typescript/no-explicit-any -- what YAML holds is looked into field by field, and fails where one is missing
async function exported(manifest: string, ...words: readonly string[]): Promise<readonly any[]> {
  const { code, stdout, stderr } = await weir(['export', 'kubernetes', '-f', '-', '--image', 'i:1', ...words], {
    input: manifest,
  })
  assert.equal(code, 0, stderr)
  return loadAll(stdout)
}

describe('weir export kubernetes', () => {
  it('writes every topic for Strimzi, internal topics too, with their own names and policies', async () => {
    const topics = (await exported(wordCount)).filter(({ kind }) => kind === 'KafkaTopic')
    assert.deepEqual(
      topics.map(({ apiVersion, metadata, spec }) => [
        apiVersion,
        metadata.name,
        spec.topicName,
        spec.partitions,
        spec.config,
      ]),
      [
        ['kafka.strimzi.io/v1', 'lines', 'lines', 6, { 'cleanup.policy': 'delete', 'retention.ms': 86_400_000 }],
        ['kafka.strimzi.io/v1', 'word-counts', 'word-counts', 6, { 'cleanup.policy': 'compact' }],
        [
          'kafka.strimzi.io/v1',
          'word-count-counts-repartition',
          'word-count-counts-repartition',
          6,
          { 'cleanup.policy': 'delete', 'retention.ms': -1 },
        ],
        [
          'kafka.strimzi.io/v1',
          'word-count-counts-changelog',
          'word-count-counts-changelog',
          6,
          { 'cleanup.policy': 'compact' },
        ],
      ],
    )
  })

  it('runs the workers with the same settings, and scales them by lag up to the cap by tasks', async () => {
    const objects = await exported(wordCount.replace('max: 2', 'max: 20'), '--bootstrap', 'b:1', '-n', 'team')
    const deployment = objects.find(({ kind }) => kind === 'Deployment')
    const [container] = deployment.spec.template.spec.containers
    const env = new Map<string, string>(
      container.env.map((entry: { name: string; value: string }) => [entry.name, entry.value]),
    )
    assert.deepEqual(
      [container.image, container.command, env.get('STREAMS_APPLICATION_ID'), env.get('KAFKA_URL')],
      ['i:1', ['/cnb/process/worker'], 'word-count', 'kafka://b:1'],
    )
    const { spec, metadata } = objects.find(({ kind }) => kind === 'ScaledObject')
    assert.deepEqual([metadata.namespace, spec.minReplicaCount, spec.maxReplicaCount], ['team', 1, 6])
    assert.deepEqual(
      spec.triggers.map((trigger: { metadata: { topic: string; consumerGroup: string } }) => trigger.metadata.topic),
      ['lines', 'word-count-counts-repartition'],
    )
  })

  it('writes no scaler where the number is fixed', async () => {
    const fixed = await exported(`${goodManifest}  scaling: { policy: fixed, min: 3 }\n`)
    assert.deepEqual(
      fixed.map(({ kind }) => kind),
      ['KafkaTopic', 'KafkaTopic', 'KafkaTopic', 'Deployment'],
    )
    assert.equal(fixed.at(-1).spec.replicas, 3)
  })

  it('asks what another system cannot look up, all at once', async () => {
    const vague = goodManifest
      .replace('    stores: [ { name: counts, windowed: false } ]\n', '')
      .replace('name: word-counts, partitions: 6,', 'name: word-counts,')
    const { code, stdout, stderr } = await weir(['export', 'kubernetes', '-f', '-', '--image', 'i'], { input: vague })
    assert.deepEqual([code, stdout], [2, ''])
    assert.match(
      stderr,
      /say how many partitions topic word-counts has\n.*say in topology\.stores whether the store of word-count-counts-changelog is windowed/,
    )
    assert.match((await weir(['export', 'kubernetes', '-f', '-'], { input: goodManifest })).stderr, /say the image/)
    assert.match((await weir(['export', 'script'])).stderr, /name at least one manifest/)
  })
})
