import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { create } from 'tar'
import { countWords, differences } from '../../scripts/demo/count-words.ts'
import { HerokuDoor } from '../../scripts/demo/heroku-door.ts'
import { KafkaDoor } from '../../scripts/demo/kafka-door.ts'
import { poll } from '../../scripts/demo/poll.ts'
import { runWeir } from '../../scripts/demo/run-weir.ts'
import { startPlatform, type Platform } from '../../src/local/platform.ts'
import { buildJvmWordCount } from '../support/jvm-word-count.ts'
import { machineCache } from '../support/machine-cache.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const app = 'jvm-word-count'
const lines = readFileSync(join(root, 'node_modules/typebox/license'), 'utf8').split('\n')
const live = new AbortController().signal

let platform: Platform
let door: HerokuDoor
let addon: string

before(async () => {
  platform = await startPlatform({
    root,
    cache: machineCache(),
    env: process.env,
  })
  door = new HerokuDoor(platform.heroku, live)
  await door.createApp(app)
  addon = await door.createKafka(app, 'heroku-kafka:basic-0')
  await door.build(app, await sourceOf())
  await door.call('PATCH', `/apps/${app}/config-vars`, {
    JAVA_OPTS: '-Xmx128m -XX:+UseSerialGC -XX:TieredStopAtLevel=1',
  })
})
after(() => platform.close())

it('a Kafka Streams app dies of the broker’s refusal while nobody has prepared its cluster', async () => {
  const { KAFKA_PREFIX: prefix } = await door.configVars(app)
  await door.call('PATCH', `/apps/${app}/config-vars`, { STREAMS_APPLICATION_ID: `${prefix}${app}` })
  await door.scale(app, 'worker', { quantity: 1, size: 'standard-1x' })
  await said(/GroupAuthorizationException: Not authorized to access group/)
  await door.scale(app, 'worker', { quantity: 0, size: 'standard-1x' })
  await door.call('PATCH', `/apps/${app}/config-vars`, { STREAMS_APPLICATION_ID: null })
})

it('runs with the threads and the standby that its manifest says, and counts right, once weir has applied it', async () => {
  assert.equal(await apply(), 0)
  const vars = await door.configVars(app)
  assert.equal(vars['STREAMS_NUM_STREAM_THREADS'], '2')
  assert.equal(vars['STREAMS_NUM_STANDBY_REPLICAS'], '1')

  await using kafka = new KafkaDoor(vars, live)
  await kafka.open()
  await kafka.feed('jvm-lines', lines, 6)
  await said(/-> RUNNING/)
  const look = async (): Promise<true | null> => {
    const rows = await kafka.lag(app, ['jvm-lines', `${app}-by-word-repartition`])
    return rows.every(({ end, committed }) => end === (committed ?? 0)) && rows.some(({ end }) => end > 0) ? true : null
  }
  await poll({ what: 'the lag to be zero', withinMs: 120_000, look, forgiving: true }, live)

  await door.createGroup(addon, 'reader')
  const latest = await kafka.latest('jvm-word-counts', 'reader')
  const found = new Map([...latest].map(([word, count]) => [word, Number(count.readBigInt64BE())]))
  assert.deepEqual(differences(countWords(lines), found), [])
})

/** Resolves when the app's log says it. */
async function said(pattern: RegExp): Promise<void> {
  const look = async (): Promise<true | null> => (pattern.test(await door.log(app, 1_500)) ? true : null)
  await poll({ what: `the log to say ${pattern.source}`, withinMs: 120_000, everyMs: 500, look, forgiving: true }, live)
}

function apply(): Promise<number> {
  const { apiKey, apiUrl, dataHost, caFile } = platform.heroku
  const env = {
    PATH: process.env['PATH'] ?? '',
    HEROKU_API_KEY: apiKey,
    HEROKU_HOST: apiUrl,
    HEROKU_DATA_HOST: dataHost,
    NODE_EXTRA_CA_CERTS: caFile,
  }
  const words = ['apply', '-f', join(root, 'manifests/jvm-word-count.yaml'), '--direct']
  return runWeir({ weir: join(root, 'bin/weir'), words, env, line: () => {} }, live)
}

/** The example, built as Maven would, as one deploys a jar that was built elsewhere. */
async function sourceOf(): Promise<Uint8Array<ArrayBuffer>> {
  const folder = await mkdtemp(join(tmpdir(), 'weirkeeper-jvm-'))
  try {
    await buildJvmWordCount(join(folder, 'app'))
    const file = join(folder, 'app.tar.gz')
    await create({ gzip: { level: 1 }, cwd: join(folder, 'app'), file }, ['.'])
    return new Uint8Array(await readFile(file))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
