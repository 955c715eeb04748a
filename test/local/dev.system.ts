import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, afterEach, before, describe, it } from 'node:test'
import { create } from 'tar'
import { HerokuDoor } from '../../scripts/demo/heroku-door.ts'
import { poll } from '../../scripts/demo/poll.ts'
import { freePort } from '../../src/local/free-ports.ts'
import { descendantsOf, isListening, livingOf } from '../support/platform-processes.ts'

const root = dirname(dirname(import.meta.dirname))
const signal = new AbortController().signal

interface Addresses {
  readonly heroku: {
    readonly apiUrl: string
    readonly dataHost: string
    readonly apiKey: string
    readonly caFile: string
  }
  readonly kafka: { readonly dedicated: string; readonly basic: string }
  readonly server: { readonly url: string; readonly kubeconfig: string }
}

const areAddresses = (value: unknown): value is Addresses =>
  typeof value === 'object' && value !== null && 'heroku' in value && 'kafka' in value && 'server' in value

interface Dev {
  readonly child: ChildProcess
  readonly exit: Promise<number | string>
  readonly out: () => string
  readonly err: () => string
  readonly firstWordMs: () => number
}

describe('weir dev', () => {
  let temporary = ''
  before(async () => void (temporary = await mkdtemp(join(tmpdir(), 'weir-dev-test-'))))
  after(() => rm(temporary, { recursive: true }))
  const started: ChildProcess[] = []
  afterEach(() => started.splice(0).forEach((child) => child.kill('SIGKILL')))

  function weirDev(...words: readonly string[]): Dev {
    const startedMs = performance.now()
    let [out, err, firstWordMs] = ['', '', 0]
    const child = spawn(join(root, 'bin', 'weir'), ['dev', ...words], {
      env: { ...process.env, TMPDIR: temporary },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    started.push(child)
    const heard = (): void => void (firstWordMs ||= performance.now() - startedMs)
    child.stdout.on('data', (text: Buffer) => (heard(), (out += text.toString())))
    child.stderr.on('data', (text: Buffer) => (heard(), (err += text.toString())))
    const exit = once(child, 'close').then(() => child.exitCode ?? child.signalCode ?? '?')
    return { child, exit, out: () => out, err: () => err, firstWordMs: () => firstWordMs }
  }

  async function ready(dev: Dev): Promise<Addresses> {
    const look = (): Promise<string | null> => Promise.resolve(dev.out().includes('\n') ? dev.out() : null)
    const line = await poll({ what: 'the ready line', withinMs: 120_000, look, seen: dev.err }, signal)
    const addresses: unknown = JSON.parse(line)
    assert.ok(areAddresses(addresses))
    return addresses
  }

  /** An app with two workers, one of which does not listen to SIGTERM. */
  async function deployed({ heroku }: Addresses): Promise<HerokuDoor> {
    const door = new HerokuDoor(heroku, signal)
    const source = await mkdtemp(join(temporary, 'source-'))
    await writeFile(join(source, 'Procfile'), 'worker: sleep 601 & exec sleep 600\n')
    await create({ gzip: true, cwd: source, file: `${source}.tgz` }, ['Procfile'])
    await door.createApp('dev-test')
    await door.createKafka('dev-test', 'heroku-kafka:basic-0')
    await door.build('dev-test', new Uint8Array(await readFile(`${source}.tgz`)))
    await rm(source, { recursive: true })
    await rm(`${source}.tgz`)
    await door.scale('dev-test', 'worker', { quantity: 2, size: 'standard-1x' })
    const look = async (): Promise<true | null> =>
      (await door.dynos('dev-test')).filter(({ state }) => state === 'up').length === 2 ? true : null
    await poll({ what: 'two dynos', withinMs: 20_000, look }, signal)
    return door
  }

  const portsOf = ({ heroku, kafka, server }: Addresses): readonly string[] => [
    new URL(server.url).host,
    heroku.apiUrl.replace('http://', ''),
    heroku.dataHost,
    kafka.dedicated,
    kafka.basic,
  ]

  /** What must hold after any end: no process, no port, no folder. */
  async function nothingIsLeft(pids: readonly number[], addresses: Addresses): Promise<void> {
    const look = async (): Promise<true | null> => {
      const files = await readdir(temporary)
      return livingOf(pids).length === 0 && files.length === 0 ? true : null
    }
    const seen = (): string => `processes ${livingOf(pids).join(', ')} of ${pids.join(', ')}`
    await poll({ what: 'every process and folder to be gone', withinMs: 15_000, look, seen }, signal)
    for (const address of portsOf(addresses)) assert.equal(await isListening(address), false, address)
  }

  it('prints one line with --json, runs dynos, and leaves nothing after SIGTERM', async () => {
    const dev = weirDev('--json')
    const addresses = await ready(dev)
    assert.equal(dev.out().trimEnd().split('\n').length, 1)
    assert.deepEqual(Object.keys(addresses.heroku), ['apiUrl', 'dataHost', 'apiKey', 'caFile'])
    assert.deepEqual(Object.keys(addresses.server), ['url', 'kubeconfig'])
    assert.match(dev.err(), /local mode, never Heroku/)
    // Some 80 ms on a machine that has nothing else to do.
    assert.ok(dev.firstWordMs() < 2_000, `the first word came after ${dev.firstWordMs()} ms`)
    await deployed(addresses)
    for (const address of portsOf(addresses)) assert.equal(await isListening(address), true, address)
    const pids = descendantsOf(dev.child.pid ?? 0)
    assert.ok(pids.length >= 6, `a guardian, a broker with its guard, and four processes of dynos: ${pids.join(', ')}`)
    dev.child.kill('SIGTERM')
    assert.equal(await dev.exit, 0)
    await nothingIsLeft(pids, addresses)
  })

  it('leaves nothing when it is killed with -9', async () => {
    const dev = weirDev('--json')
    const addresses = await ready(dev)
    await deployed(addresses)
    const pids = descendantsOf(dev.child.pid ?? 0)
    dev.child.kill('SIGKILL')
    assert.equal(await dev.exit, 'SIGKILL')
    await nothingIsLeft(pids, addresses)
  })

  it('does not wait for a deaf dyno after the second Ctrl-C', async () => {
    const dev = weirDev('--json')
    const addresses = await ready(dev)
    const door = await deployed(addresses)
    await door.call('POST', '/apps/dev-test/dynos', { command: `trap '' TERM; while :; do sleep 0.1; done` })
    const pids = descendantsOf(dev.child.pid ?? 0)
    dev.child.kill('SIGINT')
    const look = (): Promise<true | null> => Promise.resolve(dev.err().includes('stopping') ? true : null)
    await poll({ what: 'the first Ctrl-C to be heard', withinMs: 5_000, look }, signal)
    dev.child.kill('SIGINT')
    assert.equal(await dev.exit, 130)
    await nothingIsLeft(pids, addresses)
  })

  it('says what to do when its port is in use, and starts nothing', async () => {
    const port = await freePort()
    const taken = createServer().listen(port, '127.0.0.1')
    await once(taken, 'listening')
    const dev = weirDev('--port', String(port))
    assert.equal(await dev.exit, 3)
    taken.close()
    assert.match(
      dev.err(),
      new RegExp(`port ${port} or ${port + 1} is in use by another program. Choose another with --port`),
    )
    assert.deepEqual(await readdir(temporary), [])
  })

  it('keeps what Kafka has with --persist', async () => {
    const kept = await mkdtemp(join(tmpdir(), 'weir-dev-kept-'))
    try {
      for (const start of [1, 2]) {
        const dev = weirDev('--json', '--persist', kept)
        const addresses = await ready(dev)
        assert.ok(existsSync(join(kept, 'kafka', 'data')), `start ${start}`)
        dev.child.kill('SIGINT')
        assert.equal(await dev.exit, 0)
        assert.equal(await isListening(addresses.kafka.basic), false)
      }
      assert.ok(existsSync(join(kept, 'kafka', 'data')))
    } finally {
      await rm(kept, { recursive: true })
    }
  })
})
