import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { Secret } from '../../../src/base/secret.ts'
import { systemClock } from '../../../src/host/system-clock.ts'
import { asJson } from '../../../src/record/as-json.ts'
import { withStatus } from '../../../src/record/object-life.ts'
import { MemoryRecord } from '../../../src/record/memory-record.ts'
import type { ControlRecord } from '../../../src/record/record.ts'
import { adminUser } from '../../../src/server/access/authenticate.ts'
import { startServer } from '../../../src/server/start-server.ts'
import { ownTls } from '../../../src/server/tls.ts'
import { weir, type CliRun } from '../../support/cli.ts'
import { loadKept, storeKept } from '../../support/kept-object.ts'

const manifest = await readFile(new URL('../../../manifests/word-count.yaml', import.meta.url), 'utf8')
const key = { kind: 'StreamApp', namespace: 'default', name: 'word-count' }

describe('weir with a control plane', () => {
  it('declares, says unchanged the second time, and configured when something changed', async (t) => {
    const { run } = await plane(t)
    assert.deepEqual(await run(['apply', '-f', '-'], manifest), said('streamapp/word-count created\n'))
    assert.deepEqual(await run(['apply', '-f', '-'], manifest), said('streamapp/word-count unchanged\n'))
    const other = manifest.replace('threads: 2', 'threads: 3')
    assert.deepEqual(await run(['apply', '-f', '-'], other), said('streamapp/word-count configured\n'))
  })

  it('writes nothing on a dry run', async (t) => {
    const { run, record } = await plane(t)
    const { code, stdout } = await run(['apply', '-f', '-', '--dry-run'], manifest)

    assert.deepEqual([code, stdout], [0, 'streamapp/word-count created (dry run)\n'])
    assert.equal(await record.get(key), undefined)
  })

  it('gets one line each, or whole objects', async (t) => {
    const { run } = await plane(t)
    assert.match((await run(['get'])).stderr, /no StreamApps in namespace default/)
    await run(['apply', '-f', '-'], manifest)

    assert.match((await run(['get'])).stdout, /^NAME +READY .*\nword-count /)
    assert.equal((await run(['get', 'word-count', '-o', 'name'])).stdout, 'streamapp/word-count\n')
    assert.equal(JSON.parse((await run(['get', 'word-count', '-o', 'json'])).stdout).spec.app, 'word-count')
    const { stdout } = await run(['get', '-A', '-o', 'yaml'])
    assert.match(stdout, /^kind: StreamAppList$/m)
    assert.doesNotMatch(stdout, /managedFields/)
  })

  it('gets objects of any kind that the control plane serves', async (t) => {
    const { run } = await plane(t)
    await run(['apply', '-f', '-'], manifest)
    assert.match(
      (await run(['api-resources'])).stdout,
      /^NAME +SHORTNAMES[^]*^streamapps +sapp +streams\.weirkeeper\.dev/m,
    )
    assert.match((await run(['get', 'ns'])).stdout, /^NAME +STATUS +AGE\ndefault +Active/)
    assert.equal((await run(['get', 'namespace/default', '-o', 'name'])).stdout, 'namespace/default\n')
    assert.equal((await run(['get', 'sapp', 'word-count', '-o', 'jsonpath={.spec.app}'])).stdout, 'word-count')
    assert.equal((await run(['get', '-o', 'name'])).stdout, 'streamapp/word-count\n')
    assert.match((await run(['get', '-A', '-o', 'wide'])).stdout, /^NAMESPACE +NAME .* MESSAGE\ndefault +word-count /)
    assert.match(
      (await run(['get', 'gitsources'])).stderr,
      /^no gitsources\.streams\.weirkeeper\.dev in namespace default/,
    )
    assert.match(
      (await run(['get', '-o', 'xml'])).stderr,
      /-o takes table, wide, json, yaml, name or jsonpath=TEMPLATE, not xml/,
    )
    assert.deepEqual([(await run(['get', '-o', 'jsonpath={.x'])).code], [2])
  })

  it('goes on with a line for each change under --watch, until it is stopped', async (t) => {
    const { run, report, watch } = await plane(t)
    await run(['apply', '-f', '-'], manifest)
    const cells = watch(['get', 'word-count', '--watch'])
    const objects = watch(['get', '-w', '-o', 'jsonpath={.status.conditions[0].reason};'])
    await cells.shows(/^NAME .*\nword-count +- +Pending.*\n$/)
    await objects.shows(/^;$/)
    await report(1, { type: 'Ready', status: 'True', reason: 'Converged', message: 'everything is as asked' })
    await cells.shows(/\nword-count +True +Converged.*\n$/)
    await objects.shows(/Converged;$/)
    assert.deepEqual([await cells.stop(), await objects.stop()], [0, 0])
    assert.match((await run(['get', 'a', 'b', '-w'])).stderr, /--watch takes one name/)
  })

  it('scales, as kubectl does', async (t) => {
    const { run, record } = await plane(t)
    await run(['apply', '-f', '-'], manifest)
    assert.deepEqual(await run(['scale', 'word-count', '--dynos', '3']), said('streamapp/word-count scaled\n'))
    assert.deepEqual((await loadKept(record, key))?.spec['scaling'], { policy: 'fixed', min: 3, max: 3 })
    assert.match((await run(['scale', 'word-count', '--dynos', 'many'])).stderr, /a whole number: --dynos 3/)
    assert.equal((await run(['scale', 'nothing', '--dynos', '1'])).code, 2)
  })

  it('shows field by field what an apply would change, and writes nothing', async (t) => {
    const { run, record } = await plane(t)
    const absent = await run(['diff', '-f', '-'], manifest)
    assert.equal(absent.code, 1)
    assert.match(absent.stdout, /^\+\+\+ asked\/streamapp\/word-count\n[^]*^\+spec\.app: "word-count"$/m)
    assert.equal(await record.get(key), undefined)
    await run(['apply', '-f', '-'], manifest)
    assert.deepEqual(await run(['diff', '-f', '-'], manifest), said(''))
    const other = manifest.replace('threads: 2', 'threads: 3').replace('partitions: 6, retention: 24h', 'partitions: 6')
    assert.deepEqual(await run(['diff', '-f', '-'], other), {
      code: 1,
      stderr: '',
      stdout: `--- live/streamapp/word-count
+++ asked/streamapp/word-count
-spec.topics[lines].retention: "24h"
-spec.streams.threads: 2
+spec.streams.threads: 3
`,
    })
    assert.equal((await run(['diff'])).code, 2)
  })

  it('declares and deletes GitSources, too', async (t) => {
    const { run } = await plane(t)
    const source = `apiVersion: streams.weirkeeper.dev/v1alpha1
kind: GitSource
metadata: { name: fleet }
spec: { url: https://git.example.com/fleet.git }
`
    assert.deepEqual(await run(['apply', '-f', '-'], source), said('gitsource/fleet created\n'))
    assert.deepEqual(await run(['apply', '-f', '-'], source), said('gitsource/fleet unchanged\n'))
    assert.equal((await run(['get', 'gitsource', 'fleet', '-o', 'jsonpath={.spec.branch}'])).stdout, 'main')
    assert.equal((await run(['delete', 'gitsource', 'none'])).code, 2)
    assert.deepEqual(await run(['delete', 'gitsource', 'fleet']), said('gitsource/fleet deleted\n'))
  })

  it('waits until the controller has seen it Ready for this generation', async (t) => {
    const { run, report } = await plane(t)
    await run(['apply', '-f', '-'], manifest)
    const waiting = run(['wait', 'word-count', '--timeout', '20s'])
    await report(1, { type: 'Ready', status: 'True', reason: 'Converged', message: 'everything is as asked' })

    assert.deepEqual([(await waiting).code, (await waiting).stdout], [0, 'streamapp/word-count condition met\n'])
  })

  it('gives up waiting at once where the controller is stuck, and says why', async (t) => {
    const { run, report } = await plane(t)
    await run(['apply', '-f', '-'], manifest)
    await report(1, {
      type: 'Stalled',
      status: 'True',
      reason: 'AppMissing',
      message: 'Heroku knows no app word-count',
    })
    const { code, stderr } = await run(['wait', 'word-count'])

    assert.deepEqual([code, stderr], [1, 'streamapp/word-count: AppMissing: Heroku knows no app word-count\n'])
  })

  it('says on a time-out what was last seen, and where to look', async (t) => {
    const { run } = await plane(t)
    await run(['apply', '-f', '-'], manifest)
    const { code, stderr } = await run(['wait', 'word-count', '--timeout', '1ms'])

    assert.equal(code, 4)
    assert.match(stderr, /timed out; last seen: not looked at yet\n[^]*weir describe word-count -n default/)
  })

  it('describes what became of the last generations', async (t) => {
    const { run, record } = await plane(t)
    await run(['apply', '-f', '-'], manifest)
    const stored = (await record.get(key)) ?? assert.fail('nothing was stored')
    const old = { generation: 1, seenAt: '2026-01-01T00:00:00.000Z', outcome: 'PlanLimit', changes: 2, healed: 0 }
    const body = { ...stored.body, status: { history: [old] } }
    await record.write([{ kind: 'put', key, body, expected: stored.version, actor: 'controller' }])
    const { stdout } = await run(['describe', 'word-count'])

    assert.match(
      stdout,
      /GENERATION +DECLARED +LEVEL +OUTCOME +CHANGES +HEALED\n +1 +\d+d\S* +<not yet> +PlanLimit +2 +0\n/,
    )
  })

  it('describes with conditions, spec and events', async (t) => {
    const { run, record, report } = await plane(t)
    await run(['apply', '-f', '-'], manifest)
    await report(1, { type: 'Ready', status: 'False', reason: 'ChangesPending', message: '+ topic lines' })
    await record.tell([{ key, type: 'Normal', reason: 'Applied', message: '+ topic lines: 6 partitions' }])
    const { stdout } = await run(['describe', 'word-count'])

    assert.match(stdout, /Ready +False +ChangesPending .* \+ topic lines\n/)
    assert.match(stdout, /Normal +Applied +\+ topic lines: 6 partitions\n/)
    assert.match((await run(['events', 'word-count'])).stdout, /^LAST SEEN .*\n.*Applied/)
  })

  it('suspends with a reason and an end, and resumes', async (t) => {
    const { run, record } = await plane(t)
    await run(['apply', '-f', '-'], manifest)
    await run(['suspend', 'word-count', '--reason', 'moving', '--for', '2h'])
    const suspended = await loadKept(record, key)
    assert.equal(suspended?.spec['suspend'], true)
    assert.equal(suspended.metadata.annotations?.['streams.weirkeeper.dev/suspend-reason'], 'moving')
    assert.ok(
      Date.parse(suspended.metadata.annotations['streams.weirkeeper.dev/suspend-until'] ?? '') > Date.now() + 7_000_000,
    )

    await run(['resume', 'word-count'])
    const resumed = await loadKept(record, key)
    assert.deepEqual([resumed?.spec['suspend'], resumed?.metadata.annotations], [false, undefined])
  })

  it('deletes, and waits until the controller has let go', async (t) => {
    const { run, record } = await plane(t)
    await run(['apply', '-f', '-'], manifest)
    const marked = await run(['delete', 'word-count', '--no-wait', '--confirm', 'word-count'])
    assert.equal(marked.code, 0)
    assert.ok((await loadKept(record, key))?.metadata.deletionTimestamp)

    const waiting = run(['wait', 'word-count', '--for', 'delete'])
    await record.write([{ kind: 'remove', key, expected: 'any', actor: 'controller' }])
    assert.deepEqual([(await waiting).code, (await waiting).stdout], [0, 'streamapp/word-count deleted\n'])
  })

  it('says in one line what is wrong with the way there, exit 3', async (t) => {
    const { run, kubeconfig } = await plane(t)
    assert.match((await run(['get'], '', {})).stderr, /no control plane is named. Set WEIR_KUBECONFIG/)
    assert.match(
      (await run(['get'], '', { WEIR_KUBECONFIG: '/nowhere' })).stderr,
      /kubeconfig \/nowhere cannot be read/,
    )
    for (const [from, to, says] of [
      [/token: .*/, 'token: "another"', /The token in the kubeconfig is not known there/],
      [/server: .*/, 'server: https://127.0.0.1:9', /cannot reach the control plane: .*ECONNREFUSED/],
      [/certificate-authority-data: .*/, '', /cannot reach the control plane: .*certificate/],
    ] as const) {
      const file = `${kubeconfig}.other`
      await writeFile(file, (await readFile(kubeconfig, 'utf8')).replace(from, to))
      const { code, stderr } = await run(['get'], '', { WEIR_KUBECONFIG: file })
      assert.equal(code, 3, stderr)
      assert.match(stderr, says)
    }
  })
})

