import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { extract } from 'tar'
import { readKubeconfig } from '../../../src/cli/plane/plane-address.ts'
import { parseControllerConfig } from '../../../src/controller/config.ts'
import { cronSchedule } from '../../../src/host/cron-schedule.ts'
import { parseProcfile } from '../../../src/local/build/procfile.ts'
import type { Fault } from '../../../src/local/heroku/http/knobs.ts'
import type { HerokuOptions } from '../../../src/local/heroku/options.ts'
import { parseServerConfig } from '../../../src/server/config.ts'
import { weir, type CliRun } from '../../support/cli.ts'
import { startEmulator, type Emulator } from '../../support/heroku-emulator.ts'
import { loopback, type Request } from '../../support/loopback.ts'

const databaseUrl = 'postgres://user:word@127.0.0.1:5432/weir'

/** What Heroku would find in the tarball: the process types of its Procfile. */
const buildSlug: HerokuOptions['buildSlug'] = async ({ tarball, into }) => {
  await extract({ file: tarball, cwd: into })
  const procfile = parseProcfile(await readFile(join(into, 'Procfile'), 'utf8'))
  assert.ok(procfile.ok)
  for (const part of ['bin/weir', 'src/server/main.ts', 'package-lock.json']) await stat(join(into, part))
  return { processTypes: procfile.value }
}

interface Stage {
  readonly emulator: Emulator
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly install: (...words: readonly string[]) => Promise<CliRun>
  readonly writes: () => readonly string[]
}

async function stage(t: TestContext, given: Partial<HerokuOptions> = {}): Promise<Stage> {
  const emulator = await startEmulator(t, { buildSlug, ...given })
  const cwd = await mkdtemp(join(tmpdir(), 'weirkeeper-install-'))
  t.after(() => rm(cwd, { recursive: true }))
  const { apiUrl, dataHost, apiKey } = emulator.heroku
  const env = {
    HEROKU_API_KEY: apiKey,
    HEROKU_HOST: apiUrl,
    HEROKU_DATA_HOST: dataHost,
    WEIR_DATABASE_URL: databaseUrl,
  }
  return {
    emulator,
    cwd,
    env,
    install: (...words) => weir(['install', 'my-plane', ...words], { cwd, env }),
    writes: () =>
      emulator.heroku.knobs.requests
        .filter(({ method }) => method !== 'GET')
        .map(({ method, path }) => `${method} ${path}`),
  }
}

describe('weir install', () => {
  it('makes the app, sets what both dynos read, builds this very package and waits until both run', async (t) => {
    const { emulator, cwd, install } = await stage(t)
    const { code, stdout, stderr } = await install()

    assert.equal(code, 0, stderr)
    assert.match(stdout, /^control plane my-plane runs at https:\/\/.+\n$/)
    assert.match(
      stderr,
      /► creating app my-plane\n► setting WEIR_TOKEN[^]*► uploading \d+ kB\n► building\n► starting web and clock/,
    )
    const { body: vars } = await emulator.call('GET', '/apps/my-plane/config-vars')
    assert.ok(parseServerConfig({ ...vars, PORT: '5000' }).ok)
    assert.ok(parseControllerConfig(vars, cronSchedule, 1).ok)
    const { body: dynos } = await emulator.call('GET', '/apps/my-plane/dynos')
    const names: readonly string[] = dynos.map(({ name, state }: { name: string; state: string }) => `${name} ${state}`)
    assert.deepEqual(names.toSorted(), ['clock.1 up', 'web.1 up'])
    const file = join(cwd, 'my-plane.kubeconfig')
    const address = readKubeconfig(await readFile(file, 'utf8'))
    assert.ok(address.ok)
    assert.equal(address.value.token?.reveal(), vars.WEIR_TOKEN)
    assert.equal((await stat(file)).mode & 0o777, 0o600)
    assert.ok(!`${stdout}${stderr}`.includes(vars.WEIR_TOKEN))
  })

  it('writes nothing the second time, and deploys again when asked', async (t) => {
    const { install, emulator, writes } = await stage(t)
    await install()
    const { body: before } = await emulator.call('GET', '/apps/my-plane/config-vars')
    emulator.heroku.knobs.requests.length = 0
    const again = await install()
    assert.equal(again.code, 0)
    assert.match(
      again.stderr,
      /It ran already, and nothing was built\. weir install my-plane --redeploy builds this weir \(\d+\.\d+\.\d+\)/,
    )
    assert.deepEqual(writes(), [])
    assert.deepEqual((await emulator.call('GET', '/apps/my-plane/config-vars')).body, before)
    assert.equal((await install('--redeploy')).code, 0)
    assert.ok(writes().includes('POST /apps/my-plane/builds'))
  })

  it('makes Postgres where none is named, and waits for it', async (t) => {
    const { emulator, cwd, env } = await stage(t)
    const address = await withPostgres(t, emulator)
    const { WEIR_DATABASE_URL: _, ...others } = env
    const { code, stderr } = await weir(['install', 'my-plane'], { cwd, env: { ...others, HEROKU_HOST: address } })
    assert.equal(code, 0, stderr)
    assert.match(stderr, /► creating heroku-postgresql:essential-0\n► waiting for DATABASE_URL/)
    assert.equal((await emulator.call('GET', '/apps/my-plane/config-vars')).body.DATABASE_URL, databaseUrl)
  })

  it('leaves an app alone that runs something else', async (t) => {
    const { install, emulator, writes, env } = await stage(t)
    await emulator.deployed('my-plane')
    emulator.heroku.knobs.requests.length = 0
    const refused = await install()
    assert.equal(refused.code, 5)
    assert.match(refused.stderr, /app my-plane is there, runs something, and is no control plane/)
    assert.equal((await weir(['uninstall', 'my-plane', '--confirm', 'my-plane'], { env })).code, 5)
    assert.deepEqual(writes(), [])
  })

  it('says what to look at where the build fails or takes too long, and goes on from there', async (t) => {
    let isBroken = true
    const failing: HerokuOptions['buildSlug'] = (request) =>
      isBroken ? Promise.reject(new Error('no such buildpack')) : buildSlug(request)
    const { install } = await stage(t, { buildSlug: failing })
    const failed = await install()
    assert.deepEqual([failed.code, failed.stdout], [5, ''])
    assert.match(failed.stderr, /build .+ failed; its output: heroku builds:output .+ What was made stays/)
    isBroken = false
    assert.equal((await install()).code, 0)
    assert.equal((await install('--timeout', 'soon')).code, 2)
  })
})

