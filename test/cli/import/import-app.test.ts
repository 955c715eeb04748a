import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { direct, type Direct } from '../../support/direct.ts'
import { weir, type CliRun } from '../../support/cli.ts'

describe('weir import app', () => {
  it('writes the manifest of an app that runs by hand: its first plan is empty', async (t) => {
    const { imported, plan } = await handRun(t, settled)
    const { code, stdout, stderr } = await imported()

    assert.equal(code, 0, stderr)
    assert.match(stderr, /^my-heroku-app: which topics the app reads is a guess/)
    assert.equal(
      stdout,
      `apiVersion: streams.weirkeeper.dev/v1alpha1
kind: StreamApp
metadata:
  name: word-count
spec:
  app: my-heroku-app
  process:
    size: standard-1x
  topology:
    operators:
      - name: counts
        changelog: compact
        sources:
          - lines
          - words
      - name: per-minute
        changelog: compact,delete
        retention: 25h
        repartition: true
        partitions: 3
        sources:
          - lines
          - words
  topics:
    - name: lines
      partitions: 6
      retention: 1d
      cleanupPolicy: delete
    - name: words
      partitions: 6
      cleanupPolicy: compact
  streams:
    threads: 2
    config:
      commit.interval.ms: '1000'
  scaling:
    policy: fixed
    min: 2
`,
    )
    assert.match((await plan(stdout)).stdout, /Plan: no changes/)
    assert.equal((await plan(stdout, '--detailed-exitcode')).code, 0)
  })

  it('writes nothing at Heroku', async (t) => {
    const { imported, emulator } = await handRun(t, settled)
    emulator.heroku.knobs.requests.length = 0
    await imported()
    assert.ok(emulator.heroku.knobs.requests.every(({ method }) => method === 'GET'))
  })

  it('begins suspended where the app lacks what a manifest sets, and shows that', async (t) => {
    const { imported, plan } = await handRun(t, { vars: {} })
    const { code, stdout, stderr } = await imported('--source', 'lines')

    assert.equal(code, 0)
    assert.match(stderr, /it begins with suspend: true, and an apply changes nothing/)
    assert.match(stderr, /config vars of my-heroku-app/)
    assert.match(stdout, /^ {2}suspend: true$/m)
    assert.equal((await plan(stdout, '--detailed-exitcode')).code, 0)
    assert.equal((await plan(stdout.replace('  suspend: true\n', ''), '--detailed-exitcode')).code, 1)
  })

  it('asks where only a person can know', async (t) => {
    const { imported, emulator, addonId } = await handRun(t, { vars: {} })
    await emulator.data('POST', `${addonId}/consumer_groups`, {
      consumer_group: { name: 'other' },
    })
    await topic(emulator, addonId, 'other-seen-changelog', { partitions: 6, compaction: true, retention: null })
    const asked = await imported()
    assert.deepEqual([asked.code, asked.stdout], [2, ''])
    assert.match(asked.stderr, /what is its application.id.*there are .*word-count.*Say --application-name NAME/)
    assert.equal((await imported('--application-name', 'word-count')).code, 0)
    assert.match(
      (await imported('--application-name', 'word-count', '--process', 'none')).stderr,
      /there is no process type none; there are worker/,
    )
    assert.match((await weir(['import', 'app', 'no-such-app'], { env: {} })).stderr, /HEROKU_API_KEY is not set/)
  })
})

interface Given {
  readonly vars: Readonly<Record<string, string>>
}

const settled: Given = {
  vars: {
    STREAMS_NUM_STREAM_THREADS: '2',
    STREAMS_NUM_STANDBY_REPLICAS: '0',
    STREAMS_PROCESSING_GUARANTEE: 'at_least_once',
    STREAMS_COMMIT_INTERVAL_MS: '1000',
    OTHER: 'left alone',
  },
}

interface HandRun extends Direct {
  readonly imported: (...words: readonly string[]) => Promise<CliRun>
  readonly plan: (manifest: string, ...words: readonly string[]) => Promise<CliRun>
}

/** What somebody did with the heroku command, on a basic plan. */
async function handRun(t: TestContext, { vars }: Given): Promise<HandRun> {
  const stage = await direct(t)
  const { emulator, addonId, env, run } = stage
  const { body: config } = await emulator.call('GET', '/apps/my-heroku-app/config-vars')
  const id = Object.keys(vars).length === 0 ? {} : { STREAMS_APPLICATION_ID: `${config.KAFKA_PREFIX}word-count` }
  await emulator.call('PATCH', '/apps/my-heroku-app/config-vars', { body: { ...vars, ...id } })
  await emulator.call('PATCH', '/apps/my-heroku-app/formation', {
    body: { updates: [{ type: 'worker', quantity: 2, dyno_size: { name: 'standard-1x' } }] },
  })
  const hourMs = 3_600_000
  await topic(emulator, addonId, 'lines', { partitions: 6, compaction: false, retention: 24 * hourMs })
  await topic(emulator, addonId, 'words', { partitions: 6, compaction: true, retention: null })
  await topic(emulator, addonId, 'word-count-counts-changelog', { partitions: 6, compaction: true, retention: null })
  await topic(emulator, addonId, 'word-count-per-minute-changelog', {
    partitions: 3,
    compaction: true,
    retention: 49 * hourMs,
  })
  await topic(emulator, addonId, 'word-count-per-minute-repartition', {
    partitions: 3,
    compaction: false,
    retention: 168 * hourMs,
  })
  await emulator.data('POST', `${addonId}/consumer_groups`, {
    consumer_group: { name: 'word-count' },
  })
  return {
    ...stage,
    imported: (...words) => weir(['import', 'app', 'my-heroku-app', ...words], { env }),
    plan: (manifest, ...words) => run('plan', manifest, ...words),
  }
}

interface HandMade {
  readonly partitions: number
  readonly compaction: boolean
  readonly retention: number | null
}

async function topic(
  emulator: Direct['emulator'],
  addonId: string,
  name: string,
  { partitions, compaction, retention }: HandMade,
): Promise<void> {
  const { status, body } = await emulator.data('POST', `${addonId}/topics`, {
    topic: { name, partition_count: partitions, compaction, retention_time_ms: retention },
  })
  assert.ok(status < 300, JSON.stringify(body))
}
