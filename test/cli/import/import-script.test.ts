import assert from 'node:assert/strict'
import {
  array,
  assert as holds,
  asyncProperty,
  constantFrom,
  dictionary,
  boolean,
  integer,
  record,
  stringMatching,
  uniqueArray,
  type Arbitrary,
} from 'fast-check'
import { dump } from 'js-yaml'
import { describe, it } from 'node:test'
import type { HandRunApp } from '../../../src/cli/import/hand-run-app.ts'
import { manifestOf } from '../../../src/cli/import/manifest-of.ts'
import { weir } from '../../support/cli.ts'

const imported = (script: string, ...words: readonly string[]) =>
  weir(['import', 'script', '-', ...words], { input: script })

describe('weir import script', () => {
  it('reads commands, joined lines, quotes and both spellings of an app', async () => {
    const { code, stdout, stderr } = await imported(`#!/usr/bin/env bash
set -e
# topics
heroku addons:create heroku-kafka:basic-0 --as STREAM -a tide
heroku kafka:topics:create lines STREAM --partitions 6 \\
  --retention-time 36h --app tide
heroku kafka:topics:create 'counter-seen-changelog' STREAM --partitions=6 --compaction -a tide
heroku kafka:consumer-groups:create counter STREAM -a tide
heroku config:set STREAMS_NUM_STREAM_THREADS=3 "STREAMS_CLIENT_ID=a b" -a tide
heroku ps:scale worker=2:Standard-2X web=1 -a tide
`)
    assert.deepEqual([code, stderr], [0, ''])
    assert.equal(
      stdout,
      `apiVersion: streams.weirkeeper.dev/v1alpha1
kind: StreamApp
metadata:
  name: counter
spec:
  app: tide
  process:
    size: standard-2x
  kafka:
    addon: STREAM
  topology:
    operators:
      - name: seen
        changelog: compact
        sources:
          - lines
  topics:
    - name: lines
      partitions: 6
      retention: 36h
      cleanupPolicy: delete
  streams:
    threads: 3
    config:
      client.id: a b
  scaling:
    policy: fixed
    min: 2
`,
    )
    assert.equal((await weir(['validate', '-f', '-'], { input: stdout })).code, 0)
  })

  it('names every command that it does not understand, and why', async () => {
    const { stderr, code } = await imported(
      `heroku kafka:topics:create lines --partitions 3 -a tide
for topic in $(cat topics); do
heroku kafka:topics:create $topic -a tide
done
heroku pg:psql -a tide
heroku kafka:topics:create none --app $APP
heroku kafka:topics:create late --retention-time soon -a tide
heroku kafka:topics:create many --partitions lots -a tide
heroku config:set OTHER=1 STREAMS_X=2 -a tide
heroku ps:scale worker -a tide
heroku addons:create heroku-postgresql -a tide
heroku kafka:consumer-groups:create app -a tide && echo done
git push heroku main
heroku kafka:topics:destroy gone -a tide
heroku kafka:topics:compaction lines perhaps -a tide
`,
    )
    assert.equal(code, 0)
    assert.deepEqual(
      stderr
        .split('\n')
        .filter((line) => line.startsWith('-:'))
        .map((line) => line.replace(/: (heroku|done|git).*/, '')),
      [
        '-:3: not carried over, it takes the value of a variable',
        '-:5: not carried over, heroku pg:psql says nothing that a StreamApp holds',
        '-:6: not carried over, it names no app that can be read: say --app NAME',
        '-:7: not carried over, "soon" is not a duration; write 24h, 7d, 90m, 30s, or a whole number of milliseconds',
        '-:8: not carried over, --partitions lots is not a number',
        '-:9: not carried over, OTHER: a StreamApp holds STREAMS_ config vars only, so set it as before',
        '-:10: not carried over, write TYPE=COUNT or TYPE=COUNT:SIZE',
        '-:11: not carried over, only a heroku-kafka add-on says something of a StreamApp',
        '-:13: not carried over, it is no heroku command',
        '-:14: not carried over, no command before makes topic gone',
        '-:15: not carried over, write enable or disable',
      ],
    )
  })

  it('reads functions, chains of commands, branches and loops, and the variables that have one value', async () => {
    const script = `#!/bin/bash
app=\${1:-tide}
parts="6"
size="standard-1x" # for all
make_topics () {
  heroku kafka:topics:create lines --partitions $parts -a \${app} && \\
    heroku kafka:topics:create seen-words --partitions "\${parts}" -a "$app" ||
    exit 1
}
function scale {
  if [[ -n $2 ]]; then
    heroku ps:scale worker=$size -a $app
  else
    heroku ps:scale worker=2:$size -a $app >/dev/null 2>&1
  fi
}
TOPICS="a b"
for kind in $TOPICS c; do
  for end in changelog; do heroku kafka:topics:create "counter-$kind-$end" --partitions $parts -a $app; done
done
cat <<END
heroku kafka:topics:create never --partitions 1 -a tide
END
heroku kafka:topics:compaction counter-a-changelog enable -a $app
heroku kafka:topics:retention-time seen-words 2d -a $app
heroku kafka:consumer-groups:create counter -a $app | cat
make_topics; scale
`.replaceAll('\\$', '$')
    const { code, stdout, stderr } = await imported(script)
    assert.equal(code, 0, stderr)
    assert.match(stderr, /^-:11: "if" decides what is run here; it is read as if all of it were$/m)
    assert.doesNotMatch(stderr, /not carried over/)
    const operators = [...stdout.matchAll(/- name: (\w)$/gm)].map(([, name]) => name)
    assert.deepEqual(operators, ['a', 'b', 'c'])
    assert.match(stdout, /name: a\n +changelog: compact$/m)
    assert.match(stdout, /name: seen-words\n +partitions: 6\n +retention: 2d/)
    assert.match(stdout, /size: standard-1x\n[^]*min: 2\n/)
    assert.doesNotMatch(stdout, /never/)
  })

  it('reads a script that a shell refuses, says where, and asks which of its groups is meant', async () => {
    const script = `set -e
dedicated () {
  heroku kafka:topics:create lines --partitions 5 -a \${APP} && \\
    heroku kafka:topics:create reader-app-seen-changelog --partitions 5 -a \${APP} && \\
}
shared () {
  heroku kafka:topics:create lines --partitions 5 -a \${APP} &&
  heroku kafka:consumer-groups:create reader-app -a \${APP} && \\
  heroku kafka:consumer-groups:create writer-app -a \${APP}
}
if [[ -z $1 ]]; then
  echo "usage: $0 APP" >&2
  exit 1
fi
APP=$1
if [[ $2 =~ (standard|basic)-[012] ]]; then shared; else dedicated; fi
heroku ps:scale reader_worker=1 -a \${APP}
heroku ps:scale writer_worker=1 -a \${APP}
`.replaceAll('\\$', '$')
    const refused = '-:5: a command is missing between && and "}": a shell refuses the whole script\n'
    const appless = await imported(script)
    const stderr = `${refused}-: its commands name no app that can be read: say --app NAME\n`
    assert.deepEqual(appless, { code: 2, stdout: '', stderr })
    const asked = await imported(script, '--app', 'tide', '--application-name', 'reader-app')
    assert.match(asked.stderr, /There are reader_worker, writer_worker. Say --process TYPE/)
    const words = ['--app', 'tide', '--application-name', 'reader-app', '--process', 'reader_worker']
    const made = await imported(script, ...words)
    assert.equal(made.code, 0)
    assert.ok(made.stderr.startsWith(refused))
    assert.match(made.stderr, /changelog reader-app-seen-changelog is not compacted/)
    assert.match(
      made.stdout,
      /^ {2}name: reader-app\n[^]*type: reader_worker\n[^]*- name: seen\n[^]*- name: lines\n +partitions: 5\n/m,
    )
    assert.equal((await weir(['validate', '-f', '-'], { input: made.stdout })).code, 0)
  })

  it('ends with any text that is given it', async () => {
    const bits = [
      'heroku ',
      'ps:scale ',
      'a=1',
      '"',
      "'",
      '`',
      '$(',
      ')',
      '${',
      '}',
      '{',
      '\n',
      '&&',
      '||',
      '|',
      ';',
      'for ',
      'in ',
      'do ',
      'done',
      'if ',
      'fi',
      'case ',
      'esac',
      '<<E',
      '#',
      '\\',
      ' ',
      '$x',
      '()',
      '[[ ',
      ']]',
      '>',
    ]
    await holds(
      asyncProperty(array(constantFrom(...bits), { maxLength: 40 }), async (words) => {
        await imported(words.join(''), '--app', 'tide')
      }),
      { numRuns: 300 },
    )
  })

  it('takes a quote that is never closed inside another for itself', async () => {
    const { stderr } = await imported('heroku sing "a`b" "$("', '--app', 'tide')
    assert.match(stderr, /heroku sing a`b \$\(/)
  })

  it('takes the app from --app where commands name none, or a variable', async () => {
    const script =
      'heroku kafka:topics:create lines --partitions 3\nheroku kafka:consumer-groups:create app -a "$APP"\n'
    const { stdout } = await imported(script, '--app', 'tide')
    assert.match(stdout, /^ {2}app: tide$/m)
    assert.match(stdout, /^ {2}name: app$/m)
  })

  it('asks for the application name where a script makes several groups, and says where there is nothing', async () => {
    const two = ['one', 'two'].map((group) => `heroku kafka:consumer-groups:create ${group} -a tide\n`).join('')
    assert.match((await imported(two)).stderr, /there are one, two. Say --application-name NAME/)
    assert.deepEqual(await imported('echo hello\ncurl example.com\n'), {
      code: 2,
      stdout: '',
      stderr:
        '-:2: not carried over, it is no heroku command: curl example.com\n-: no command in it says anything of a stream app\n',
    })
    assert.equal((await weir(['import', 'script', '/nowhere/at/all'])).code, 2)
  })

  it('warns of changelogs that nobody compacted, as the sample that goes with Heroku’s own page makes them', async () => {
    const { stderr } = await imported(`heroku kafka:topics:create textlines --partitions 5 -a tide
heroku kafka:topics:create aggregator-app-windowed-counts-changelog --partitions 5 -a tide
heroku kafka:topics:create aggregator-app-windowed-counts-repartition --partitions 5 -a tide
heroku kafka:consumer-groups:create aggregator-app -a tide
`)
    assert.match(stderr, /changelog aggregator-app-windowed-counts-changelog is not compacted/)
  })

  it('reads back what weir export script writes: the same manifest, for any app that runs by hand', async () => {
    await holds(
      asyncProperty(handRunApps, async (app) => {
        const made = manifestOf(app, {})
        assert.ok(made.ok)
        const manifest = dump(made.value.manifest, { lineWidth: -1 })
        const script = await weir(['export', 'script', '-f', '-'], { input: manifest })
        assert.equal(script.code, 0, script.stderr + manifest)
        assert.equal((await imported(script.stdout)).stdout, manifest)
      }),
      { numRuns: 60 },
    )
  })
})

const hourMs = 3_600_000
const name = stringMatching(/^[a-z][a-z0-9]{0,8}$/)

/** One of a plain shape: its operators read every topic, which is what an import takes for granted. */
const handRunApps: Arbitrary<HandRunApp> = record({
  group: name.map((text) => `${text}-app`),
  partitions: integer({ min: 1, max: 30 }),
  users: uniqueArray(name, { minLength: 1, maxLength: 3 }),
  stores: uniqueArray(
    record({
      name: name.map((text) => `${text}-store`),
      changelog: constantFrom('compact', 'compact,delete', 'delete'),
      repartition: boolean(),
      hours: integer({ min: 1, max: 200 }),
    }),
    { selector: (store) => store.name, maxLength: 3 },
  ),
  threads: integer({ min: 1, max: 4 }),
  quantity: integer({ min: 0, max: 9 }),
  size: constantFrom('standard-1x', 'performance-m', undefined),
  addon: constantFrom('KAFKA', 'STREAM'),
  settings: dictionary(stringMatching(/^[A-Z]{3,6}$/), stringMatching(/^[a-z0-9 '"$]{1,8}$/), {
    maxKeys: 2,
  }),
}).map(({ group, partitions, users, stores, threads, quantity, size, addon, settings }) => ({
  app: 'tide-app',
  addon,
  topics: [
    ...users.map((topic) => ({
      name: topic,
      partitions,
      cleanupPolicy: 'delete' as const,
      retentionMs: 24 * hourMs,
    })),
    ...stores.flatMap(({ name: store, changelog, repartition, hours }) => [
      ...(repartition
        ? [
            {
              name: `${group}-${store}-repartition`,
              partitions,
              cleanupPolicy: 'delete' as const,
              retentionMs: 168 * hourMs,
            },
          ]
        : []),
      {
        name: `${group}-${store}-changelog`,
        partitions,
        cleanupPolicy: changelog,
        retentionMs: changelog === 'compact' ? undefined : (24 + hours) * hourMs,
      },
    ]),
  ],
  groups: [group],
  streamsVars: {
    ...Object.fromEntries(Object.entries(settings).map(([setting, value]) => [`STREAMS_${setting}`, value])),
    STREAMS_NUM_STREAM_THREADS: String(threads),
  },
  processes: [{ type: 'worker', quantity, size }],
}))
