import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { herokuCli } from '../../support/heroku-cli.ts'
import type { CliRun, HerokuCli } from '../../support/heroku-cli.ts'
import { openEmulator } from '../../support/heroku-emulator.ts'
import type { Emulator } from '../../support/heroku-emulator.ts'

/** The real `heroku` command and its Kafka plugin, on one emulator; each command costs a second or two. */
describe('the real heroku CLI on the emulator', () => {
  let emulator: Emulator
  let cli: HerokuCli
  let closeEmulator: () => Promise<void>

  before(async () => {
    const opened = await openEmulator({ delays: { addonProvisionMs: 200 } })
    emulator = opened.emulator
    closeEmulator = opened.close
    cli = await herokuCli(emulator.heroku, (progress) => console.log(`# ${progress}`))
    await emulator.deployed('tide', { worker: 'node worker.ts' })
    await emulator.call('PATCH', '/apps/tide/config-vars', { body: { GREETING: 'hello' } })
  })

  after(async () => {
    await cli.close()
    await closeEmulator()
  })

  /** Runs it on the app and expects it to end well. */
  async function heroku(...args: string[]): Promise<CliRun> {
    const ran = await cli.run(...args, '--app', 'tide')
    assert.equal(ran.code, 0, `heroku ${args.join(' ')} ended with ${ran.code}:\n${ran.stdout}\n${ran.stderr}`)
    return ran
  }

  const get = async (path: string): Promise<any> => (await emulator.call('GET', path)).body // oxlint-disable-line typescript/no-explicit-any -- JSON, as in Reply
  const kafkaId = async (): Promise<string> => String((await get('/apps/tide/addons'))[0].id)
  const topicsNow = async (): Promise<any[]> => (await emulator.data('GET', `${await kafkaId()}/topics`)).body.topics // oxlint-disable-line typescript/no-explicit-any -- JSON, as in Reply
  const settled = (): Promise<void> => emulator.heroku.knobs.settled()

  it('scales and sizes with ps:scale, and shows it with ps, ps:scale and apps:info', async () => {
    const { stderr } = await heroku('ps:scale', 'worker=2:standard-1x')
    assert.match(stderr, /now running worker at 2:Standard-1X/)
    await heroku('ps:scale', 'worker+1')
    assert.equal(emulator.dynosOf('tide').list().length, 3)
    const [scale, ps] = await Promise.all([heroku('ps:scale'), heroku('ps')])
    assert.equal(scale.stdout.trim(), 'worker=3:Standard-1X')
    assert.match(ps.stdout, /worker \(Standard-1X\): node worker\.ts \(3\)/)
    assert.match(ps.stdout, /worker\.3: up/)
    const { stdout } = await heroku('apps:info')
    assert.match(stdout, /=== tide/)
    assert.match(stdout, /worker: 3/)
  })

  it('sets, unsets and shows config vars', async () => {
    const set = await heroku('config:set', 'A=1', 'B=2')
    assert.match(set.stderr, /Setting A, B and restarting .*tide.*done, v5/)
    assert.match((await heroku('config')).stdout, /GREETING: +hello/)
    assert.match((await heroku('config:unset', 'A')).stderr, /Unsetting A and restarting .*tide.*done, v6/)
    assert.deepEqual(await get('/apps/tide/config-vars'), { B: '2', GREETING: 'hello' })
  })

  it('shows releases and rolls back to one', async () => {
    const { stdout } = await heroku('releases')
    assert.match(stdout, /v6 .*Remove A config vars/)
    assert.match(stdout, /v3 .*Deploy abcdef12/)
    assert.match((await heroku('releases:rollback', 'v4')).stderr, /Rolling back .*tide.* to v4... done, v7/)
    assert.deepEqual(await get('/apps/tide/config-vars'), { GREETING: 'hello' })
  })

  it('creates a Kafka add-on and waits for it', async () => {
    const { stdout, stderr } = await heroku('addons:create', 'heroku-kafka:basic-0')
    assert.match(stdout + stderr, /is being created in the background/)
    await heroku('kafka:wait', '--wait-interval', '1')
    const { KAFKA_PREFIX: prefix } = await get('/apps/tide/config-vars')
    const [addons, info] = await Promise.all([heroku('addons'), heroku('kafka:info')])
    assert.match(addons.stdout, /heroku-kafka .*basic-0/)
    assert.match(addons.stdout, /as KAFKA/)
    assert.match(info.stdout, /Plan: +heroku-kafka:basic-0/)
    assert.match(info.stdout, /Topics: .*0 \/ 40 topics/)
    assert.ok(info.stdout.includes(`Prefix:     ${prefix}`), info.stdout)
  })

  it('creates, changes, shows and destroys topics', async () => {
    const created = await heroku('kafka:topics:create', 'lines', '--partitions', '6')
    assert.match(created.stderr, /Creating topic lines with compaction disabled and retention time 1 day/)
    await settled()
    await heroku('kafka:topics:retention-time', 'lines', '36h')
    await heroku('kafka:topics:replication-factor', 'lines', '3')
    await heroku('kafka:topics:compaction', 'lines', 'enable')
    const [list, info] = await Promise.all([heroku('kafka:topics'), heroku('kafka:topics:info', 'lines')])
    assert.match(list.stdout, /1 \/ 40 topics/)
    assert.match(list.stdout, / lines +0\/sec/)
    assert.match(info.stdout, /Partitions: +6/)
    assert.match(info.stdout, /Compaction is enabled for lines/)
    const [{ retention_time_ms: retention, cleanup_policy: policy }] = await topicsNow()
    assert.deepEqual([retention, policy], [36 * 3_600_000, 'compact,delete'])
    await heroku('kafka:topics:destroy', 'lines', '--confirm', 'tide')
    await settled()
    assert.deepEqual(await topicsNow(), [])
  })

  it('creates, shows and destroys consumer groups', async () => {
    const { KAFKA_PREFIX: prefix } = await get('/apps/tide/config-vars')
    await heroku('kafka:consumer-groups:create', 'count')
    await settled()
    assert.deepEqual(emulator.cluster.admitted.groups, [`${prefix}count`])
    assert.match((await heroku('kafka:consumer-groups')).stdout, /count/)
    await heroku('kafka:consumer-groups:destroy', 'count', '--confirm', 'tide')
    await settled()
    assert.deepEqual(emulator.cluster.admitted.groups, [])
  })

  it('shows logs, and adds a webhook with its secret', async () => {
    const at = new Date(1_700_000_000_000)
    emulator.dynosOf('tide').log.write({ at, source: 'app', dyno: 'worker.1', text: 'counted 20000 lines' })
    const [logs, webhook] = await Promise.all([
      heroku('logs', '--num', '10'),
      heroku('webhooks:add', '--include', 'api:release', '--level', 'notify', '--url', 'http://127.0.0.1:1/hook'),
    ])
    assert.match(logs.stdout, /app\[worker\.1\]: counted 20000 lines/)
    assert.match(webhook.stdout + webhook.stderr, /[\da-f]{64}/)
    const [hook] = await get('/apps/tide/webhooks')
    assert.deepEqual([hook.include, hook.level, hook.url], [['api:release'], 'notify', 'http://127.0.0.1:1/hook'])
  })

  it('says what is wrong, and ends with another code', async () => {
    const [size, key] = await Promise.all([
      cli.run('ps:scale', 'ghost=1', '--app', 'tide'),
      cli.run('config:set', 'KAFKA_URL=elsewhere', '--app', 'tide'),
    ])
    assert.notEqual(size.code, 0)
    assert.match(size.stderr, /Couldn't find that process type/)
    assert.notEqual(key.code, 0)
    assert.match(key.stderr, /belongs to the add-on/)
  })
})