describe('weir install, cut short', () => {
  it('goes on with the same command where the answer to any of its writes was lost', async (t) => {
    const whole = await stage(t)
    assert.equal((await whole.install()).code, 0)
    const { length: writes } = whole.writes()
    for (let cut = 0; cut < writes; cut += 1)
      await cutShort(t, (write) => (write === cut ? { kind: 'lose-answer' } : null))
  })

  it('says that the upload was cut off, and goes on', async (t) => {
    const { stderr } = await cutShort(t, (_, method) => (method === 'PUT' ? { kind: 'drop' } : null))
    assert.match(stderr, /the upload was cut off. Check the network.* What was made stays; the same command goes on/)
  })
})

/** Installs with a fault at one write, then again; both dynos must run. Answers how the first one ended. */
async function cutShort(t: TestContext, faultOf: (write: number, method: string) => Fault | null): Promise<CliRun> {
  const { emulator, install } = await stage(t)
  let writes = 0
  let isOver = false
  emulator.heroku.knobs.fault = ({ method }) => {
    const fault = method === 'GET' || isOver ? null : faultOf(writes++, method)
    isOver ||= fault !== null
    return fault
  }
  const first = await install()
  const second = await install()
  assert.equal(second.code, 0, `write ${writes}: ${first.stderr}${second.stderr}`)
  const { body: dynos } = await emulator.call('GET', '/apps/my-plane/dynos')
  assert.deepEqual(dynos.map(({ name }: { name: string }) => name).toSorted(), ['clock.1', 'web.1'])
  return first
}

describe('weir uninstall', () => {
  it('asks for the name, takes the app away, and knows when it is gone', async (t) => {
    const { install, emulator, env } = await stage(t)
    await install()
    const asked = await weir(['uninstall', 'my-plane'], { env })
    assert.equal(asked.code, 5)
    assert.match(asked.stderr, /its database and all that was declared there would go.*--confirm my-plane/)
    assert.equal((await emulator.call('GET', '/apps/my-plane')).status, 200)
    const gone = await weir(['uninstall', 'my-plane', '--confirm', 'my-plane'], { env })
    assert.deepEqual([gone.code, gone.stdout], [0, 'control plane my-plane is gone\n'])
    assert.equal((await emulator.call('GET', '/apps/my-plane')).status, 404)
    assert.equal((await weir(['uninstall', 'my-plane', '--confirm', 'my-plane'], { env })).code, 2)
  })
})

/** The emulator has Kafka alone: before it stands what Heroku does with a Postgres add-on, which sets its config var a while later. */
async function withPostgres(t: TestContext, emulator: Emulator): Promise<string> {
  const front = await loopback((response, request) => void answer(response, request))
  t.after(() => front[Symbol.asyncDispose]())
  let made: string | undefined
  let looks = 0
  async function answer(response: ServerResponse, request: Request): Promise<void> {
    if (request.line === 'POST /apps/my-plane/addons') {
      made = String(JSON.parse(request.body).plan)
      return reply(response, 201, JSON.stringify({ plan: { name: made } }))
    }
    looks += Number(made !== undefined && request.line === 'GET /apps/my-plane/config-vars')
    if (looks === 2) await emulator.call('PATCH', '/apps/my-plane/config-vars', { body: { DATABASE_URL: databaseUrl } })
    const passed = await passOn(emulator, request)
    return reply(response, passed.status, await passed.text())
  }
  return front.url
}

function passOn({ heroku }: Emulator, { line, headers, body }: Request): Promise<Response> {
  const [method = '', path = ''] = line.split(' ')
  const kept = ['authorization', 'accept', 'range', 'content-type'].flatMap((name) => {
    const value = headers[name]
    return typeof value === 'string' ? [[name, value] as const] : []
  })
  return fetch(`${heroku.apiUrl}${path}`, {
    method,
    headers: Object.fromEntries(kept),
    ...(body === '' ? {} : { body }),
  })
}

function reply(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(text)
}
