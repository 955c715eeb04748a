import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { CountingApp } from '../../support/counting-app.ts'
import { Life, type Death } from '../../support/mortal.ts'

const exactlyOnce = { STREAMS_PROCESSING_GUARANTEE: 'exactly_once_v2' }
const lines = ['a b a', 'b c', 'a', 'c c d', 'a d']

/** A process dies at one of its calls; another, under the same name, carries on. Returns how many calls the first made. */
async function dieAndCarryOn(app: CountingApp, death: Death, second: (firstDisk: string) => string): Promise<boolean> {
  app.feed(...lines)
  const first = new Life(death)
  const disk = app.newDisk()
  app.start(first, disk)
  await Promise.race([first.over, app.settled()])
  if (!first.isOver) return false
  app.feed(...lines)
  const group = app.kafka.group('wc')
  group.expireAll()
  const again = app.start(new Life(), second(disk))
  await app.settled()
  await again.stop()
  return true
}

describe('a stream thread that dies at any of its calls', () => {
  for (const callGoesOut of [true, false])
    it(`exactly once: leaves every count exact, the call ${callGoesOut ? 'having gone out' : 'never made'}`, async () => {
      let deaths = 0
      for (let atCall = 1; ; atCall += 1) {
        using app = new CountingApp({ env: exactlyOnce })
        if (!(await dieAndCarryOn(app, { atCall, callGoesOut }, () => app.newDisk()))) break
        assert.deepEqual(app.counts, app.expected, `death at call ${atCall}`)
        deaths += 1
      }
      assert.ok(deaths > 10, `${deaths} deaths`)
    })

  it('W1: commits no line that still waits for its turn', async () => {
    for (let atCall = 8; atCall < 40; atCall += 1) {
      let nowMs = 0
      // Each look at this clock takes so long that a turn is over long before the lines are.
      const clock = { now: () => (nowMs += 30), sleep: () => setImmediate() }
      using app = new CountingApp({ env: exactlyOnce, clock })
      app.feed(...Array.from({ length: 1500 }, (_, index) => `w${index % 9}`))
      if (!(await dieAndCarryOn(app, { atCall, callGoesOut: true }, () => app.newDisk()))) break
      assert.deepEqual(app.counts, app.expected, `death at call ${atCall}`)
    }
  })

  it('at least once: leaves no line uncounted', async () => {
    for (let atCall = 1; ; atCall += 1) {
      using app = new CountingApp()
      if (!(await dieAndCarryOn(app, { atCall, callGoesOut: true }, () => app.newDisk()))) break
      for (const [word, count] of app.expected)
        assert.ok((app.counts.get(word) ?? 0) >= count, `${word} after a death at call ${atCall}`)
    }
  })
})

describe('a stream thread in trouble', () => {
  it('starts over without a commit when the group went on without it, and counts nothing twice', async () => {
    using app = new CountingApp({ env: exactlyOnce })
    app.feed(...lines)
    const running = app.start(new Life(), app.newDisk())
    await app.settled()
    app.kafka.group('wc').expireAll()
    app.feed(...lines)
    await app.settled()
    await running.stop()
    assert.deepEqual(app.counts, app.expected)
    assert.ok(running.log.some((line) => line.startsWith('lost the place in the group')))
  })

  it('goes on at what is there when records were gone before it read them, and says so', async () => {
    using app = new CountingApp()
    app.feed(...lines)
    const first = app.start(new Life(), app.newDisk())
    await app.settled()
    await first.stop()
    app.feed('lost', 'b', 'c')
    app.kafka.log.deleteBefore(
      { topic: 'lines', partition: 0 },
      app.kafka.log.end({ topic: 'lines', partition: 0 }) - 1,
    )
    const second = app.start(new Life(), app.newDisk())
    await app.settled()
    await second.stop()
    app.expected.delete('lost')
    assert.deepEqual(app.counts, app.expected)
    assert.ok(second.log.some((line) => line.startsWith('records were gone before they were read')))
  })
})

describe('a stream thread that is stopped', () => {
  it('leaves every count exact, at least once, too: everything is committed', async () => {
    using app = new CountingApp({ store: 'persistent' })
    app.feed(...lines)
    const first = app.start(new Life(), app.newDisk())
    await app.settled()
    await first.stop()
    app.feed(...lines)
    const second = app.start(new Life(), app.newDisk())
    await app.settled()
    await second.stop()
    assert.deepEqual(app.counts, app.expected)
    assert.ok(second.log.some((line) => line.startsWith('restored a store')))
  })

  it('finds its state on the disk again, and reads nothing from the changelog', async () => {
    using app = new CountingApp({ store: 'persistent' })
    const disk = app.newDisk()
    app.feed(...lines)
    const first = app.start(new Life(), disk)
    await app.settled()
    await first.stop()
    app.feed(...lines)
    const second = app.start(new Life(), disk)
    await app.settled()
    await second.stop()
    assert.deepEqual(app.counts, app.expected)
    assert.ok(!second.log.some((line) => line.startsWith('restored a store')))
  })

  it('shares its tasks with a second one, and neither loses a line', async () => {
    using app = new CountingApp()
    app.feed(...lines)
    const first = app.start(new Life(), app.newDisk())
    await app.settled()
    const second = app.start(new Life(), app.newDisk(), 'worker.2')
    app.feed(...lines, ...lines)
    await app.settled()
    await first.stop()
    app.feed(...lines)
    await app.settled()
    await second.stop()
    assert.deepEqual(app.counts, app.expected)
    assert.ok(second.log.some((line) => line.startsWith('opened a task')))
  })
})
