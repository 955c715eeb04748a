import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { answerRequest } from '../../../src/runtime/query/answer-request.ts'
import { CountingApp } from '../../support/counting-app.ts'
import { Life } from '../../support/mortal.ts'
import { watch } from '../../support/watched-app.ts'
import { until } from '../../support/until.ts'

const lines = ['a b a', 'b c', 'a', 'c c d', 'a d']

/** One dyno that has counted, looked at once. */
async function counted(app: CountingApp) {
  app.feed(...lines)
  const running = app.start(new Life(), app.newDisk())
  await app.settled()
  const { served, look } = watch(running)
  look()
  return { running, look, ask: (path: string) => answerRequest(served, path) }
}

describe('a worker that is asked', () => {
  for (const store of ['persistent', 'in-memory'] as const)
    it(`tells the value of a key of its ${store} store, and its time, through the serdes of the topology`, async () => {
      using app = new CountingApp({ store })
      const { running, ask } = await counted(app)
      for (const [word, count] of app.expected) {
        const { status, body } = await ask(`/stores/counts/${word}`)
        assert.equal(status, 200)
        const { key, value, role, lag } = Object(body)
        assert.deepEqual({ key, value, role, lag }, { key: word, value: count, role: 'active', lag: 0 })
      }
      assert.equal((await ask('/stores/counts/nothing')).status, 404)
      await running.stop()
    })

  it('sees what is not committed yet, and what only the cache knows', async () => {
    using app = new CountingApp({ env: { STREAMS_COMMIT_INTERVAL_MS: '600000' } })
    app.feed(...lines)
    const running = app.start(new Life(), app.newDisk())
    const { served, look } = watch(running)
    const seen = async () => {
      look()
      return Object((await answerRequest(served, '/stores/counts/a')).body).value
    }
    // what is repartitioned is seen once it was sent
    await until(async () => (await seen()) === app.expected.get('a'), 'the whole count')
    assert.equal(app.kafka.log.all('word-counts').length, 0)
    await running.stop()
    assert.deepEqual(new Map(app.counts), app.expected)
  })

  it('tells a range in the order of the keys of each task, both bounds included, up to a limit', async () => {
    using app = new CountingApp()
    const { running, ask } = await counted(app)
    const range = async (query: string) => {
      const { status, body } = await ask(`/stores/counts${query}`)
      assert.equal(status, 200, JSON.stringify(body))
      const { entries, isCut } = Object(body)
      assert.ok(Array.isArray(entries))
      return { isCut, keys: entries.map((entry: { key: string }) => entry.key).toSorted() }
    }
    assert.deepEqual(await range(''), { isCut: false, keys: ['a', 'b', 'c', 'd'] })
    assert.deepEqual(await range('?from=b&to=c'), { isCut: false, keys: ['b', 'c'] })
    assert.equal((await range('?limit=2')).keys.length, 2)
    assert.equal((await range('?limit=2')).isCut, true)
    await running.stop()
  })

  it('lists its stores with tasks, roles and lag, and finds the dyno of a key', async () => {
    using app = new CountingApp()
    const { running, ask } = await counted(app)
    const { stores } = Object((await ask('/stores')).body)
    const ready = { role: 'active', thread: 1, isReady: true, lag: 0 }
    const tasks = [
      { task: '1_0', ...ready },
      { task: '1_1', ...ready },
    ]
    const sorted = Object(stores)[0].tasks.toSorted((one: { task: string }, other: { task: string }) =>
      one.task < other.task ? -1 : 1,
    )
    assert.deepEqual([Object(stores)[0].name, sorted], ['counts', tasks])
    const { body } = await ask('/metadata?store=counts&key=a')
    const { partition, task, active } = Object(body)
    assert.deepEqual([task, active], [`1_${partition}`, 'worker.1'])
    await running.stop()
  })

  it('finds a key in tasks that came after it began, for a topic that fits a pattern', async () => {
    using app = new CountingApp()
    app.feed(...lines)
    const running = app.start(new Life(), app.newDisk())
    await app.settled()
    const { served, look } = watch(running)
    look()
    const stores = new Map([...served.stores].map(([name, store]) => [name, { ...store, partitions: 0 }]))
    for (const [word, count] of app.expected) {
      const { body } = await answerRequest({ ...served, stores }, `/stores/counts/${word}`)
      assert.equal(Object(body).value, count)
    }
    await running.stop()
  })

  it('answers mistakes with what to do', async () => {
    using app = new CountingApp()
    const { running, ask } = await counted(app)
    for (const [path, status, says] of [
      ['/stores/none', 400, /no store "none": it has counts/],
      ['/stores/counts/a?serde=avro', 400, /use string, long/],
      ['/stores/counts/a?serde=constructor', 400, /use string, long/],
      ['/stores/counts/x?serde=long', 400, /x is not a whole number/],
      ['/stores/counts?limit=0', 400, /use 1 to 1000/],
      ['/stores/counts/%E0%A4%A', 400, /URI malformed/],
      ['/metadata?store=counts', 400, /key is missing/],
      ['/other', 404, /try \/metrics/],
    ] as const) {
      const reply = await ask(path)
      assert.equal(reply.status, status, path)
      assert.match(Object(reply.body).error, says)
    }
    await running.stop()
  })

  it('has a standby’s state only for who asks for stale reads, with its lag; and knows the owner', async () => {
    using app = new CountingApp({ env: { STREAMS_NUM_STANDBY_REPLICAS: '1' } })
    app.feed(...lines)
    const one = app.start(new Life(), app.newDisk(), 'worker.1')
    await app.settled()
    const two = app.start(new Life(), app.newDisk(), 'worker.2')
    const watched = { 'worker.1': watch(one, 'worker.1'), 'worker.2': watch(two, 'worker.2') }
    const look = () => {
      for (const { look: lookAt } of Object.values(watched)) lookAt()
    }
    const roles = (dyno: keyof typeof watched) => {
      look()
      return watched[dyno].served.board.reports
        .flatMap(({ tasks }) => tasks)
        .filter(({ stores }) => stores.includes('counts'))
    }
    const isEven = (dyno: keyof typeof watched) =>
      roles(dyno)
        .map(({ role }) => role)
        .toSorted()
        .join() === 'active,standby'
    await until(() => isEven('worker.1') && isEven('worker.2'))
    await until(() =>
      [...roles('worker.1'), ...roles('worker.2')].every(({ remaining, isReady }) => isReady && remaining === 0),
    )
    for (const [word, count] of app.expected) {
      const { body } = await answerRequest(watched['worker.1'].served, `/metadata?store=counts&key=${word}`)
      const { active, standbys } = Object(body)
      const [owner, other] =
        active === 'worker.1' ? (['worker.1', 'worker.2'] as const) : (['worker.2', 'worker.1'] as const)
      assert.deepEqual([active, standbys], [owner, [other]])
      assert.equal(Object((await answerRequest(watched[owner].served, `/stores/counts/${word}`)).body).value, count)
      const refused = await answerRequest(watched[other].served, `/stores/counts/${word}`)
      assert.equal(refused.status, 421)
      assert.match(Object(refused.body).error, /only a standby here/)
      const stale = Object((await answerRequest(watched[other].served, `/stores/counts/${word}?stale=true`)).body)
      assert.deepEqual([stale.role, typeof stale.lag, stale.value], ['standby', 'number', count])
    }
    await one.stop()
    await two.stop()
  })

  it('says that a task is being restored, and answers then only who asks for stale reads', async () => {
    using app = new CountingApp({ store: 'in-memory' })
    const first = await counted(app)
    await first.running.stop()
    const read = app.kafka.log.read.bind(app.kafka.log)
    // the changelog does not come while it is to be restored
    app.kafka.log.read = (partition, from, readCommitted) =>
      partition.topic === 'wc-counts-changelog' ? { records: [], next: from } : read(partition, from, readCommitted)
    const running = app.start(new Life(), app.newDisk())
    const { served, look } = watch(running)
    await until(() => {
      look()
      return served.board.reports.some(({ tasks }) =>
        tasks.some(({ stores, isReady }) => stores.includes('counts') && !isReady),
      )
    })
    const refused = await answerRequest(served, '/stores/counts/a')
    assert.equal(refused.status, 503)
    assert.match(Object(refused.body).error, /is being restored, \d+ records to go/)
    const stale = await answerRequest(served, '/stores/counts/a?stale=true')
    assert.equal(stale.status, 404)
    assert.ok(Object(stale.body).lag > 0)
    app.kafka.log.read = read
    await until(() => {
      look()
      return served.board.state === 'RUNNING'
    })
    assert.equal(Object((await answerRequest(served, '/stores/counts/a')).body).value, app.expected.get('a'))
    await running.stop()
  })

  it('says which thread gave no answer in time', async () => {
    using app = new CountingApp()
    const { running } = await counted(app)
    const { served, look } = watch(running)
    look()
    served.lines.opened(1, () => {})
    const reply = await answerRequest(served, '/stores/counts/a')
    assert.equal(reply.status, 504)
    assert.match(Object(reply.body).error, /stream threads 1 did not answer in time/)
    await running.stop()
  })
})
