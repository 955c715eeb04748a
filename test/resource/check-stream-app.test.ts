import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkTogether } from '../../src/resource/check-together.ts'
import { checked, goodManifest, parsed } from '../support/manifest.ts'

type Change = readonly [from: string, to: string]

function changed(...changes: readonly Change[]): string {
  return changes.reduce((text, [from, to]) => {
    assert.ok(text.includes(from), from)
    return text.replace(from, to)
  }, goodManifest)
}
const told = (...changes: readonly Change[]) => {
  const { errors, warnings } = checked(changed(...changes))
  return {
    errors: errors.map(({ line, column, message, hint }) => `${line}:${column} ${message}${hint ? ` (${hint})` : ''}`),
    warnings: warnings.map(
      ({ line, column, message, hint }) => `${line}:${column} ${message}${hint ? ` (${hint})` : ''}`,
    ),
  }
}
const errorsOf = (...changes: readonly Change[]) => told(...changes).errors
const warningsOf = (...changes: readonly Change[]) => {
  const { errors, warnings } = told(...changes)
  assert.deepEqual(errors, [])
  return warnings
}
const topics: Change[1] = '  topics:\n'

describe('the arithmetic of a StreamApp', () => {
  it('is worked out from the file', () => {
    const { errors, warnings, summary } = checked(goodManifest)
    assert.deepEqual([errors, warnings], [[], []])
    const { internalTopics, ...numbers } = summary
    assert.deepEqual(numbers, { name: 'word-count', tasks: 6, cap: 6, usefulSizes: [1, 2, 3, 6] })
    assert.deepEqual(
      internalTopics.map(({ name, partitions, cleanupPolicy, retentionMs }) => [
        name,
        partitions,
        cleanupPolicy,
        retentionMs,
      ]),
      [['word-count-counts-changelog', 6, 'compact', 'none']],
    )
  })

  it('threads lessen the dynos', () => {
    const { summary } = checked(changed([topics, '  streams: { threads: 4 }\n  topics:\n']))
    assert.deepEqual([summary.cap, summary.usefulSizes], [2, [1, 2]])
  })

  it('operators say the same as a description', () => {
    const text = goodManifest.replace(
      / {4}describe: \|[\s\S]*? {4}stores:.*\n/,
      '    operators: [ { name: counts, changelog: compact, repartition: true, sources: [lines] } ]\n',
    )
    const { errors, summary } = checked(text)
    assert.deepEqual(errors, [])
    assert.equal(summary.tasks, 12)
    assert.deepEqual(
      summary.internalTopics.map(({ name, partitions, cleanupPolicy }) => [name, partitions, cleanupPolicy]),
      [
        ['word-count-counts-repartition', 6, 'delete'],
        ['word-count-counts-changelog', 6, 'compact'],
      ],
    )
  })

  it('operators that read one another share stream tasks, unless a repartition topic is between', () => {
    const text = goodManifest.replace(
      / {4}describe: \|[\s\S]*? {4}stores:.*\n/,
      `    operators:
      - { name: a, changelog: compact, sources: [lines] }
      - { name: b, changelog: none, sources: [a, lines] }
      - { name: c, changelog: 'compact,delete', retention: 1d, repartition: true, partitions: 3, sources: [word-counts] }
`,
    )
    const { errors, summary } = checked(text)
    assert.deepEqual(errors, [])
    assert.equal(summary.tasks, 6 + 6 + 3)
    assert.deepEqual(
      summary.internalTopics.map(({ name, partitions, cleanupPolicy, retentionMs }) => [
        name,
        partitions,
        cleanupPolicy,
        retentionMs,
      ]),
      [
        ['word-count-a-changelog', 6, 'compact', 'none'],
        ['word-count-c-repartition', 3, 'delete', 'unlimited'],
        ['word-count-c-changelog', 3, 'compact,delete', 2 * 86_400_000],
      ],
    )
  })
})

