import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { goodManifest } from '../../support/manifest.ts'
import { weirWithPlane, type WeirWithPlane } from '../../support/weir-with-plane.ts'

const inProduction = goodManifest
  .replace('name: word-count }', 'name: word-count, namespace: production }')
  .replace('app: my-heroku-app', 'app: production-app')
const source = `apiVersion: streams.weirkeeper.dev/v1alpha1
kind: GitSource
metadata: { name: fleet }
spec: { url: https://git.example.com/fleet.git }
`
const all = ['get', '-A', '-o', 'jsonpath={range .items[*]}{.metadata.namespace}/{.metadata.name} {end}']

/** With the namespaces that these tests are about. */
async function withNamespaces(t: TestContext): Promise<WeirWithPlane> {
  const plane = await weirWithPlane(t)
  for (const name of ['staging', 'production']) {
    await plane.api.call('POST', '/api/v1/namespaces', {
      body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
    })
  }
  return plane
}

describe('where the objects of weir lie', () => {
  it('puts a manifest that names no namespace where -n says, and waits for it there', async (t) => {
    const { run } = await withNamespaces(t)
    assert.equal((await run(['apply', '-f', '-', '-n', 'staging'], goodManifest)).code, 0)
    assert.equal((await run(all)).stdout, 'staging/word-count ')
    assert.equal((await run(['diff', '-f', '-', '-n', 'staging'], goodManifest)).code, 0)
    const waited = await run(['apply', '-f', '-', '-n', 'staging', '--wait', '--timeout', '1ms'], goodManifest)
    assert.match(waited.stderr, /last seen: not looked at yet/)
  })

  it('puts it where the context of the kubeconfig says, unless -n is said', async (t) => {
    const { run, folder, api } = await withNamespaces(t)
    const kubeconfig = join(folder, 'of-staging')
    await writeFile(kubeconfig, api.kubeconfig.replace('namespace: default', 'namespace: staging'))
    await run(['apply', '-f', '-'], goodManifest, { WEIR_KUBECONFIG: kubeconfig })
    assert.equal((await run(all)).stdout, 'staging/word-count ')
  })

  it('refuses a manifest of another namespace than -n says, and shows where it says so', async (t) => {
    const { run } = await withNamespaces(t)
    for (const verb of ['apply', 'delete', 'diff', 'plan', 'get']) {
      const { code, stderr } = await run([verb, '-f', '-', '-n', 'staging'], inProduction)
      assert.equal(code, 2, verb)
      assert.match(stderr, /-:3:42: error: the manifest says namespace production, and -n says staging/, verb)
    }
    assert.equal((await run(all)).stdout, '')
  })

  it('acts on the object that the manifest names, and never on its namesake in the namespace of the kubeconfig', async (t) => {
    const { run } = await withNamespaces(t)
    await run(['apply', '-f', '-'], goodManifest)
    await run(['apply', '-f', '-'], inProduction)
    assert.match((await run(['describe', '-f', '-'], inProduction)).stdout, /^Namespace: +production$/m)
    assert.equal((await run(['delete', '-f', '-', '--no-wait'], inProduction)).code, 0)
    const going = '{range .items[*]}{.metadata.namespace} {.metadata.deletionTimestamp};{end}'
    assert.match((await run(['get', '-A', '-o', `jsonpath=${going}`])).stdout, /^default ;production 2\S+;$/)
  })

  it('gets, describes and deletes everything that a file declares, GitSources too', async (t) => {
    const { run } = await withNamespaces(t)
    const both = `${goodManifest}---\n${source}`
    assert.equal((await run(['apply', '-f', '-'], both)).code, 0)
    assert.match((await run(['get', '-f', '-'], both)).stdout, /^NAME +READY[^]*word-count[^]*\n\nNAME[^]*\nfleet /)
    assert.equal((await run(['get', '-f', '-', '-o', 'name'], source)).stdout, 'gitsource/fleet\n')
    assert.match((await run(['describe', '-f', '-'], source)).stdout, /^kind: GitSource$[^]*^Events:\n {2}<none>$/m)
    assert.equal((await run(['delete', '-f', '-', '--no-wait'], both)).code, 0)
    assert.match((await run(['get', 'gitsources'])).stderr, /^no gitsources/)
  })

  it('deletes nothing on a dry run', async (t) => {
    const { run } = await withNamespaces(t)
    await run(['apply', '-f', '-'], `${goodManifest}---\n${source}`)
    const { code, stdout } = await run([
      'delete',
      'streamapp/word-count',
      'gitsource/fleet',
      '--dry-run',
      '--confirm',
      'x',
    ])
    assert.deepEqual([code, stdout], [0, 'streamapp/word-count deleted (dry run)\ngitsource/fleet deleted (dry run)\n'])
    assert.equal((await run(['delete', 'nothing', '--dry-run'])).code, 2)
    const left = await run([
      'get',
      'sapp,gitsrc',
      '-o',
      'jsonpath={.items[*].metadata.deletionTimestamp}{.items[*].metadata.name}',
    ])
    assert.equal(left.stdout, 'word-count fleet')
  })
})

