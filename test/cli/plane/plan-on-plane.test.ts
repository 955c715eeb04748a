import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { Ajv, type ValidateFunction } from 'ajv'
import { Secret } from '../../../src/base/secret.ts'
import { systemClock } from '../../../src/host/system-clock.ts'
import { MemoryRecord } from '../../../src/record/memory-record.ts'
import { appsAnnotation } from '../../../src/record/namespace-binding.ts'
import type { JsonObject } from '../../../src/record/record.ts'
import { startApi, type ApiUnderTest } from '../../support/api-server.ts'
import { streamApps } from '../../support/api-stream-app.ts'
import { weir, type CliRun } from '../../support/cli.ts'
import { world, type World } from '../../support/desired.ts'
import { onlyOwn } from '../../support/heroku-way.ts'

const manifest = await readFile(new URL('../../../manifests/word-count.yaml', import.meta.url), 'utf8')
const merge = { 'content-type': 'application/merge-patch+json' }

describe('weir plan with a control plane', () => {
  it('shows of a manifest what the controller would do once it is applied, and writes nothing', async (t) => {
    const { run, there, api } = await plane(t)
    const { code, stdout, stderr } = await run(['plan', '-f', '-'], manifest)
    assert.equal(code, 0, stderr)
    assert.match(stdout, /^StreamApp\/word-count\n {2}\+ topic lines: 6 partitions/)
    assert.match(stdout, /~ dynos worker of word-count: .* {2}\[rebalance\]/)
    assert.match(stdout, /\nPlan: \d to add, \d to change, 0 to destroy/)
    assert.ok(there.heroku.calls.every(({ kind }) => kind === 'read'))
    assert.deepEqual((await api.record.list('StreamApp')).objects, [])
  })

  it('shows of a name what is kept, as data too, with the exit codes of --direct', async (t) => {
    const { run } = await plane(t)
    await run(['apply', '-f', '-'], manifest)
    const asked = await run(['plan', 'word-count', '--detailed-exitcode', '-o', 'json'])
    assert.equal(asked.code, 1, asked.stderr)
    const [plan] = JSON.parse(asked.stdout)
    assert.deepEqual([plan.kind, plan.metadata.name, plan.hash.length], ['StreamAppPlan', 'word-count', 8])
    assert.ok(plan.changes.some((change: { kind: string; class: string }) => change.kind === 'create-topic'))
    assert.match(
      (await run(['plan', 'nothing'])).stderr,
      /streamapp\/nothing: not found in namespace default; known here: word-count/,
    )
    assert.equal((await run(['plan'])).code, 2)
  })

  it('shows what is refused, and what is left alone on purpose', async (t) => {
    const { run, api } = await plane(t)
    const refused = await run(['plan', '-f', '-'], manifest.replace('app: word-count', 'app: no-such-app'))
    assert.equal(refused.code, 2)
    assert.match(refused.stdout, /✗ Heroku knows no app no-such-app.*\[refused\]/)

    await run(['apply', '-f', '-'], manifest)
    await api.call('PATCH', `${streamApps}/word-count`, { body: { spec: { suspend: true } }, headers: merge })
    const suspended = await run(['plan', 'word-count'])
    assert.match(suspended.stdout, /! spec.suspend is true.*\nPlan: no changes/)

    const body = { metadata: { annotations: { [appsAnnotation]: 'orders' } } }
    await api.call('PATCH', '/api/v1/namespaces/default', { body, headers: merge })
    const unbound = await run(['plan', 'word-count'])
    assert.match(unbound.stdout, /✗ namespace default is bound to the Heroku apps orders, and not to word-count/)
  })

  it('shows of drift: Warn what would be told only, once the declaration was carried out', async (t) => {
    const { run, api } = await plane(t)
    await run(['apply', '-f', '-'], manifest.replace('spec:', 'spec:\n  drift: Warn'))
    assert.match((await run(['plan', 'word-count'])).stdout, /to add/)
    const key = { kind: 'StreamApp', namespace: 'default', name: 'word-count' }
    const kept = await api.record.get(key)
    assert.ok(kept)
    const body: JsonObject = { ...kept.body, status: { levelGeneration: 1 } }
    await api.record.write([{ kind: 'put', key, body, expected: 'any', actor: 'test' }])
    const { stdout } = await run(['plan', 'word-count'])
    assert.match(stdout, /! spec.drift is Warn, so this is left as it is: \+ topic lines/)
    assert.match(stdout, /Plan: no changes/)
  })
})

