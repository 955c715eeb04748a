import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseManifests } from '../../src/resource/parse-manifests.ts'
import { goodManifest, mistakesIn, parsed } from '../support/manifest.ts'

const changed = (from: string, to: string) => {
  assert.ok(goodManifest.includes(from))
  return goodManifest.replace(from, to)
}

describe('a manifest that is right', () => {
  it('is parsed, and what it leaves out has its default', () => {
    const { apps, mistakes, documents } = parsed(goodManifest)
    assert.deepEqual(mistakes, [])
    assert.equal(documents, 1)
    const { describe: text, ...topology } = apps[0]?.app.spec.topology ?? {}
    assert.match(String(text), /^Topologies:\n {3}Sub-topology: 0\n/)
    assert.deepEqual(
      { ...apps[0]?.app, spec: { ...apps[0]?.app.spec, topology } },
      {
        apiVersion: 'streams.weirkeeper.dev/v1alpha1',
        kind: 'StreamApp',
        metadata: { name: 'word-count', namespace: 'default' },
        spec: {
          app: 'my-heroku-app',
          process: { type: 'worker' },
          kafka: { addon: 'KAFKA' },
          applicationName: 'word-count',
          topology: { stores: [{ name: 'counts', windowed: false }], repartitions: [], patterns: [] },
          topics: [
            { name: 'lines', partitions: 6, retention: '24h' },
            { name: 'word-counts', partitions: 6, cleanupPolicy: 'compact' },
          ],
          streams: { threads: 1, standbyReplicas: 0, processingGuarantee: 'at_least_once', config: {} },
          scaling: { policy: 'tasks', min: 1 },
          deletionPolicy: {
            topics: 'Orphan',
            internalTopics: 'Delete',
            consumerGroup: 'Delete',
            formation: 'ScaleToZero',
            configVars: 'Unset',
          },
          drift: 'Heal',
          suspend: false,
        },
      },
    )
  })

  const same: Readonly<Record<string, string>> = {
    'with a byte order mark': `\uFEFF${goodManifest}`,
    'with CRLF': goodManifest.replaceAll('\n', '\r\n'),
    'with document marks around it': `---\n${goodManifest}...\n`,
    'with empty documents around it': `---\n---\n${goodManifest}---\n`,
    'as JSON': JSON.stringify({ ...parsed(goodManifest).apps[0]?.app, status: { whatever: 1 } }),
  }
  for (const [name, text] of Object.entries(same)) {
    it(`${name} means the same`, () => {
      const { status: _, ...app } = parsed(text).apps[0]?.app ?? {}
      assert.deepEqual(mistakesIn(text), [])
      assert.deepEqual(app, parsed(goodManifest).apps[0]?.app)
    })
  }

  it('may share a file with others', () => {
    const { apps, documents } = parsed(`${goodManifest}---\n${changed('name: word-count', 'name: other')}`)
    assert.equal(documents, 2)
    assert.deepEqual(
      apps.map(({ app }) => app.metadata.name),
      ['word-count', 'other'],
    )
  })
})

