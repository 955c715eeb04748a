import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { after, before, it, type TestContext } from 'node:test'
import { Secret } from '../../src/base/secret.ts'
import { systemClock } from '../../src/host/system-clock.ts'
import { freePort } from '../../src/local/free-ports.ts'
import { startServer } from '../../src/server/start-server.ts'
import { openPostgresRecord } from '../../src/record/postgres/open-postgres-record.ts'
import { markDeleted, type KeptObject } from '../../src/record/object-life.ts'
import { startEmulator, type Emulator } from '../support/heroku-emulator.ts'
import { conditionOf, keptWordCount, keyOf, loadKept, storeKept } from '../support/kept-object.ts'
import { startTemporaryPostgres, type TemporaryPostgres } from '../support/temporary-postgres.ts'
import { until } from '../support/until.ts'

const patience = { withinMs: 40_000, everyMs: 100 }

let postgres: TemporaryPostgres
let record: Awaited<ReturnType<typeof openPostgresRecord>>

before(async () => {
  postgres = await startTemporaryPostgres()
  record = await openPostgresRecord(postgres.url, () => {})
})

after(async () => {
  await record.close()
  await postgres.stop()
})

it('a clock dyno brings what is declared to Ready, a second takes over when it is killed, and both let go of what is deleted', async (t) => {
  const emulator = await startEmulator(t)
  await emulator.deployed('word-count')
  await emulator.kafka('word-count', 'heroku-kafka:basic-0')
  const first = startClock(t, emulator)
  await first.said('leading')
  const second = startClock(t, emulator)
  await second.said('following')

  const declared = keptWordCount()
  await storeKept(record, declared)
  const ready = await untilKept(declared, (object) => conditionOf(object, 'Ready').status === 'True')
  assert.equal(ready?.status?.['observedGeneration'], 1)
  assert.equal(ready.status['applicationId'], `${await prefixOf(emulator)}word-count`)

  first.child.kill('SIGKILL')
  await emulator.call('PATCH', '/apps/word-count/formation/worker', { body: { quantity: 0 } })
  await second.said('leading')
  await untilScaled(emulator, 2)

  // The dynos are there before the pass has ended: what it writes then must not be written over.
  const level = await untilKept(
    declared,
    (object) => conditionOf(object, 'Ready').status === 'True' && object?.status?.['writing'] === undefined,
  )
  const marked = markDeleted(level ?? ready, new Date())
  assert.ok(marked)
  await storeKept(record, marked)
  await untilKept(declared, (object) => object === undefined)
  second.child.kill('SIGTERM')
  await once(second.child, 'exit')
  assert.equal(second.child.exitCode, 0)
})

interface Clock {
  readonly child: ChildProcess
  /** Resolves once its log holds a decision of that name. */
  readonly said: (message: string) => Promise<void>
}

it('hears of a change by Heroku’s webhook, and puts it back long before the resync', async (t) => {
  const emulator = await startEmulator(t)
  await emulator.deployed('word-count')
  await emulator.kafka('word-count', 'heroku-kafka:basic-0')
  const api = await startServer({
    record,
    tls: undefined,
    tokens: [],
    clock: systemClock,
    port: 0,
    hookSecret: new Secret('hook'),
  })
  t.after(() => api.close())
  const probes = `http://127.0.0.1:${await freePort()}`
  const clock = startClock(t, emulator, {
    WEIR_URL: api.url,
    WEIR_HOOK_SECRET: 'hook',
    WEIR_RESYNC: '0 0 1 1 *',
    WEIR_METRICS_PORT: new URL(probes).port,
  })
  await clock.said('leading')
  assert.equal(await (await fetch(`${probes}/readyz`)).text(), 'leading\n')

  const declared = keptWordCount('heard')
  await storeKept(record, declared)
  await untilKept(declared, (object) => object?.status?.['hears'] === `${api.url}/hooks/heroku/word-count`)
  await emulator.call('PATCH', '/apps/word-count/formation/worker', { body: { quantity: 0 } })
  await untilScaled(emulator, 2)
  const metrics = await metricsWith(probes, /^weirkeeper_changes_total\{kind="scale"\} [2-9]$/m)
  assert.match(metrics, /^rest_client_requests_total\{host=".*",method="PATCH",code="200"\} \d+$/m)
  clock.child.kill('SIGTERM')
  await once(clock.child, 'exit')
})

/** A change is counted when its pass ends, a little after the world has it. */
async function metricsWith(probes: string, wanted: RegExp): Promise<string> {
  let metrics = ''
  const look = async () => {
    metrics = await (await fetch(`${probes}/metrics`)).text()
    return wanted.test(metrics)
  }
  await until(look, () => `${wanted} in ${metrics}`, { withinMs: 20_000, everyMs: 50 })
  return metrics
}

function startClock(t: TestContext, { heroku }: Emulator, more: Readonly<Record<string, string>> = {}): Clock {
  const child = spawn(new URL('../../bin/weir', import.meta.url).pathname, ['clock'], {
    env: {
      PATH: process.env['PATH'],
      HEROKU_API_KEY: heroku.apiKey,
      HEROKU_HOST: heroku.apiUrl,
      HEROKU_DATA_HOST: heroku.dataHost,
      NODE_EXTRA_CA_CERTS: heroku.caFile,
      DATABASE_URL: postgres.url,
      ...more,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => void child.kill('SIGKILL'))
  let log = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (log += text))
  const said = async (message: string): Promise<void> => {
    const timeUp = AbortSignal.timeout(40_000)
    while (!log.includes(`"msg":"${message}"`)) await once(child.stdout, 'data', { signal: timeUp })
  }
  return { child, said }
}

async function untilKept(
  declared: KeptObject,
  holds: (object: KeptObject | undefined) => boolean,
): Promise<KeptObject | undefined> {
  let object: KeptObject | undefined
  const look = async () => {
    object = await loadKept(record, keyOf(declared))
    return holds(object)
  }
  await until(look, () => JSON.stringify(object?.status), patience)
  return object
}

async function untilScaled(emulator: Emulator, dynos: number): Promise<void> {
  const look = async () => (await emulator.call('GET', '/apps/word-count/formation')).body[0].quantity === dynos
  await until(look, `${dynos} dynos`, patience)
}

async function prefixOf(emulator: Emulator): Promise<string> {
  const { body } = await emulator.call('GET', '/apps/word-count/config-vars')
  return body.KAFKA_PREFIX
}
