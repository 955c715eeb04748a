import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { checkCertificates } from '../../../src/cli/doctor/check-certificates.ts'
import { checkBudget } from '../../../src/cli/doctor/check-heroku.ts'
import { checkClock, checkNode } from '../../../src/cli/doctor/check-machine.ts'
import { ownTls } from '../../../src/server/tls.ts'
import { startApi } from '../../support/api-server.ts'
import { weir } from '../../support/cli.ts'
import { direct } from '../../support/direct.ts'
import { goodManifest } from '../../support/manifest.ts'

const hourMs = 3_600_000

describe('weir doctor', () => {
  it('looks at login, calls, clock, add-on, plan and Kafka of every app, and writes nothing', async (t) => {
    const { env, emulator, run } = await direct(t)
    await run('apply', `${goodManifest}  process: { size: standard-1x }\n`, '--wait')
    emulator.heroku.knobs.requests.length = 0
    const { code, stdout, stderr } = await weir(['doctor', '-f', '-'], {
      env,
      input: `${goodManifest}  process: { size: standard-1x }\n`,
    })
    assert.match(stdout, /^✔ Heroku login: .+@.+$/m)
    assert.match(stdout, /^✔ Calls to Heroku: \d+ left$/m)
    assert.match(stdout, /^✔ Clock: as at Heroku$/m)
    assert.match(stdout, /^✔ StreamApp\/word-count add-on: .*heroku-kafka:basic-0, prefix /m)
    assert.match(stdout, /^✔ StreamApp\/word-count: is as asked$/m)
    assert.match(stdout, /^✗ StreamApp\/word-count Kafka: .+\n {4}to do: heroku kafka:info/m)
    assert.deepEqual([code, stderr], [1, ''])
    assert.ok(emulator.heroku.knobs.requests.every(({ method }) => method === 'GET' || method === 'HEAD'))
  })

  it('says of what is wrong what to do', async (t) => {
    const { env } = await direct(t)
    const refused = await weir(['doctor'], { env: { ...env, HEROKU_API_KEY: 'another' } })
    assert.match(refused.stdout, /^✗ Heroku login: .+\n {4}to do: export HEROKU_API_KEY=/m)
    assert.match((await weir(['doctor'])).stdout, /^✗ Heroku settings: HEROKU_API_KEY is not set/m)
    const unknown = goodManifest.replace('app: my-heroku-app', 'app: no-such-app')
    const missing = await weir(['doctor', '-f', '-'], { env, input: unknown })
    assert.match(missing.stdout, /^✗ StreamApp\/word-count: .*no-such-app/m)
    assert.match((await weir(['doctor', '-f', '/nowhere'], { env })).stdout, /^✗ \/nowhere:1: there is no such file/m)
    assert.match(
      (await weir(['doctor', '-f', '-'], { env, input: goodManifest })).stdout,
      /^! .*changes are still to be applied/m,
    )
  })

  it('asks the control plane of the kubeconfig', async (t) => {
    const api = await startApi()
    const folder = await mkdtemp(join(tmpdir(), 'weirkeeper-doctor-'))
    t.after(async () => {
      await api.close()
      await rm(folder, { recursive: true })
    })
    const file = join(folder, 'kubeconfig')
    const told = async (kubeconfig: string): Promise<string> => {
      await writeFile(file, kubeconfig)
      return (await weir(['doctor'], { env: { WEIR_KUBECONFIG: file } })).stdout
    }
    assert.match(await told(api.kubeconfig), /^✔ Control plane: https:\/\/.*, namespace default$/m)
    assert.match(
      await told(api.kubeconfig.replace(/token: .*/, 'token: "other"')),
      /^✗ Control plane: .+\n {4}to do: ask for a token/m,
    )
    assert.match(
      await told(api.kubeconfig.replace(/server: .*/, 'server: https://127.0.0.1:9')),
      /^✗ Control plane: .*ECONNREFUSED/m,
    )
    const away = { HEROKU_API_KEY: 'a-key', HEROKU_HOST: 'http://127.0.0.1:9' }
    assert.match(
      (await weir(['doctor'], { env: away })).stdout,
      /^✗ Heroku login: cannot reach .*\n {4}to do: weir doctor again/m,
    )
    assert.match(await told('nothing'), /^✗ Control plane: .*current-context/m)
    assert.match((await weir(['doctor'])).stdout, /^- Control plane: none is named/m)
  })

  it('tells certificates that have run out from those that soon will', async () => {
    const nowMs = Date.parse('2026-01-01T00:00:00Z')
    const { authority } = await ownTls(nowMs)
    const at = (ms: number): string =>
      checkCertificates('tide', { KAFKA_CLIENT_CERT: authority }, 'KAFKA', ms)[0]?.state ?? ''
    const [check] = checkCertificates('tide', { KAFKA_CLIENT_CERT: authority }, 'KAFKA', nowMs)
    const days = Number(/good for (\d+) days/.exec(check?.found ?? '')?.[1])
    const endsMs = nowMs + days * 24 * hourMs
    assert.deepEqual(
      [at(nowMs), at(endsMs - 20 * 24 * hourMs), at(endsMs + 48 * hourMs)],
      ['well', 'doubtful', 'wrong'],
    )
    assert.equal(
      checkCertificates('tide', { KAFKA_TRUSTED_CERT: 'rubbish' }, 'KAFKA', nowMs)[0]?.found,
      'is no certificate',
    )
    assert.deepEqual(checkCertificates('tide', {}, 'KAFKA', nowMs), [])
  })

  it('compares clock, Node and budget with what is needed', () => {
    const states = [
      checkClock(0, 1_000),
      checkClock(0, 45_000),
      checkClock(0, 2 * hourMs),
      checkClock(0, undefined),
      checkNode('v24.21.0', '24.x'),
      checkNode('v20.1.0', '24.x'),
      checkBudget(4_000),
      checkBudget(10),
      checkBudget(undefined),
    ].map(({ state }) => state)
    assert.deepEqual(states, ['well', 'well', 'wrong', 'doubtful', 'well', 'wrong', 'well', 'doubtful', 'well'])
  })
})
