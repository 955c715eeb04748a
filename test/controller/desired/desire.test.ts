import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { desire } from '../../../src/controller/desired/desire.ts'
import { desireDeletion } from '../../../src/controller/desired/desire-deletion.ts'
import type { Desired } from '../../../src/controller/desired/desired.ts'
import type { Observed } from '../../../src/controller/observe/observed.ts'
import type { ClusterTopic } from '../../../src/heroku/kafka-data.ts'
import type { StreamApp } from '../../../src/resource/stream-app.ts'
import { observed } from '../../support/observed.ts'
import { goodManifest, parsed } from '../../support/manifest.ts'

function streamApp(text = goodManifest): StreamApp {
  const [document] = parsed(text).apps
  assert.ok(document !== undefined, JSON.stringify(parsed(text).mistakes))
  return document.app
}

function meant(text: string, seen: Partial<Observed> = {}): Desired {
  return desire(streamApp(text), observed(seen))
}

function live(...topics: readonly (Partial<ClusterTopic> & { readonly name: string })[]): Pick<Observed, 'topics'> {
  return {
    topics: new Map(
      topics.map((topic) => [
        topic.name,
        { partitions: 6, cleanupPolicy: 'delete' as const, retentionMs: null, isGoing: false, ...topic },
      ]),
    ),
  }
}

const reasons = (desired: Desired): readonly string[] => desired.refusals.map(({ reason }) => reason)
const silent = goodManifest.replace('    stores: [ { name: counts, windowed: false } ]\n', '')

