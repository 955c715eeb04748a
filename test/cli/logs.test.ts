import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { Secret } from '../../src/base/secret.ts'
import { openHeroku } from '../../src/heroku/open-heroku.ts'
import { systemClock } from '../../src/host/system-clock.ts'
import { MemoryRecord } from '../../src/record/memory-record.ts'
import { startApi } from '../support/api-server.ts'
import { streamApp, streamApps } from '../support/api-stream-app.ts'
import { weir, type CliRun } from '../support/cli.ts'
import { direct, type Direct } from '../support/direct.ts'
import { goodManifest } from '../support/manifest.ts'
import { onlyOwn } from '../support/heroku-way.ts'

const at = new Date(1_700_000_000_000)

async function withWorkers(t: TestContext): Promise<Direct> {
  const stage = await direct(t)
  await stage.run('apply', `${goodManifest}  scaling: { policy: fixed, min: 2 }\n  process: { size: standard-1x }\n`)
  const { log } = stage.emulator.dynosOf('my-heroku-app')
  for (const dyno of ['worker.1', 'worker.2', 'web.1'])
    log.write({ at, source: 'app', dyno, text: `hello from ${dyno}` })
  return stage
}

describe('weir logs', () => {
  it('prints with --direct what the workers printed, and no other dyno', async (t) => {
    const { run } = await withWorkers(t)
    assert.deepEqual(await run('logs', goodManifest), {
      code: 0,
      stderr: '',
      stdout: `2023-11-14T22:13:20.000+00:00 app[worker.1]: hello from worker.1
2023-11-14T22:13:20.000+00:00 app[worker.2]: hello from worker.2
`,
    })
    assert.doesNotMatch((await run('logs', goodManifest, '--dyno', 'worker.2')).stdout, /worker\.1/)
    assert.match((await run('logs', goodManifest, '--lines', 'all')).stderr, /--lines all: write a whole number/)
  })

  it('goes on with --follow until it is stopped', async (t) => {
    const { emulator, env } = await withWorkers(t)
    const stop = new AbortController()
    const printed = Promise.withResolvers<void>()
    let text = ''
    const write = (more: string): void => {
      text += more
      if (text.includes('later')) printed.resolve()
    }
    const stdout = { isTty: false, columns: 100, hasColour: false, write }
    const words = ['logs', '-f', '-', '--direct', '--follow', '--lines', '1']
    const running = weir(words, { env, input: goodManifest, signal: stop.signal, stdout })
    const { log } = emulator.dynosOf('my-heroku-app')
    // It may not listen yet, so the line is said until it was heard.
    const saying = setInterval(() => log.write({ at, source: 'app', dyno: 'worker.1', text: 'later' }), 20)
    await printed.promise
    clearInterval(saying)
    stop.abort()
    assert.ok([0, 130].includes((await running).code))
  })

  it('prints what the control plane shows of its pods, each line after its dyno', async (t) => {
    const { run, printed } = await onPlane(t)
    const { stdout, code } = await run('logs', 'word-count')
    assert.equal(code, 0)
    for (const dyno of ['worker.1', 'worker.2'])
      assert.match(stdout, new RegExp(`^${dyno}: .* ${printed} ${dyno}$`, 'm'))
    assert.doesNotMatch((await run('logs', 'word-count', '--dyno', 'worker.1')).stdout, /worker\.2/)
    assert.match(
      (await run('logs', 'word-count', '--dyno', 'worker.9')).stderr,
      /has no dyno worker\.9 now; did you mean "worker\.[12]"/,
    )
    assert.equal((await run('logs')).code, 2)
  })
})

describe('what is worked out here of StreamApps of the control plane', () => {
  it('weir lag and top take their names, and the key of this machine', async (t) => {
    const { run } = await onPlane(t)
    assert.match((await run('top', 'streamapp/word-count')).stdout, /^my-heroku-app +worker\.2 +up/m)
    assert.match((await run('top')).stdout, /^my-heroku-app +worker\.2 +up/m)
    assert.match((await run('top', '-n', 'empty')).stderr, /^no StreamApps in namespace empty$/m)
    assert.match((await run('top', '-f', 'x.yaml')).stderr, /a manifest is worked out here .*: add --direct/)
    assert.match((await run('lag', 'word-count')).stderr, /lag is unknown/)
    assert.match((await run('lag', 'nothing')).stderr, /streamapp\/nothing: not found/)
  })
})

async function onPlane(
  t: TestContext,
): Promise<{ readonly run: (...words: string[]) => Promise<CliRun>; readonly printed: string }> {
  const { emulator, env } = await withWorkers(t)
  const { apiUrl, apiKey, dataHost } = emulator.heroku
  const settings = { key: new Secret(apiKey), apiUrl, dataUrl: `https://${dataHost}`, kafkaService: 'heroku-kafka' }
  const heroku = openHeroku(settings)
  const api = await startApi([], new MemoryRecord(systemClock), onlyOwn(heroku.dynos))
  const folder = await mkdtemp(join(tmpdir(), 'weirkeeper-logs-'))
  t.after(async () => {
    await api.close()
    heroku.close()
    await rm(folder, { recursive: true })
  })
  await api.call('POST', streamApps, { body: streamApp('word-count', { app: 'my-heroku-app' }) })
  const kubeconfig = join(folder, 'kubeconfig')
  await writeFile(kubeconfig, api.kubeconfig, { mode: 0o600 })
  return { run: (...words) => weir(words, { env: { ...env, WEIR_KUBECONFIG: kubeconfig } }), printed: 'hello from' }
}