interface Plane {
  readonly record: ControlRecord
  readonly kubeconfig: string
  readonly run: (words: readonly string[], input?: string, env?: Readonly<Record<string, string>>) => Promise<CliRun>
  /** A command that goes on until it is stopped. */
  readonly watch: (words: readonly string[]) => Watching
  /** What the controller would write after a look. */
  readonly report: (generation: number, condition: Readonly<Record<string, string>>) => Promise<void>
}

interface Watching {
  /** Until stdout is so, within twenty seconds. */
  readonly shows: (text: RegExp) => Promise<void>
  readonly stop: () => Promise<number>
}

function watching(words: readonly string[], env: Readonly<Record<string, string>>): Watching {
  const stop = new AbortController()
  let printed = ''
  const stdout = { isTty: false, columns: 100, hasColour: false, write: (text: string) => void (printed += text) }
  const ended = weir(words, { env, signal: stop.signal, stdout })
  return {
    shows: async (text) => {
      const untilMs = Date.now() + 20_000
      while (!text.test(printed)) {
        assert.ok(
          Date.now() < untilMs,
          `${words.join(' ')} printed ${JSON.stringify(printed)}, and not ${String(text)}`,
        )
        await systemClock.sleep(5, stop.signal)
      }
    },
    stop: async () => {
      stop.abort()
      return (await ended).code
    },
  }
}