describe('weir asked of what is not there', () => {
  it('says which name or which kind was perhaps meant, or which there are', async (t) => {
    const { run } = await weirWithPlane(t)
    assert.match(
      (await run(['get', 'word-cuont'])).stderr,
      /^streamapp\/word-cuont: not found in namespace default; there are none\n$/,
    )
    await run(['apply', '-f', '-'], goodManifest)
    for (const words of [
      ['get'],
      ['describe'],
      ['delete'],
      ['plan'],
      ['logs'],
      ['events'],
      ['suspend'],
      ['scale', '--dynos', '1'],
    ]) {
      const { code, stdout, stderr } = await run([...words, 'word-cuont'])
      assert.deepEqual([code, stdout], [2, ''], words[0])
      assert.match(
        stderr,
        /^streamapp\/word-cuont: not found in namespace default; did you mean "word-count"\?\n$/m,
        words[0],
      )
    }
    assert.match((await run(['get', 'gitsorces'])).stderr, /did you mean the kind "gitsources"\?/)
    assert.match(
      (await run(['get', 'gitsource', 'fleet'])).stderr,
      /^gitsource\/fleet: not found .*; there are none\n$/,
    )
    assert.match((await run(['get', 'orders'])).stderr, /; known here: word-count\n$/)
  })

  it('knows those who follow a log with -f', async (t) => {
    const { run } = await weirWithPlane(t)
    const { code, stderr } = await run(['logs', '-f', 'word-count'])
    assert.equal(code, 2)
    assert.match(
      stderr,
      /there is no such file\n.*A StreamApp is named without it, and weir logs goes on with --follow/,
    )
  })

  it('hands on what the control plane warns of, once', async (t) => {
    const { run } = await weirWithPlane(t)
    const wasteful = goodManifest.replace('  topics:', '  scaling: { policy: fixed, min: 100 }\n  topics:')
    const { code, stdout, stderr } = await run(['apply', '-f', '-'], wasteful)
    assert.deepEqual([code, stdout], [0, 'streamapp/word-count created\n'])
    assert.match(stderr, /^Warning: .*dynos.*\n$/)
  })

  it('says that no dyno runs where that is so, and has no events to show of a quiet namespace', async (t) => {
    const { run } = await weirWithPlane(t)
    await run(['apply', '-f', '-'], goodManifest)
    assert.match((await run(['logs', 'word-count'])).stderr, /no dyno of it runs now. See weir describe word-count/)
    assert.deepEqual((await run(['events', 'word-count'])).stderr, 'no events about word-count in namespace default\n')
    assert.equal((await run(['events'])).stderr, 'no events in namespace default\n')
  })
})

describe('weir describe and plan with -o', () => {
  it('answers data for json, and refuses what it does not know before it asks anybody', async (t) => {
    const { run } = await weirWithPlane(t)
    await run(['apply', '-f', '-'], goodManifest)
    const [described] = JSON.parse((await run(['describe', 'word-count', '-o', 'json'])).stdout)
    assert.deepEqual(
      [described.object.kind, described.object.spec.app, described.events],
      ['StreamApp', 'my-heroku-app', []],
    )
    for (const verb of ['describe', 'plan']) {
      const { code, stdout, stderr } = await run([verb, 'word-count', '-o', 'yaml'])
      assert.deepEqual([code, stdout, stderr], [2, '', `weir ${verb}: -o takes text or json, not yaml\n`])
    }
  })

  it('shows a Secret with dots', async (t) => {
    const { run, api } = await weirWithPlane(t)
    const body = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'git' }, stringData: { token: 'hunter2' } }
    await api.call('POST', '/api/v1/namespaces/default/secrets', { body })
    const { stdout } = await run(['describe', 'secret/git'])
    assert.match(stdout, /^data:\n {2}token: •••$/m)
    assert.doesNotMatch(stdout + (await run(['describe', 'secret/git', '-o', 'json'])).stdout, /hunter2|aHVudGVyMg/)
  })
})

describe('weir wait for more than conditions', () => {
  it('waits until something is there, or shows what is asked for', async (t) => {
    const { run } = await weirWithPlane(t)
    const soon = ['--timeout', '1ms']
    assert.equal((await run(['wait', 'word-count', '--for=create', ...soon])).code, 4)
    await run(['apply', '-f', '-'], goodManifest)
    const cases = [
      ['create', 0],
      ['jsonpath={.spec.app}=my-heroku-app', 0],
      ['jsonpath=.spec.app', 0],
      ['jsonpath={.spec.topics[?(@.name=="lines")].partitions}=6', 0],
      ['jsonpath={.spec.app}=other', 4],
      ['jsonpath={.status.none}', 4],
      ['jsonpath={.spec', 2],
    ] as const
    for (const [what, code] of cases)
      assert.equal((await run(['wait', 'word-count', `--for=${what}`, ...soon])).code, code, what)
  })
})

describe('weir diff of a text of several lines', () => {
  it('shows the lines that differ, and from where', async (t) => {
    const { run } = await weirWithPlane(t)
    await run(['apply', '-f', '-'], goodManifest)
    const { code, stdout } = await run(
      ['diff', '-f', '-'],
      goodManifest.replaceAll('topics: [lines]', 'topics: [lines, more]'),
    )
    assert.deepEqual(
      [code, stdout.split('\n').slice(2)],
      [
        1,
        [
          '@@ spec.topology.describe, from line 3 @@',
          '-    Source: KSTREAM-SOURCE-0000000000 (topics: [lines])',
          '+    Source: KSTREAM-SOURCE-0000000000 (topics: [lines, more])',
          '',
        ],
      ],
    )
  })
})
