import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { shareClusters, type SharedClusters } from '../../../src/controller/observe/share-clusters.ts'
import { FakeHeroku } from '../../../src/verify/fake-heroku.ts'
import { FakeClock } from '../../support/fake-clock.ts'

const { signal } = new AbortController()
const id = 'word-count-kafka-id'
const failure = { kind: 'unavailable', call: 'x', status: 503, said: 'maintenance' } as const

describe('shareClusters', () => {
  it('asks once for all who ask while the answer is on its way', async () => {
    const { shared, heroku } = staged()
    const answers = await Promise.all([shared.now.topics(id, signal), shared.now.topics(id, signal)])

    assert.equal(heroku.calls.length, 1)
    assert.ok(answers.every(({ ok }) => ok))
  })

  it('asks again for what is to be as it is now, and not for what may be as it was lately', async () => {
    const { shared, heroku, clock } = staged()
    await shared.now.topics(id, signal)
    await shared.now.topics(id, signal)
    assert.equal(heroku.calls.length, 2)
    clock.turn(29_999)
    await shared.lately.topics(id, signal)
    assert.equal(heroku.calls.length, 2)
    clock.turn(1)
    await shared.lately.topics(id, signal)
    assert.equal(heroku.calls.length, 3)
  })

  it('shares nothing from before a write of ours, nor what was asked while it was under way', async () => {
    const { shared, heroku } = staged()
    await shared.lately.topics(id, signal)
    const writing = shared.now.deleteTopic(id, 'lines', signal)
    const during = shared.lately.topics(id, signal)
    await Promise.all([writing, during])
    const before = heroku.calls.length
    await shared.lately.topics(id, signal)

    assert.equal(heroku.calls.length, before + 1)
  })

  it('leaves the lists of other clusters as they are, and keeps topics and groups apart', async () => {
    const { shared, heroku } = staged()
    heroku.addApp('other')
    heroku.addCluster('other')
    await shared.lately.topics('other-kafka-id', signal)
    await shared.now.deleteTopic(id, 'lines', signal)
    await shared.lately.topics('other-kafka-id', signal)
    await shared.lately.consumerGroups('other-kafka-id', signal)

    assert.deepEqual(
      heroku.calls.map(({ name }) => name),
      ['topics', 'deleteTopic', 'consumerGroups'],
    )
  })

  it('leaves a failure to whom asked, and asks once more for all who joined, however that ends', async () => {
    const { shared, heroku } = staged()
    heroku.faultAt(0, { kind: 'fails', effect: false, failure })
    const ask = () => Promise.all([1, 2, 3].map(async () => (await shared.now.topics(id, signal)).ok))
    assert.deepEqual(await ask(), [false, true, true])
    assert.equal(heroku.calls.length, 2)

    heroku.faultAt(2, { kind: 'fails', effect: false, failure })
    heroku.faultAt(3, { kind: 'fails', effect: false, failure })
    assert.deepEqual(await ask(), [false, false, false])
    assert.equal(heroku.calls.length, 4)
  })

  it('shares no failure', async () => {
    const { shared, heroku } = staged()
    heroku.faultAt(0, { kind: 'fails', effect: false, failure })

    assert.equal((await shared.lately.topics(id, signal)).ok, false)
    assert.equal((await shared.lately.topics(id, signal)).ok, true)
  })
})

function staged(): { shared: SharedClusters; heroku: FakeHeroku; clock: FakeClock } {
  const clock = new FakeClock()
  const heroku = new FakeHeroku(clock)
  heroku.addApp('word-count')
  heroku.addCluster('word-count')
  return { heroku, clock, shared: shareClusters(heroku.kafkaData, { clock, latelyMs: 30_000 }) }
}
