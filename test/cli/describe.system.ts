import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { create } from 'tar'
import { HerokuDoor } from '../../scripts/demo/heroku-door.ts'
import { poll } from '../../scripts/demo/poll.ts'
import { readClusterAddress } from '../../src/kafka/credentials.ts'
import { openKafkajs } from '../../src/kafka/kafkajs-admin-client.ts'
import { goodManifest } from '../support/manifest.ts'

const root = dirname(dirname(import.meta.dirname))
const signal = new AbortController().signal
const weirPath = join(root, 'bin', 'weir')

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

describe('weir on a real broker, in processes of its own', () => {
  const dev = spawn(weirPath, ['dev', '--json'], { stdio: ['ignore', 'pipe', 'ignore'] })
  let env: Readonly<Record<string, string | undefined>> = {}
  let folder = ''
  let kubeconfig = ''
  let vars: Readonly<Record<string, string>> = {}

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weir-describe-test-'))
    const [line] = await once(dev.stdout, 'data')
    const { heroku, server } = JSON.parse(String(line))
    kubeconfig = server.kubeconfig
    env = {
      ...process.env,
      HEROKU_API_KEY: heroku.apiKey,
      HEROKU_HOST: heroku.apiUrl,
      HEROKU_DATA_HOST: heroku.dataHost,
      NODE_EXTRA_CA_CERTS: heroku.caFile,
    }
    await writeFile(
      join(folder, 'word-count.yaml'),
      `${goodManifest}  process: { size: standard-1x }\n  scaling: { max: 1 }\n`,
    )
    await writeFile(join(folder, 'Procfile'), 'worker: exec sleep 600\n')
    await create({ gzip: true, cwd: folder, file: join(folder, 'app.tgz') }, ['Procfile'])
    const door = new HerokuDoor(heroku, signal)
    await door.createApp('my-heroku-app')
    await door.createKafka('my-heroku-app', 'heroku-kafka:basic-0')
    await door.build('my-heroku-app', new Uint8Array(await readFile(join(folder, 'app.tgz'))))
    vars = await door.configVars('my-heroku-app')
  })

  after(async () => {
    dev.kill('SIGTERM')
    if (dev.exitCode === null) await once(dev, 'close')
    await rm(folder, { recursive: true })
  })

  const weir = (...words: readonly string[]): Promise<Ended> =>
    run([...words, '-f', join(folder, 'word-count.yaml'), '--direct'])

  async function run(words: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<Ended> {
    const child = spawn(weirPath, words, {
      env: { ...env, ...more },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
    if (child.exitCode === null) await once(child, 'close')
    return { code: child.exitCode, stdout, stderr }
  }

  it('applies, trusts the authority that NODE_EXTRA_CA_CERTS names, and sees that nobody has joined', async () => {
    const applied = await weir('apply', '--wait')
    const described = await weir('describe')

    assert.equal(applied.code, 0, applied.stderr)
    assert.equal(described.code, 0, described.stderr)
    assert.match(described.stdout, /Group:\n {2}nobody has joined yet, lag 0\n/)
    assert.match(described.stdout, /worker\.1 +up/)
  })

  it('sees members, and the records that wait for them', async () => {
    const address = readClusterAddress(vars, 'KAFKA')
    assert.ok(address.ok)
    const prefix = vars['KAFKA_PREFIX'] ?? ''
    const kafka = openKafkajs(address.value, { clientId: 'a-worker', retries: 5, connectionTimeoutMs: 5_000 })
    const producer = kafka.producer({ allowAutoTopicCreation: false })
    const consumer = kafka.consumer({ groupId: `${prefix}word-count` })
    try {
      await producer.connect()
      const messages = Array.from({ length: 12 }, (_, index) => ({ value: 'a line', partition: index % 6 }))
      await producer.send({ topic: `${prefix}lines`, messages })
      await consumer.connect()
      await consumer.subscribe({ topic: `${prefix}lines`, fromBeginning: true })
      await consumer.run({ autoCommit: false, eachMessage: () => Promise.resolve() })
      await consumer.commitOffsets(
        [0, 1, 2, 3, 4, 5].map((partition) => ({ topic: `${prefix}lines`, partition, offset: '1' })),
      )

      const look = async (): Promise<Ended | null> => {
        const got = await weir('get')
        return /\s6\s+my-heroku-app/.test(got.stdout) ? got : null
      }
      const got = await poll({ what: 'a lag of 6', withinMs: 20_000, look }, signal)
      const described = await weir('describe')

      assert.equal(got.code, 0)
      assert.match(described.stdout, /Stable, 1 member, lag 6/)
      assert.match(described.stdout, /a-worker/)
      const lag = await weir('lag')
      assert.match(lag.stdout, /^\S*lines +5 +1 +1\nTOTAL +6$/m)
      assert.match((await weir('top')).stdout, / Stable +1 +6\n/)
    } finally {
      await consumer.disconnect()
      await producer.disconnect()
    }
  })

  it('deletes everything but the topics of the user', async () => {
    const deleted = await weir('delete')
    const planned = await weir('plan')

    assert.equal(deleted.code, 0, deleted.stderr)
    assert.match(planned.stdout, /Plan: 2 to add, 2 to change, 0 to destroy/)
  })

  it('plans through the control plane, with the exit codes of its reference', async () => {
    const plane = { WEIR_KUBECONFIG: kubeconfig }
    const written = async (name: string, content: string): Promise<string> => {
      await writeFile(join(folder, name), content)
      return join(folder, name)
    }
    const file = join(folder, 'word-count.yaml')
    const manifest = await readFile(file, 'utf8')
    const unmade = await run(['plan', '-f', file], plane)
    assert.match(unmade.stdout, /^StreamApp\/word-count\n[^]*Plan: 2 to add, 2 to change, 0 to destroy/, unmade.stderr)
    const detailed = await run(['plan', '-f', file, '--detailed-exitcode', '-o', 'json'], plane)
    const [{ kind, changes }] = JSON.parse(detailed.stdout)
    assert.deepEqual([unmade.code, detailed.code, kind, changes.length], [0, 1, 'StreamAppPlan', 4])
    const applied = await run(['apply', '-f', file, '--wait', '--timeout', '120s'], plane)
    assert.equal(applied.code, 0, applied.stderr)
    const level = await run(['plan', 'word-count', '--detailed-exitcode'], plane)
    assert.deepEqual([level.code, /Plan: no changes/.test(level.stdout)], [0, true], level.stderr + level.stdout)

    const unknown = await written('unknown.yaml', manifest.replace('app: my-heroku-app', 'app: no-such-app'))
    const fewer = await written(
      'fewer.yaml',
      manifest.replace('name: lines, partitions: 6', 'name: lines, partitions: 4'),
    )
    const lost = await written('kubeconfig', unreachablePlane)
    const asked: readonly (readonly [code: number, words: readonly string[], kubeconfig?: string])[] = [
      [2, ['nothing']],
      [2, ['-f', unknown]],
      [5, ['-f', fewer]],
      [3, ['word-count'], lost],
    ]
    for (const [code, words, where = kubeconfig] of asked) {
      const ended = await run(['plan', ...words], { WEIR_KUBECONFIG: where })
      assert.equal(ended.code, code, `${words.join(' ')}: ${ended.stdout}${ended.stderr}`)
    }
  })
})

/** Nothing listens at port 1. */
const unreachablePlane = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'lost',
  contexts: [{ name: 'lost', context: { cluster: 'lost', user: 'lost' } }],
  clusters: [{ name: 'lost', cluster: { server: 'http://127.0.0.1:1' } }],
  users: [{ name: 'lost', user: { token: 'x' } }],
})
