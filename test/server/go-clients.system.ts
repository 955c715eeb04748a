import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it, type TestContext } from 'node:test'
import { startApi, type ApiUnderTest } from '../support/api-server.ts'
import { streamApps } from '../support/api-stream-app.ts'
import { finished } from '../support/finished.ts'
import { installOnce } from '../support/install-once.ts'

interface Helm {
  readonly module: string
  readonly version: string
}

/** The older merges on the client, the newer applies on the server and waits as kubectl does. */
const helms: readonly Helm[] = [
  { module: 'helm.sh/helm/v3/cmd/helm', version: 'v3.22.0' },
  { module: 'helm.sh/helm/v4/cmd/helm', version: 'v4.3.1' },
]
const folderOf = (name: string): string => new URL(`clients/${name}`, import.meta.url).pathname

function whySkipped(): string | false {
  if ((process.env['WEIR_GO_CLIENTS'] ?? '') === '') return 'WEIR_GO_CLIENTS=1 builds client-go and Helm: minutes, once'
  return spawnSync('go', ['version']).status === 0 ? false : 'no go on this machine'
}

const options = { skip: whySkipped(), timeout: 1_800_000 }

it('client-go passes its cases on our API, in protobuf where it can', options, async (t) => {
  const { env } = await served(t)
  const { code, stdout, stderr } = await finished(
    spawn('go', ['test', '-count=1', '-v', '-timeout=300s', '.'], { cwd: folderOf('go'), env: withGo(env), stdio }),
  )
  assert.equal(code, 0, `${stdout}${stderr}`)
  const lines = (start: string): number => stdout.split('\n').filter((line) => line.startsWith(start)).length
  assert.ok(lines('--- PASS') > 0)
  assert.equal(lines('--- PASS'), lines('=== RUN'))
})

for (const helm of helms) {
  const title = `Helm ${helm.version} installs, upgrades, rolls back and uninstalls a StreamApp, its releases in Secrets`
  it(title, options, (t) => tryHelm(t, helm))
}

async function tryHelm(t: TestContext, helm: Helm): Promise<void> {
  const program = join(await installed(helm), 'helm')
  const { api, env } = await served(t)
  const run = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await finished(spawn(program, args, { env, stdio, timeout: 60_000 }))
    assert.equal(code, 0, `helm ${args.join(' ')}: ${stdout}${stderr}`)
    return stdout
  }
  const drift = async (): Promise<unknown> => (await api.call('GET', `${streamApps}/words`)).body['spec'].drift
  const greeting = async (): Promise<unknown> =>
    (await api.call('GET', '/api/v1/namespaces/default/configmaps/words-settings')).body['data'].greeting

  const chart = folderOf('chart')
  assert.match(await run('install', 'words', chart, '--wait', '--timeout=20s'), /STATUS: deployed/)
  assert.match(await run('upgrade', 'words', chart, '--set', 'drift=Warn,greeting=good day'), /REVISION: 2/)
  assert.deepEqual([await drift(), await greeting()], ['Warn', 'good day'])
  await run('rollback', 'words', '1')
  assert.deepEqual([await drift(), await greeting()], ['Heal', 'hello'])
  assert.deepEqual(
    JSON.parse(await run('history', 'words', '--output=json')).map(({ status }: { status: string }) => status),
    ['superseded', 'superseded', 'deployed'],
  )
  assert.match(await run('list'), /^words\s+default\s+3\s/m)
  assert.match(await run('get', 'manifest', 'words'), /kind: StreamApp/)
  const secrets = (await api.call('GET', '/api/v1/namespaces/default/secrets')).body['items']
  assert.deepEqual(
    secrets.map(({ type }: { type: string }) => type),
    ['helm.sh/release.v1', 'helm.sh/release.v1', 'helm.sh/release.v1'],
  )

  // It waits until whoever tidies up has let the StreamApp go: here, this test.
  const uninstalling = run('uninstall', 'words', '--wait', '--timeout=30s')
  await Promise.all([uninstalling, tidiedUp(api)])
  assert.deepEqual((await api.call('GET', '/api/v1/namespaces/default/secrets')).body['items'], [])
  assert.equal((await api.call('GET', `${streamApps}/words`)).code, 404)
}

const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe']

interface Served {
  readonly api: ApiUnderTest
  /** Of a client: its kubeconfig, and a home of its own. */
  readonly env: NodeJS.ProcessEnv
}

async function served(t: TestContext): Promise<Served> {
  const api = await startApi()
  const home = await mkdtemp(join(tmpdir(), 'weirkeeper-go-clients-'))
  t.after(async () => {
    await api.close()
    await rm(home, { recursive: true, force: true })
  })
  const kubeconfig = join(home, 'kubeconfig')
  await writeFile(kubeconfig, api.kubeconfig, { mode: 0o600 })
  return { api, env: { PATH: process.env['PATH'], HOME: home, KUBECONFIG: kubeconfig } }
}

/** With the caches of Go that this user has. */
const withGo = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({ ...process.env, ...env, HOME: process.env['HOME'] })

const installed = ({ module, version }: Helm): Promise<string> =>
  installOnce({
    name: `helm-${version}`,
    what: `Helm ${version} into the cache, once (110 MB, built with Go: minutes)`,
    say: (progress) => console.log(`# ${progress}`),
    install: async (folder) => {
      const env = { ...process.env, GOBIN: folder }
      const building = spawn('go', ['install', `${module}@${version}`], { env, stdio })
      const { code, stderr } = await finished(building)
      assert.equal(code, 0, stderr)
    },
  })

async function tidiedUp(api: ApiUnderTest): Promise<void> {
  const headers = { 'content-type': 'application/merge-patch+json' }
  for (const until = Date.now() + 30_000; ;) {
    const { body } = await api.call('GET', `${streamApps}/words`)
    if (body['metadata'].deletionTimestamp !== undefined) break
    assert.ok(Date.now() < until, 'Helm never deleted it')
  }
  await api.call('PATCH', `${streamApps}/words`, { body: { metadata: { finalizers: null } }, headers })
}