/** The control plane's API over a record in memory, and a weir that knows it. */
async function plane(t: TestContext): Promise<Plane> {
  const record = new MemoryRecord(systemClock)
  const tokens = [{ token: new Secret('a-token-of-a-test-that-is-long'), user: adminUser }]
  const server = await startServer({ record, tls: await ownTls(Date.now()), tokens, clock: systemClock, port: 0 })
  const folder = await mkdtemp(join(tmpdir(), 'weirkeeper-plane-'))
  t.after(async () => {
    await server.close()
    await rm(folder, { recursive: true, force: true })
  })
  const kubeconfig = join(folder, 'kubeconfig')
  await writeFile(kubeconfig, server.kubeconfig ?? '', { mode: 0o600 })
  return {
    record,
    kubeconfig,
    run: (words, input = '', env = { WEIR_KUBECONFIG: kubeconfig }) => weir(words, { input, env }),
    watch: (words) => watching(words, { WEIR_KUBECONFIG: kubeconfig }),
    report: async (observedGeneration, condition) => {
      const object = await loadKept(record, key)
      assert.ok(object)
      await storeKept(record, withStatus(object, asJson({ observedGeneration, conditions: [condition] })))
    },
  }
}

function said(stdout: string): CliRun {
  return { code: 0, stdout, stderr: '' }
}
