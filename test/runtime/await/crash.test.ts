import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CountingApp, countAwaiting } from '../../support/counting-app.ts'
import { Life } from '../../support/mortal.ts'

const exactlyOnce = { STREAMS_PROCESSING_GUARANTEE: 'exactly_once_v2' }
const lines = ['a b a', 'b c', 'a', 'c c d', 'a d', 'd b b a']

/** A process dies at one of its calls; another carries on. False: it got through before that. */
async function dieAndCarryOn(app: CountingApp, atCall: number): Promise<boolean> {
  app.feed(...lines)
  const first = new Life({ atCall, callGoesOut: true })
  app.start(first, app.newDisk())
  await Promise.race([first.over, app.settled()])
  if (!first.isOver) return false
  app.feed(...lines)
  app.kafka.group('wc').expireAll()
  const again = app.start(new Life(), app.newDisk())
  await app.settled()
  await again.stop()
  return true
}

describe('a stream thread that awaits and dies at any of its calls', () => {
  for (const order of ['key', 'partition', 'none'] as const)
    it(`exactly once (${order}): leaves every count exact`, async () => {
      let deaths = 0
      for (let atCall = 1; ; atCall += atCall < 12 ? 1 : 4) {
        using app = new CountingApp({ env: exactlyOnce, topology: () => countAwaiting(order) })
        if (!(await dieAndCarryOn(app, atCall))) break
        assert.deepEqual(app.counts, app.expected, `death at call ${atCall}`)
        deaths += 1
      }
      assert.ok(deaths > 10, `${deaths} deaths`)
    })

  it('at least once: loses nothing, since no offset is committed before its calls have ended', async () => {
    for (let atCall = 1; ; atCall += atCall < 12 ? 1 : 4) {
      using app = new CountingApp({ topology: () => countAwaiting('none') })
      if (!(await dieAndCarryOn(app, atCall))) break
      for (const [word, count] of app.expected)
        assert.ok((app.counts.get(word) ?? 0) >= count, `${word} after a death at call ${atCall}`)
    }
  })
})

describe('a stream thread that awaits', () => {
  it('finishes what is in flight when it is stopped, and when the group changes', async () => {
    using app = new CountingApp({ topology: () => countAwaiting('key') })
    app.feed(...lines)
    const first = app.start(new Life(), app.newDisk())
    await app.settled()
    app.feed(...lines)
    const second = app.start(new Life(), app.newDisk(), 'worker.2')
    app.feed(...lines)
    await app.settled()
    await first.stop()
    app.feed(...lines)
    await app.settled()
    await second.stop()
    assert.deepEqual(app.counts, app.expected)
  })
})