describe('errors', () => {
  it('a description is shown wrong on its own line of the file', () => {
    assert.deepEqual(
      errorsOf([
        'Processor: KSTREAM-AGGREGATE-0000000001 (stores',
        'Procesor: KSTREAM-AGGREGATE-0000000001 (stores',
      ]).slice(0, 1),
      [
        '12:11 not a line that Topology#describe() prints; expected "Source: …", "Processor: …", "Sink: …" or "Sub-topology: …"',
      ],
    )
    assert.deepEqual(
      errorsOf(['describe: |', 'describe: >'], ['Topologies:', 'Topology:']).map((error) => error.split(' ')[0]),
      ['7:5'],
    )
  })

  it('exactly one way to declare the topology', () => {
    assert.deepEqual(errorsOf(['    stores:', '    describeFrom: { command: x }\n    stores:']), [
      '20:5 the topology is declared 2 times: describe, describeFrom (keep exactly one)',
    ])
    const without = goodManifest.replace(/ {4}describe: \|[\s\S]*? {4}stores/, '    stores')
    assert.deepEqual(
      checked(without).errors.map(({ line, message }) => `${line} ${message}`),
      ['6 the topology is not declared'],
    )
  })

  it('takes the prefix that an app printed into its description off, and says so', () => {
    const { errors, warnings, summary } = checked(
      goodManifest.replace('topics: [lines]', 'topics: [yukon-12345.lines]'),
    )

    assert.deepEqual([errors, summary.tasks], [[], 6])
    assert.deepEqual(
      warnings.map(({ line, column, message }) => `${line}:${column} ${message}`),
      ['10:55 yukon-12345.lines has a prefix written into it, and is taken for lines'],
    )
  })

  const cases: readonly (readonly [name: string, change: Change, error: string])[] = [
    [
      'a prefix written by hand',
      ['name: lines', 'name: yukon-12345.lines'],
      '22:15 yukon-12345.lines has a prefix written into it (write lines; the prefix is added for you)',
    ],
    [
      'a prefix in the application name',
      ['  app: my-heroku-app', '  app: my-heroku-app\n  applicationName: yukon-12345.wc'],
      '6:20 yukon-12345.wc has a prefix written into it (write wc; the prefix is added for you)',
    ],
    [
      'a topic twice',
      [topics, '  topics:\n    - { name: lines }\n'],
      '23:15 topic lines is listed twice (keep one of the two)',
    ],
    [
      'names that collide',
      [topics, '  topics:\n    - { name: a.b }\n    - { name: a_b }\n'],
      '23:15 topic names a.b and a_b collide: Kafka takes "." and "_" for the same (rename one of them)',
    ],
    [
      'an internal topic by hand',
      [topics, '  topics:\n    - { name: word-count-counts-changelog }\n'],
      '22:15 word-count-counts-changelog is an internal topic, which is worked out from the topology (remove it here)',
    ],
    [
      'a name too long',
      ['  app: my-heroku-app', `  app: my-heroku-app\n  applicationName: ${'a'.repeat(240)}`],
      '6:20 topic name ',
    ],
    [
      'too many partitions',
      ['partitions: 6, retention', 'partitions: 257, retention'],
      '22:34 lines cannot have 257 partitions: Heroku allows 256 a topic',
    ],
    ['min above max', [topics, '  scaling: { min: 3, max: 2 }\n  topics:\n'], '21:19 min 3 is more than max 2'],
    [
      'scaling by lag',
      [topics, '  scaling: { policy: lag }\n  topics:\n'],
      '21:22 scaling by lag is not built yet (use tasks (as many dynos as there is work for) or fixed)',
    ],
    [
      'a setting with a place of its own',
      [topics, '  streams: { config: { num.stream.threads: 2 } }\n  topics:\n'],
      '21:24 num.stream.threads cannot be set here (write spec.streams.threads)',
    ],
    [
      'two settings that are one config var',
      [topics, '  streams: { config: { a.b: 2, a_b: 3 } }\n  topics:\n'],
      '21:32 a_b and a.b are one config var, STREAMS_A_B (keep one of the two)',
    ],
    [
      'a hint for no store',
      ['name: counts, windowed: false', 'name: count, windowed: false'],
      '20:23 the topology has no store count (it has counts)',
    ],
    [
      'a hint that contradicts itself',
      ['windowed: false', 'windowed: false, retention: 1h'],
      '20:41 counts is said not to be windowed, and given what only a windowed store has (remove windowed: false, or retention and duplicates)',
    ],
    [
      'a repartition topic that there is not',
      ['    stores:', '    repartitions: [ { name: x-repartition, partitions: 3 } ]\n    stores:'],
      '20:29 the topology has no repartition topic x-repartition (it has none)',
    ],
    [
      'retention beyond the plan',
      [topics, '  kafka: { plan: standard-0 }\n  topics:\n    - { name: word-counts-2, retention: 15d }\n'],
      '23:41 word-counts-2: standard-0 keeps records 14d at most',
    ],
    [
      'partitions beyond the plan',
      [topics, '  kafka: { plan: basic-0 }\n  topics:\n    - { name: other, partitions: 230 }\n'],
      '21:18 248 partitions, with those of internal topics; basic-0 has 240',
    ],
  ]
  for (const [name, change, error] of cases) {
    it(name, () => {
      const errors = errorsOf(change)
      assert.ok(
        errors.some((line) => line.startsWith(error)),
        errors.join('\n'),
      )
    })
  }

  it('nothing at the very limit of a plan', () => {
    const change: Change = [topics, '  kafka: { plan: basic-0 }\n  topics:\n    - { name: other, partitions: 222 }\n']
    assert.deepEqual(errorsOf(change), [])
    assert.equal(errorsOf([topics, change[1].replace('222', '223')]).length, 1)
  })

  it('joined topics with unequal partitions', () => {
    const join = `    describe: |
      Sub-topology: 0
        Source: KSTREAM-SOURCE-0000000000 (topics: [lines])
          --> KSTREAM-JOIN-0000000004
        Source: KSTREAM-SOURCE-0000000002 (topics: [word-counts])
          --> KTABLE-SOURCE-0000000003
        Processor: KSTREAM-JOIN-0000000004 (stores: [counts])
          --> none
          <-- KSTREAM-SOURCE-0000000000
        Processor: KTABLE-SOURCE-0000000003 (stores: [counts])
          --> none
          <-- KSTREAM-SOURCE-0000000002
    stores`
    const text = goodManifest
      .replace(/ {4}describe: \|[\s\S]*? {4}stores/, join)
      .replace('partitions: 6, retention', 'partitions: 5, retention')
    assert.deepEqual(
      checked(text).errors.map(({ line, message }) => `${line} ${message}`),
      ['21 topics that are joined must have equal partitions: lines has 5, word-counts has 6'],
    )
  })
})

