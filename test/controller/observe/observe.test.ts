import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { observe, type Blindness } from '../../../src/controller/observe/observe.ts'
import type { Observed } from '../../../src/controller/observe/observed.ts'
import type { Result } from '../../../src/base/result.ts'
import { world, type World } from '../../support/desired.ts'

const live = new AbortController().signal
const target = { app: 'example-app', addon: 'KAFKA', processType: 'worker' }

function look({ around }: World, over: Partial<typeof target> = {}): Promise<Result<Observed, Blindness>> {
  return observe({ ...target, ...over }, around, live)
}

function refusalOf(seen: Result<Observed, Blindness>): string {
  assert.ok(!seen.ok && seen.error.kind === 'refusal', JSON.stringify(seen))
  return `${seen.error.refusal.reason}: ${seen.error.refusal.message}`
}

describe('observe', () => {
  it('reads names without prefix, and the prefix', async () => {
    const there = world()
    there.heroku.addTopic(there.cluster, { name: 'lines', partitions: 6, cleanupPolicy: 'delete', retentionMs: 1 })

    const seen = await look(there)

    assert.ok(seen.ok)
    assert.deepEqual(
      [seen.value.prefix, [...seen.value.topics.keys()], seen.value.shared],
      ['wisla-12345.', ['lines'], true],
    )
  })

  it('finds the cluster by the name of its attachment or of its add-on', async () => {
    const there = world()

    for (const addon of ['KAFKA', 'kafka', 'kafka-curved-12345']) assert.ok((await look(there, { addon })).ok, addon)
  })

  it('says which clusters there are when the one that is named is not', async () => {
    assert.match(
      refusalOf(await look(world(), { addon: 'OTHER' })),
      /^AddonMissing: .*say one of KAFKA in spec\.kafka\.addon/,
    )
  })

  it('says how to make a cluster when there is none', async () => {
    const there = world()
    there.heroku.addApp('bare-app')

    assert.match(
      refusalOf(await look(there, { app: 'bare-app' })),
      /^AddonMissing: .*heroku addons:create heroku-kafka:basic-0 -a bare-app --as KAFKA/,
    )
  })

  it('takes no other add-on for a cluster', async () => {
    const there = world()
    const app = there.heroku.apps.get('example-app')
    app?.attachments.push({
      name: 'DATABASE',
      addon: { id: 'x', name: 'pg' },
      plan: 'heroku-postgresql:mini',
      configVars: ['DATABASE_URL'],
    })

    assert.match(
      refusalOf(await look(there, { addon: 'DATABASE' })),
      /^AddonNotKafka: .*heroku-postgresql:mini, not a Kafka cluster/,
    )
  })

  it('waits for a cluster that is being made', async () => {
    const there = world()
    there.cluster.provisioned = false

    assert.match(refusalOf(await look(there)), /^AddonProvisioning: .*heroku kafka:wait/)
  })

  it('waits for config vars that are not set yet', async () => {
    const there = world()
    delete there.heroku.apps.get('example-app')?.configVars['KAFKA_URL']

    assert.match(refusalOf(await look(there)), /^AddonProvisioning: KAFKA_URL is not set/)
  })

  it('stops when the app is told another prefix than the cluster has', async () => {
    const there = world()
    Object.assign(there.heroku.apps.get('example-app')?.configVars ?? {}, { KAFKA_PREFIX: 'other-1.' })

    assert.match(refusalOf(await look(there)), /^PrefixUnclear: .*wisla-12345\. .*KAFKA_PREFIX=other-1\./)
  })

  it('knows no app that is not there', async () => {
    assert.match(refusalOf(await look(world(), { app: 'absent-app' })), /^AppMissing: .*heroku apps:create absent-app/)
  })

  it('hands a failure on as it is', async () => {
    const there = world()
    const failure = { kind: 'unauthorised', call: 'any' } as const
    there.heroku.faultAt(1, { kind: 'fails', failure, effect: false })

    assert.deepEqual(await look(there), { ok: false, error: { kind: 'failure', failure } })
  })

  it('reads the release only to say why a process type is missing', async () => {
    const there = world()
    await look(there)
    const without = there.heroku.calls.length

    const seen = await look(there, { processType: 'counter' })

    assert.ok(seen.ok && seen.value.release?.hasSlug === true)
    assert.deepEqual([without, there.heroku.calls.length - without], [5, 6])
  })
})
