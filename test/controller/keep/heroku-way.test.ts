import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Secret } from '../../../src/base/secret.ts'
import { herokuBucket, RequestBudget } from '../../../src/controller/budget/request-budget.ts'
import { FullLooks } from '../../../src/controller/keep/full-looks.ts'
import type { HerokuWay } from '../../../src/controller/keep/heroku-way.ts'
import { keepStreamApp } from '../../../src/controller/keep/keep-stream-app.ts'
import type { Verdict } from '../../../src/controller/keep/work.ts'
import { perToken } from '../../../src/heroku/per-token.ts'
import { MemoryRecord } from '../../../src/record/memory-record.ts'
import { appsAnnotation, tokenSecretAnnotation } from '../../../src/record/namespace-binding.ts'
import { markDeleted } from '../../../src/record/object-life.ts'
import type { JsonObject } from '../../../src/record/record.ts'
import { world, type World } from '../../support/desired.ts'
import { conditionOf, keptWordCount, loadKept, storeKept } from '../../support/kept-object.ts'

const key = { kind: 'StreamApp', namespace: 'default', name: 'word-count' }
const live = new AbortController().signal

describe('a namespace that is bound', () => {
  it('to other apps has nothing done for what was declared before, and says what to do', async () => {
    const stage = await staged()
    await stage.bind({ [appsAnnotation]: 'orders' })
    const verdict = await stage.pass()
    assert.deepEqual(stage.own.heroku.calls, [])
    assert.deepEqual(verdict, { kind: 'settled', againAfterMs: 60_000 })
    const { status, reason, message } = await stage.ready()
    assert.deepEqual([status, reason], ['False', 'AppNotBound'])
    assert.match(message, /kubectl annotate namespace default/)
  })

  it('anew to the app has it done at the next look', async () => {
    const stage = await staged()
    await stage.bind({ [appsAnnotation]: 'orders' })
    await stage.pass()
    await stage.bind({ [appsAnnotation]: 'orders,word-*' })
    await stage.pass()
    assert.ok(stage.own.heroku.calls.some(({ kind }) => kind === 'write'))
  })

  it('with a token of its own is served with that one, and with no other', async () => {
    const stage = await staged()
    await stage.bind({ [tokenSecretAnnotation]: 'heroku' })
    await stage.secret('of-the-team')
    await stage.pass()
    assert.deepEqual(stage.own.heroku.calls, [])
    assert.ok(stage.theirs.heroku.calls.some(({ kind }) => kind === 'write'))
    assert.deepEqual(stage.asked, ['of-the-team'])
    await stage.pass()
    assert.deepEqual(stage.asked, ['of-the-team'], 'one way for one token')
  })

  it('with a Secret that is not there is not served with ours instead', async () => {
    const stage = await staged()
    await stage.bind({ [tokenSecretAnnotation]: 'heroku' })
    await stage.pass()
    assert.deepEqual(stage.own.heroku.calls, [])
    const { reason, message } = await stage.ready()
    assert.equal(reason, 'NamespaceTokenMissing')
    assert.match(message, /^Secret default\/heroku, which namespace default names for its Heroku token, is not there/)
  })

  it('to other apps lets a deleted StreamApp go that made nothing, and keeps one that did', async () => {
    const stage = await staged()
    await stage.bind({ [appsAnnotation]: 'orders' })
    await stage.remove({ inventory: [{ kind: 'topic', name: 'lines' }] })
    await stage.pass()
    assert.match((await stage.ready()).message, /Until then what it made stays/)
    assert.deepEqual(stage.own.heroku.calls, [])

    await stage.remove({ inventory: [] })
    await stage.pass()
    assert.equal(await loadKept(stage.record, key), undefined)
    assert.deepEqual(stage.own.heroku.calls, [])
  })
})

/** The word count, declared in `default`, beside our account and another that sees the same app. */
async function staged() {
  const [own, theirs] = [account(), account()]
  const { clock } = own
  const record = new MemoryRecord(clock)
  await storeKept(record, keptWordCount())
  const asked: string[] = []
  const withToken = perToken((token: Secret) => {
    asked.push(token.reveal())
    return wayOf(theirs)
  })
  const term = { fence: { lease: 'controller', epoch: 0 }, sinceMs: 0, signal: live, isHeld: () => true }
  const fullLooks = new FullLooks(6 * 3_600_000, () => 0.5)
  const heroku = { own: wayOf(own), withToken }
  const put = async (kind: string, namespace: string, name: string, body: JsonObject): Promise<void> => {
    await record.write([{ kind: 'put', key: { kind, namespace, name }, body, expected: 'any', actor: 'test' }])
  }
  return {
    own,
    theirs,
    record,
    asked,
    pass: (): Promise<Verdict> => keepStreamApp(key, { record, heroku, fullLooks, clock, say: () => {} }, term, live),
    ready: async () => conditionOf(await loadKept(record, key), 'Ready'),
    bind: (annotations: Readonly<Record<string, string>>) =>
      put('Namespace', '', 'default', { metadata: { name: 'default', annotations } }),
    secret: (token: string) =>
      put('Secret', 'default', 'heroku', { data: { token: Buffer.from(token).toString('base64') } }),
    remove: async (status: JsonObject) => {
      const marked = markDeleted({ ...keptWordCount(), status }, new Date(clock.now()))
      assert.ok(marked)
      await storeKept(record, marked)
    },
  }
}

function account(): World {
  const there = world()
  there.heroku.addApp('word-count')
  there.heroku.addCluster('word-count')
  return there
}

function wayOf({ around, clock }: World): HerokuWay {
  const patience = { firstMs: 250, ceilingMs: 250, withinMs: 0 }
  const reserves = { resync: 1_000, lag: 500, webhook: 200, person: 10 }
  const budget = new RequestBudget(herokuBucket, reserves, clock.now())
  return { engine: { ...around, lately: around.kafkaData, patience }, budget }
}
