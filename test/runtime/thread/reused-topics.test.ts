import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { serdes, StreamsBuilder } from '../../../src/index.ts'
import { CountingApp, type Running, told } from '../../support/counting-app.ts'
import { Life } from '../../support/mortal.ts'
import { until } from '../../support/until.ts'

const texts = { keySerde: serdes.string, valueSerde: serdes.string }
const exactlyOnce = { STREAMS_PROCESSING_GUARANTEE: 'exactly_once_v2' }
type Kept = 'persistent' | 'in-memory'

/** How many people live in each town. A move takes one away where they lived before: only the table knows where. */
function countHomes(store: Kept) {
  const builder = new StreamsBuilder()
  builder
    .table('lines', texts, { name: 'homes', store })
    .groupBy((person, town) => [town, person], { ...texts, name: 'counts' })
    .count({ name: 'counts', store })
    .toStream()
    .to('word-counts', { keySerde: serdes.string, valueSerde: serdes.long })
  return builder.build({ optimization: ['reuse.ktable.source.topics'] })
}

/** People who move about, the same way in every run. */
class Movers {
  readonly #app: CountingApp
  readonly #homes = new Map<string, string>()
  #moves = 0

  constructor(app: CountingApp) {
    this.#app = app
  }

  move(times: number): void {
    for (let left = times; left > 0; left -= 1) {
      const at = (this.#moves += 1)
      const person = `person ${(at * 7) % 11}`
      const town = at % 9 === 0 ? null : `town ${(at * 5) % 4}`
      if (town === null) this.#homes.delete(person)
      else this.#homes.set(person, town)
      this.#app.kafka.log.append({
        topic: 'lines',
        partition: ((at * 7) % 11) % 2,
        key: Buffer.from(person),
        value: town === null ? null : Buffer.from(town),
        timestamp: at,
        headers: [],
      })
    }
  }

  check(): void {
    const counts = new Map<string, number>()
    for (const town of this.#homes.values()) counts.set(town, (counts.get(town) ?? 0) + 1)
    assert.deepEqual(new Map([...this.#app.counts].filter(([, count]) => count !== 0)), counts)
  }
}

const open = (env: Record<string, string>, store: Kept) => new CountingApp({ env, topology: () => countHomes(store) })

/** What a worker says of the table's store, as fields. */
const restoredHomes = (running: Running) =>
  told(running, 'restored a store from its changelog').filter(({ store }) => store === 'homes')

for (const guarantee of ['at_least_once', 'exactly_once_v2'])
  for (const store of ['persistent', 'in-memory'] as const)
    describe(`a ${store} table whose topic is its changelog (${guarantee})`, () => {
      it('comes back from the topic, up to what was committed and no further', async () => {
        using app = open({ STREAMS_PROCESSING_GUARANTEE: guarantee }, store)
        const movers = new Movers(app)
        movers.move(40)
        const one = app.start(new Life(), app.newDisk())
        await app.settled()
        await one.stop()
        const committed = [0, 1].map((partition) => app.kafka.group('wc').offsets.get(`lines-${partition}`)?.offset)
        movers.move(40)
        const two = app.start(new Life(), app.newDisk())
        await app.settled()
        movers.move(10)
        await app.settled()
        await two.stop()
        movers.check()
        const ends = restoredHomes(two).map(({ task, to }) => [String(task), to] as const)
        assert.deepEqual(Object.fromEntries(ends), { '0_0': committed[0], '0_1': committed[1] })
      })
    })

describe('a table whose topic is its changelog', () => {
  it('writes nothing to the topic, and asks for no other', async () => {
    using app = open({}, 'persistent')
    new Movers(app).move(20)
    const one = app.start(new Life(), app.newDisk())
    await app.settled()
    await one.stop()
    assert.equal(app.kafka.log.all('lines').length, 20)
  })

  it('is on disk where the group is: the same dyno restores nothing', async () => {
    using app = open(exactlyOnce, 'persistent')
    const movers = new Movers(app)
    const disk = app.newDisk()
    movers.move(40)
    const one = app.start(new Life(), disk)
    await app.settled()
    await one.stop()
    movers.move(40)
    const two = app.start(new Life(), disk)
    await app.settled()
    await two.stop()
    movers.check()
    assert.deepEqual(restoredHomes(two), [])
  })

  it('is made anew where the offsets of the group were set back', async () => {
    using app = open({}, 'persistent')
    const movers = new Movers(app)
    const disk = app.newDisk()
    movers.move(40)
    const one = app.start(new Life(), disk)
    await app.settled()
    await one.stop()
    const { offsets } = app.kafka.group('wc')
    const offset = offsets.get('lines-0') ?? assert.fail('nothing was committed')
    offsets.set('lines-0', { ...offset, offset: 3 })
    const two = app.start(new Life(), disk)
    await app.settled()
    await two.stop()
    const reasons = told(two, 'threw away state that does not fit its changelog')
    assert.equal(reasons.length, 1)
    assert.ok(restoredHomes(two).some(({ to }) => to === 3))
  })

  for (const callGoesOut of [true, false])
    it(`leaves every count exact when its dyno dies at any of its calls, the call ${callGoesOut ? 'having gone out' : 'never made'}`, async () => {
      let deaths = 0
      for (let atCall = 1; ; atCall += 3) {
        using app = open({ ...exactlyOnce, STREAMS_NUM_STANDBY_REPLICAS: '1' }, 'in-memory')
        const movers = new Movers(app)
        const dying = new Life({ atCall, callGoesOut })
        const one = app.start(dying, app.newDisk(), 'worker.1')
        const two = app.start(new Life(), app.newDisk(), 'worker.2')
        movers.move(20)
        await Promise.race([dying.over, app.settled()])
        movers.move(20)
        await Promise.race([dying.over, app.settled()])
        if (!dying.isOver) {
          await Promise.all([one.stop(), two.stop()])
          break
        }
        app.kafka.group('wc').expire(1)
        const again = app.start(new Life(), app.newDisk(), 'worker.1')
        await app.settled()
        await Promise.all([again.stop(), two.stop()])
        movers.check()
        deaths += 1
      }
      assert.ok(deaths > 5, `${deaths} deaths`)
    })
})

describe('a standby of a table whose topic is its changelog', () => {
  it('follows what is committed, never beyond, and takes over with what it has', async () => {
    using app = open({ ...exactlyOnce, STREAMS_NUM_STANDBY_REPLICAS: '1' }, 'persistent')
    const movers = new Movers(app)
    const [life, other] = [new Life(), new Life()]
    movers.move(30)
    const one = app.start(life, app.newDisk(), 'worker.1')
    await app.settled()
    const two = app.start(other, app.newDisk(), 'worker.2')
    await until(() => told(two, 'opened a standby').length > 0)
    movers.move(30)
    await app.settled()
    one.thread.pause()
    two.thread.pause()
    movers.move(30) // nobody takes them: a standby must not, either
    two.thread.resume()
    const calls = other.calls
    await until(() => other.calls > calls + 50)
    life.end()
    app.kafka.group('wc').expire(1)
    await app.settled()
    await two.stop()
    movers.check()
    assert.deepEqual(told(two, 'threw away state that does not fit its changelog'), [])
  })

  it('is no different for a versioned table', async () => {
    const topology = () => {
      const builder = new StreamsBuilder()
      const homes = builder.table('lines', texts, { name: 'homes', historyRetentionMs: 1_000 })
      homes.toStream().to('word-counts')
      return builder.build({ optimization: 'all' })
    }
    using app = new CountingApp({ topology })
    const movers = new Movers(app)
    movers.move(40)
    const settled = () =>
      [0, 1].every(
        (partition) =>
          app.kafka.group('wc').offsets.get(`lines-${partition}`)?.offset ===
          app.kafka.log.end({ topic: 'lines', partition }),
      )
    const one = app.start(new Life(), app.newDisk())
    await until(settled)
    await one.stop()
    const two = app.start(new Life(), app.newDisk())
    movers.move(10)
    await until(settled)
    await two.stop()
    assert.equal(
      restoredHomes(two).reduce((sum, { records }) => sum + Number(records), 0),
      40,
    )
    assert.equal(app.kafka.log.all('word-counts').length, 50)
  })
})