describe('desire', () => {
  it('works out topics, tasks, dynos and config vars', () => {
    const { topics, tasks, formation, configVars, applicationId } = meant(`${goodManifest}  streams: { threads: 2 }\n`)

    assert.deepEqual(
      topics.map(({ name, role, partitions }) => `${role} ${name} ${partitions}`),
      ['user lines 6', 'user word-counts 6', 'changelog word-count-counts-changelog 6'],
    )
    assert.deepEqual(tasks, { tasks: 6, cap: 3, usefulSizes: [1, 2, 3] })
    assert.deepEqual(formation, { type: 'worker', quantity: 3 })
    assert.equal(applicationId, 'wisla-12345.word-count')
    assert.deepEqual(configVars, {
      STREAMS_APPLICATION_ID: 'wisla-12345.word-count',
      STREAMS_NUM_STREAM_THREADS: '2',
      STREAMS_NUM_STANDBY_REPLICAS: '0',
      STREAMS_PROCESSING_GUARANTEE: 'at_least_once',
    })
  })

  it('hands any other setting on, in upper snake case', () => {
    const config = '  streams: { config: { commit.interval.ms: 1000, main.consumer.max.poll.records: 5 } }\n'

    const { configVars } = meant(goodManifest + config)

    assert.equal(configVars['STREAMS_COMMIT_INTERVAL_MS'], '1000')
    assert.equal(configVars['STREAMS_MAIN_CONSUMER_MAX_POLL_RECORDS'], '5')
  })

  it('takes the prefix of the cluster off a pasted description, and no other', () => {
    const of = (prefix: string): Desired => meant(goodManifest.replace('topics: [lines]', `topics: [${prefix}lines]`))

    assert.deepEqual([of('wisla-12345.').tasks.tasks, reasons(of('wisla-12345.'))], [6, []])
    assert.deepEqual(reasons(of('other-99999.')), ['SourceTopicMissing'])
  })

  it('takes partitions that the manifest leaves out from the live topic', () => {
    const open = goodManifest.replace('lines, partitions: 6,', 'lines,')

    assert.equal(meant(open, live({ name: 'lines', partitions: 4 })).tasks.tasks, 4)
    assert.ok(reasons(meant(open)).includes('SourceTopicMissing'))
    assert.ok(reasons(meant(open, live({ name: 'lines', partitions: 0 }))).includes('SourceTopicMissing'))
  })

  it('finds the live topics that a pattern reads', () => {
    const pattern = goodManifest.replace('(topics: [lines])', '(topics: in-.*)')

    const { tasks, sources } = meant(
      pattern,
      live({ name: 'in-a', partitions: 2 }, { name: 'in-b', partitions: 5 }, { name: 'lines' }),
    )

    assert.deepEqual([tasks.tasks, sources], [5, ['in-a', 'in-b']])
    assert.deepEqual(reasons(meant(pattern)), ['SourceTopicMissing'])
  })

  it('asks about an uncertain changelog, and keeps one that is there as it is', () => {
    const there = meant(silent, live({ name: 'word-count-counts-changelog', cleanupPolicy: 'compact' }))

    assert.deepEqual(reasons(meant(silent)), ['TopologyUnclear'])
    assert.match(
      meant(silent).refusals[0]?.message ?? '',
      /\{ name: counts, windowed: false \} or \{ name: counts, windowed: true/,
    )
    assert.deepEqual(reasons(there), [])
    assert.match(there.warnings[0]?.message ?? '', /left as it is \(compact\)/)
    assert.equal(there.topics.at(-1)?.cleanupPolicy, undefined)
  })

  it('warns of a sink that nobody makes', () => {
    const { warnings } = meant(goodManifest.replace(/ {4}- \{ name: word-counts.*\n/, ''))

    assert.match(warnings[0]?.message ?? '', /uses topic word-counts, which does not exist/)
  })

  it('says what is not built, and what to do instead', () => {
    const from = goodManifest.replace(
      / {2}topology:[\s\S]*?(?= {2}topics:)/,
      '  topology: { describeFrom: { command: node topology.ts --describe } }\n',
    )

    const { refusals, warnings } = meant(from)

    assert.match(refusals[0]?.message ?? '', /describeFrom is not built yet.*spec\.topology\.describe/)
    assert.deepEqual(warnings, [])
  })
})

describe('the count of dynos', () => {
  const table = [
    ['scaling: {}', 7, 1, 7],
    ['scaling: { max: 6 }', 7, 1, 4],
    ['scaling: { max: 3 }', 7, 1, 3],
    ['scaling: { min: 5, max: 6 }', 7, 1, 5],
    ['scaling: { max: 100 }', 6, 2, 3],
    ['scaling: { min: 9 }', 6, 2, 3],
    ['scaling: { policy: fixed, min: 4 }', 6, 2, 4],
    ['scaling: { policy: fixed, min: 0 }', 6, 2, 0],
    ['scaling: {}\n  process: { size: performance-m }', 40, 1, 10],
    ['scaling: {}\n  process: { size: eco }', 40, 1, 1],
  ] as const
  for (const [scaling, partitions, threads, quantity] of table) {
    it(`is ${quantity} for ${partitions} tasks on ${threads} threads with ${scaling.replace('\n ', ',')}`, () => {
      const text = goodManifest.replaceAll('partitions: 6', `partitions: ${partitions}`)

      const { formation } = meant(`${text}  streams: { threads: ${threads} }\n  ${scaling}\n`)

      assert.equal(formation.quantity, quantity)
    })
  }

  const warnings = [
    ['scaling: { policy: fixed, min: 7 }', 'IdleDynos'],
    ['scaling: { min: 9 }', 'MinimumAboveWork'],
    ['scaling: { max: 1 }\n  streams: { standbyReplicas: 1 }', 'StandbysWithoutPlace'],
    ['process: { size: basic }', 'FormationLimit'],
  ] as const
  for (const [words, reason] of warnings) {
    it(`warns of ${reason} with ${words.replace('\n ', ',')}`, () => {
      assert.deepEqual(
        meant(`${goodManifest}  ${words}\n`).warnings.map((warning) => warning.reason),
        [reason],
      )
    })
  }

  it('is refused where Heroku runs fewer of that size', () => {
    assert.deepEqual(
      reasons(meant(`${goodManifest}  scaling: { policy: fixed, min: 2 }\n  process: { size: eco }\n`)),
      ['FormationLimit'],
    )
  })

  it('is refused by lag, which is not built yet', () => {
    assert.deepEqual(reasons(meant(`${goodManifest}  scaling: { policy: lag }\n`)), ['NotBuiltYet'])
  })
})

describe('desireDeletion', () => {
  it('names internal topics though every source is gone', () => {
    const { topics, refusals } = desireDeletion(
      streamApp(goodManifest.replace('lines, partitions: 6,', 'lines,')),
      observed(),
    )

    assert.deepEqual(topics, [{ name: 'word-count-counts-changelog', role: 'changelog' }])
    assert.deepEqual(refusals, [])
  })
})