describe('warnings', () => {
  const cases: readonly (readonly [name: string, change: Change, warning: string])[] = [
    [
      'unknown partitions of a source',
      ['    - { name: lines, partitions: 6, retention: 24h }\n', ''],
      '21:3 partitions of the source topic lines are not known, so neither are its stream tasks (add it to spec.topics, or run `weir plan`, which asks the cluster)',
    ],
    [
      'a source listed without partitions',
      ['partitions: 6, retention', 'retention'],
      '22:15 partitions of the source topic lines are not known, so neither are its stream tasks (add partitions to it, or run `weir plan`, which asks the cluster)',
    ],
    [
      'an uncertain cleanup policy',
      ['windowed: false', 'logging: true'],
      '20:5 cleanup policy of the changelog of counts is uncertain: describe() does not say whether this store is windowed (add to spec.topology.stores { name: counts, windowed: false } or { name: counts, windowed: true, retention: 25h })',
    ],
    [
      'an uncertain retention',
      ['windowed: false', 'windowed: true'],
      "20:5 retention of the changelog of counts is uncertain (the manifest says that the store is windowed) (add retention to the entry of counts in spec.topology.stores: the store's own, as the app sets it)",
    ],
    [
      'standbys without dynos',
      [topics, '  streams: { standbyReplicas: 1 }\n  scaling: { max: 1 }\n  topics:\n'],
      '21:31 1 standby replicas need 2 dynos, and there will be 1 at most (raise scaling.max, or lower threads or standbyReplicas)',
    ],
    [
      'more dynos than work',
      [topics, '  scaling: { min: 7 }\n  topics:\n'],
      '21:19 min 7 is more than the 6 dynos there is work for (6 stream tasks, 1 threads each) (the others would idle; useful are 1, 2, 3, 6)',
    ],
    [
      'more threads than tasks',
      [topics, '  streams: { threads: 7 }\n  topics:\n'],
      '21:23 7 threads for 6 stream tasks: some would idle (write 6 or less)',
    ],
    [
      'a topic that nothing touches',
      [topics, '  topics:\n    - { name: other, partitions: 1 }\n'],
      '22:15 the topology neither reads nor writes other (it reads lines and writes word-counts)',
    ],
    [
      'an unconfirmed limit',
      [topics, '  kafka: { plan: basic-0 }\n  topics:\n    - { name: word-count, partitions: 49 }\n'],
      '23:39 word-count: basic-0 allows 48 partitions a topic (this limit is not confirmed; `weir plan` asks the cluster)',
    ],
  ]
  for (const [name, change, warning] of cases) {
    it(name, () => {
      const warnings = warningsOf(change)
      assert.ok(warnings.includes(warning), warnings.join('\n'))
    })
  }

  it('a topic name that leaves no room for a prefix', () => {
    const named = (length: number): Change => [
      topics,
      `  topics:\n    - { name: ${'n'.repeat(length)}, partitions: 1 }\n`,
    ]
    const aboutLength = (length: number) =>
      warningsOf(named(length)).filter((warning) => /with the prefix of a basic plan/.test(warning))
    assert.equal(aboutLength(225).length, 0)
    assert.equal(aboutLength(226).length, 1)
  })

  it('a table that is restored from a topic which forgets', () => {
    const table = `    describe: |
      Sub-topology: 0
        Source: KSTREAM-SOURCE-0000000000 (topics: [lines])
          --> KTABLE-SOURCE-0000000001
        Processor: KTABLE-SOURCE-0000000001 (stores: [counts])
          --> none
          <-- KSTREAM-SOURCE-0000000000
  streams: { config: { topology.optimization: all } }
  topics: [ { name: lines, partitions: 1, cleanupPolicy: delete } ]
`
    const text = goodManifest.replace(/ {4}describe: \|[\s\S]*/, table)
    assert.deepEqual(
      checked(text).warnings.map(({ line, column, message }) => `${line}:${column} ${message}`),
      ['15:58 a table is restored from lines (topology.optimization), which drops records by age'],
    )
    assert.deepEqual(checked(text).summary.internalTopics, [])
  })

  it('a topology that is to be asked of the app is refused, and a way out is named', () => {
    const text = goodManifest.replace(
      / {4}describe: \|[\s\S]*? {4}stores/,
      '    describeFrom: { command: node topology.ts --describe }\n    stores',
    )
    const { errors, summary } = checked(text)
    assert.match(errors[0]?.message ?? '', /is not built yet$/)
    assert.match(errors[0]?.hint ?? '', /^paste what its command prints into describe/)
    assert.equal(summary.tasks, undefined)
  })
})