describe('every mistake is told at once, where it stands', () => {
  it('of one document', () => {
    assert.deepEqual(
      mistakesIn(`apiVersion: streams.weirkeeper.dev/v1alpha1
kind: StreamApp
metadata: { name: Word, namspace: default }
spec:
  proces: { type: worker }
  topology:
    stores: [ { name: w, windowed: maybe, retention: 25x } ]
    stores: 3
  topics:
    - { name: lines, partitions: six, retention: 24h }
    - name: word counts
      partitions: 0
      cleanupPolicy: compacted
  streams: { threads: , config: {a: [1]} }
  <<: {}
  scaling:
    policy: task
`),
      [
        '1.yaml:3:19-23 /metadata/name name cannot be "Word" (lower-case letters, digits and dashes, beginning and ending with a letter or digit)',
        '1.yaml:3:25-33 /metadata/namspace unknown field "namspace" (did you mean "namespace"?)',
        '1.yaml:4:1-5 /spec spec lacks "app" (app: Heroku app that runs the workers.)',
        '1.yaml:5:3-9 /spec/proces unknown field "proces" (did you mean "process"?)',
        '1.yaml:8:5-11 /spec/topology/stores "stores" is written twice here (keep one of the two)',
        '1.yaml:8:13-14 /spec/topology/stores stores must be a list (- item), not 3',
        '1.yaml:10:34-37 /spec/topics/0/partitions partitions must be a whole number, not "six"',
        '1.yaml:11:13-24 /spec/topics/1/name name cannot be "word counts" (letters, digits, dots, underscores and dashes only)',
        '1.yaml:12:19-20 /spec/topics/1/partitions partitions must be 1 or more',
        '1.yaml:13:22-31 /spec/topics/1/cleanupPolicy cleanupPolicy cannot be "compacted" (did you mean "compact"?)',
        '1.yaml:14:14-21 /spec/streams/threads threads must be a whole number, not empty',
        '1.yaml:14:34-35 /spec/streams/config/a a must be a text, a number, true or false, not a list',
        '1.yaml:15:3-5 /spec/<< YAML 1.2 has no merge keys (<<) (write the fields out, or use an alias for one whole value)',
        '1.yaml:17:13-17 /spec/scaling/policy policy cannot be "task" (did you mean "tasks"?)',
      ],
    )
  })

  it('of several documents and files, in the order of reading', () => {
    const wrong = changed('app: my-heroku-app', 'app: My_App')
    assert.deepEqual(
      mistakesIn(`${wrong}---\n${wrong.replace('word-count', 'other')}`, 'kind: StreamAp\n').map(
        (mistake) => mistake.split(' ')[0],
      ),
      ['1.yaml:5:8-14', '1.yaml:29:8-14', '2.yaml:1:7-15'],
    )
  })

  const whole: readonly (readonly [name: string, text: string, mistake: string])[] = [
    ['another kind', 'kind: StreamAp', '1.yaml:1:7-15 /kind there is no kind "StreamAp" (did you mean "StreamApp"?)'],
    [
      'a kind of somebody else',
      'kind: Deployment',
      '1.yaml:1:7-17 /kind there is no kind "Deployment" (known here: StreamApp, GitSource)',
    ],
    [
      'another version',
      'apiVersion: v1\nkind: StreamApp',
      '1.yaml:1:13-15 /apiVersion apiVersion "v1" is not known (this weir reads streams.weirkeeper.dev/v1alpha1)',
    ],
    [
      'a text',
      'hello',
      '1.yaml:1:1-6  a manifest is a mapping (field: value) (begin with apiVersion: streams.weirkeeper.dev/v1alpha1)',
    ],
    [
      'a list',
      '- 1',
      '1.yaml:1:1-4  a manifest is a mapping (field: value) (begin with apiVersion: streams.weirkeeper.dev/v1alpha1)',
    ],
    ['broken YAML', 'a: [1\nb: 2', '1.yaml:2:1-2  deficient indentation'],
    ['a tab', 'a:\n\tb: 1', '1.yaml:2:1-2  '],
  ]
  for (const [name, text, mistake] of whole) {
    it(`${name} gets one message`, () => {
      const mistakes = mistakesIn(text)
      assert.equal(mistakes.length, 1, mistakes.join('\n'))
      assert.ok(mistakes[0]?.startsWith(mistake), mistakes[0])
    })
  }

  it('a name that is declared twice', () => {
    assert.deepEqual(mistakesIn(goodManifest, goodManifest), [
      '2.yaml:3:19-29 /metadata/name StreamApp default/word-count is declared twice; the other is at 1.yaml:3 (give one of them another name)',
    ])
  })

  it('a field of an alias is shown at the alias', () => {
    const text = changed(
      '    - { name: lines, partitions: 6, retention: 24h }',
      '    - &l { name: lines, partitions: six }\n    - *l',
    )
    assert.deepEqual(
      mistakesIn(text).map((mistake) => mistake.split(' ').slice(0, 2)),
      [
        ['1.yaml:22:37-40', '/spec/topics/0/partitions'],
        ['1.yaml:23:7-9', '/spec/topics/1/partitions'],
      ],
    )
  })
})

describe('a hostile file ends within a second, with one message', () => {
  const bytes = (text: string) => new TextEncoder().encode(text)
  const bomb = (levels: number) =>
    `a0: &a0 [1,1,1,1,1,1,1,1,1]\n${Array.from({ length: levels }, (_, index) => `a${index + 1}: &a${index + 1} [${Array.from({ length: 9 }, () => `*a${index}`).join(',')}]`).join('\n')}`
  const hostile: readonly (readonly [name: string, bytes: Uint8Array, message: RegExp])[] = [
    ['an alias bomb', bytes(bomb(20)), /alias/],
    ['deep nesting', bytes('['.repeat(100_000)), /maxDepth/],
    [
      'deep nesting in blocks',
      bytes(Array.from({ length: 500 }, (_, index) => `${' '.repeat(index)}a:`).join('\n')),
      /maxDepth/,
    ],
    ['bytes that are not UTF-8', Uint8Array.of(0x61, 0xff, 0xfe, 0x00), /not UTF-8/],
    ['a scalar of 10 MB', bytes(`a: ${'x'.repeat(10_000_000)}`), /10 MB|9\.5 MB/],
    ['a zero byte', bytes('kind: Stream\0App'), /null byte/],
    ['a hundred thousand documents', bytes('---\na\n'.repeat(100_000)), /holds 100000 documents/],
    [
      'thousands of unknown fields',
      bytes(`kind: StreamApp\n${Array.from({ length: 9_000 }, (_, index) => `k${index}: 1`).join('\n')}`),
      /lacks|unknown field/,
    ],
    [
      'a great many fields',
      bytes(`kind: StreamApp\n${Array.from({ length: 60_000 }, (_, index) => `k${index}: 1`).join('\n')}`),
      /holds 120006 values/,
    ],
    ['a long key', bytes(`kind: StreamApp\n${'k'.repeat(900_000)}: 1`), /.*/],
    ['a prototype', bytes('kind: StreamApp\n__proto__: { polluted: 1 }\nconstructor: 1'), /.*/],
    [
      'a description made to be slow',
      bytes(
        goodManifest.replace(
          / {6}Topologies:[\s\S]*?(?= {4}stores)/,
          `      Source: ${' (topics: ['.repeat(40_000)}\n`,
        ),
      ),
      /^$/,
    ],
  ]
  for (const [name, content, message] of hostile) {
    it(name, () => {
      const before = process.cpuUsage()
      const { mistakes } = parseManifests([{ name: 'hostile.yaml', bytes: content }])
      const { user, system } = process.cpuUsage(before)
      assert.ok(user + system < 1_000_000, `${user + system} µs`)
      if (message.source === '^$') return
      assert.ok(mistakes.length >= 1 && mistakes.length <= 210, `${mistakes.length}`)
      assert.match(mistakes[0]?.message ?? '', message)
      assert.ok(mistakes.every((mistake) => mistake.message.length < 500))
      assert.equal(Object.hasOwn(Object.prototype, 'polluted'), false)
    })
  }
})