describe('…/plan of the API', () => {
  it('is for viewers as it is kept, and of any manifest for editors alone', async (t) => {
    const { api } = await plane(t)
    await api.call('POST', streamApps, { body: object() })
    const token = 'token-of-viewer'
    assert.equal((await api.call('GET', `${streamApps}/word-count/plan`, { token })).code, 200)
    const posted = { body: object() }
    assert.equal((await api.call('POST', `${streamApps}/word-count/plan`, { ...posted, token })).code, 403)
    assert.equal((await api.call('POST', `${streamApps}/word-count/plan`, posted)).code, 200)
    assert.equal((await api.call('POST', `${streamApps}/another/plan`, posted)).code, 400)
    assert.equal((await api.call('PUT', `${streamApps}/word-count/plan`, posted)).code, 405)
  })
})

it('…/plan answers as OpenAPI says, whatever it has to say', async (t) => {
  const { api, there } = await plane(t)
  const isPlan = await schemaOfPlan(api)
  const seen = new Set<string>()
  const look = async (): Promise<void> => {
    const { body, text } = await api.call('GET', `${streamApps}/word-count/plan`)
    assert.ok(isPlan(body), `${JSON.stringify(isPlan.errors)} ${text}`)
    for (const list of ['changes', 'refusals', 'warnings'])
      for (const { kind, reason } of body[list]) seen.add(kind ?? `${list}: ${reason}`)
  }
  const cluster = there.heroku.clusters.get('word-count-kafka-id')
  assert.ok(cluster)
  await api.call('POST', streamApps, { body: object() })
  await look()
  const spec = { deletionPolicy: { topics: 'Delete' }, topics: [{ name: 'lines', partitions: 6, retention: '48h' }] }
  await api.call('PATCH', `${streamApps}/word-count`, { body: { spec }, headers: merge })
  for (const name of ['lines', 'word-count-counts-changelog']) {
    there.heroku.addTopic(cluster, { name, partitions: 6, cleanupPolicy: 'other', retentionMs: null })
  }
  cluster.groups.set('word-count', { listedAtMs: 0 })
  const app = there.heroku.apps.get('word-count')
  assert.ok(app)
  app.configVars['STREAMS_NUM_STREAM_THREADS'] = '9'
  app.configVars['STREAMS_STRAY'] = 'x'
  await look()
  await api.call('DELETE', `${streamApps}/word-count`)
  await look()
  const all = ['configure-topic', 'create-group', 'create-topic', 'delete-group', 'delete-topic', 'scale']
  const told = ['refusals: ConfirmationMissing', 'set-config-vars', 'warnings: UnmanagedConfigVars']
  assert.deepEqual([...seen].toSorted(), [...all, ...told].toSorted())
})

/** The schema that OpenAPI shows, and no field beside those that it names. */
async function schemaOfPlan(api: ApiUnderTest): Promise<ValidateFunction> {
  const { text } = await api.call('GET', '/openapi/v3/apis/streams.weirkeeper.dev/v1alpha1')
  const document: JsonObject = JSON.parse(text, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && 'properties' in value && 'type' in value
      ? { ...value, additionalProperties: false }
      : value,
  )
  const validator = new Ajv({ strict: false, formats: { int64: true, int32: true, 'date-time': true } })
  validator.addSchema(document, 'openapi')
  const isPlan = validator.getSchema('openapi#/components/schemas/dev.weirkeeper.streams.v1alpha1.StreamAppPlan')
  assert.ok(isPlan)
  return isPlan
}

function object(): JsonObject {
  const operators = [{ name: 'counts', changelog: 'compact', sources: ['lines'] }]
  const spec = { app: 'word-count', topology: { operators }, topics: [{ name: 'lines', partitions: 6 }] }
  return { apiVersion: 'streams.weirkeeper.dev/v1alpha1', kind: 'StreamApp', metadata: { name: 'word-count' }, spec }
}

/** A control plane that looks at a deployed app with a Kafka add-on. */
async function plane(t: TestContext): Promise<{
  readonly run: (args: readonly string[], stdin?: string) => Promise<CliRun>
  readonly api: ApiUnderTest
  readonly there: World
}> {
  const there = world()
  there.heroku.addApp('word-count')
  there.heroku.addCluster('word-count')
  const { platform, kafkaData, kafkaService } = there.around
  const viewer = { name: 'viewer', groups: [], grants: [{ role: 'view', namespace: 'default' }] as const }
  const tokens = [{ token: new Secret('token-of-viewer'), user: viewer }]
  const sights = onlyOwn({ platform, kafkaData, kafkaService })
  const api = await startApi(tokens, new MemoryRecord(systemClock), undefined, sights)
  const folder = await mkdtemp(join(tmpdir(), 'weirkeeper-plan-'))
  t.after(async () => {
    await api.close()
    await rm(folder, { recursive: true })
  })
  const kubeconfig = join(folder, 'kubeconfig')
  await writeFile(kubeconfig, api.kubeconfig, { mode: 0o600 })
  return {
    run: (args, stdin = '') =>
      weir(args, {
        env: { WEIR_KUBECONFIG: kubeconfig },
        stdin: () => Promise.resolve(new TextEncoder().encode(stdin)),
      }),
    api,
    there,
  }
}