describe('StreamApps beside one another', () => {
  const together = (other: string) =>
    checkTogether(parsed(goodManifest, other).apps).map(({ file, path, message }) => `${file} ${path} ${message}`)
  const renamed = goodManifest.replace('name: word-count }', 'name: other }')

  it('may not run one app, whatever the process, nor have a topic that they want differently', () => {
    const other = renamed
      .replace('  app: my-heroku-app', '  app: my-heroku-app\n  process: { type: other }')
      .replace('retention: 24h', 'retention: 48h')
    assert.deepEqual(together(other), [
      '2.yaml /spec/app Heroku app my-heroku-app is run by StreamApp word-count already, and its STREAMS_ config vars hold one application id',
      '2.yaml /spec/topics/0/retention retention of topic lines is 48h here and 24h in StreamApp word-count',
    ])
  })

  it('may not share a consumer group of an add-on that both name, on whatever app', () => {
    const onAddon = (text: string): string => text.replace('  app: ', '  kafka: { addon: kafka-flat-1 }\n  app: ')
    const other = onAddon(renamed.replace('my-heroku-app', 'another-app\n  applicationName: word-count'))
    const both = checkTogether(parsed(onAddon(goodManifest), other).apps)
    assert.deepEqual(
      both.map(({ path, message }) => `${path} ${message}`),
      [
        '/spec/applicationName application name word-count on kafka-flat-1 is taken by StreamApp word-count: they would share a consumer group',
      ],
    )
  })

  it('do not meet on different apps', () => {
    assert.deepEqual(together(renamed.replace('my-heroku-app', 'another-app')), [])
  })
})

describe('a topology made to be slow is checked within a second', () => {
  const nodes = Array.from({ length: 2500 }, (_, index) => index)
  const topologies: Readonly<Record<string, string>> = {
    'a long chain of repartition topics': nodes
      .map(
        (index) => `Sub-topology: ${index}
        Source: a${index} (topics: [${index === 0 ? 'lines' : `t${index - 1}-repartition`}])
          --> b${index}
        Sink: b${index} (topic: t${index}-repartition)
          <-- a${index}\n`,
      )
      .join('      '),
    'a store that thousands share': `Sub-topology: 0
        Source: a (topics: [lines])
          --> ${nodes.map((index) => `p${index}`).join(', ')}\n${nodes
            .map((index) => `        Processor: p${index} (stores: [counts])\n          --> none\n          <-- a\n`)
            .join('')}`,
    'thousands of stores': `Sub-topology: 0
        Source: a (topics: [lines])
          --> ${nodes.map((index) => `p${index}`).join(', ')}\n${nodes
            .map((index) => `        Processor: p${index} (stores: [s${index}])\n          --> none\n          <-- a\n`)
            .join('')}`,
  }
  for (const [name, text] of Object.entries(topologies)) {
    it(name, () => {
      const manifest = goodManifest.replace(/ {6}Topologies:[\s\S]*?(?= {4}stores)/, () => `      ${text}`)
      const before = process.cpuUsage()
      assert.notEqual(checked(manifest).summary.tasks, undefined)
      const { user, system } = process.cpuUsage(before)
      assert.ok(user + system < 1_000_000, `${user + system} µs`)
    })
  }
})
