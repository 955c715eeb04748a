import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { showLook } from '../../src/cli/refresh.ts'
import { weir } from '../support/cli.ts'
import { direct } from '../support/direct.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { goodManifest } from '../support/manifest.ts'

describe('weir lag and top', () => {
  it('say that the lag is unknown where Kafka cannot be asked, and exit 3', async (t) => {
    const { run } = await direct(t)
    await run('apply', `${goodManifest}  process: { size: standard-1x }\n`, '--wait')
    const lag = await run('lag', goodManifest)
    assert.deepEqual([lag.code, lag.stdout], [3, ''])
    assert.match(lag.stderr, /lag is unknown: .*KAFKA/)
    assert.deepEqual(JSON.parse((await run('lag', goodManifest, '-o', 'json')).stdout), [
      { name: 'word-count', lag: 'unknown' },
    ])
    const top = await run('top', goodManifest)
    assert.equal(top.code, 3)
    assert.match(top.stdout, /^NAME +READY +DYNOS +TASKS +GROUP +MEMBERS +LAG\nword-count +True +6\/6 +6 +unknown/)
    assert.match(top.stdout, /^my-heroku-app +worker\.6 +up +v\d+$/m)
  })

  it('are worked out here, and say so', async () => {
    assert.match((await weir(['lag'])).stderr, /no control plane is named/)
    assert.match((await weir(['lag', '-f', 'x.yaml'])).stderr, /a manifest is worked out here .*: add --direct/)
  })

  for (const isTty of [true, false]) {
    it(`look again every two seconds ${isTty ? 'in the same place of a terminal' : 'one under the other elsewhere'}`, async () => {
      const clock = new FakeClock()
      const stop = new AbortController()
      let text = ''
      const stdout = { isTty, columns: 80, hasColour: false, write: (more: string) => void (text += more) }
      const around = {
        env: {},
        cwd: '/',
        stdin: () => Promise.resolve(Buffer.alloc(0)),
        stdout,
        stderr: stdout,
        signal: stop.signal,
      }
      let looks = 0
      const look = () => {
        looks += 1
        if (looks === 3) stop.abort()
        return Promise.resolve({ code: 0 as const, text: `look ${looks}\n` })
      }
      const shown = showLook(look, true, { around, clock: { now: () => clock.now(), sleep: () => Promise.resolve() } })
      assert.equal(await shown, 0)
      const erase = isTty ? '\u001B[H\u001B[J' : ''
      assert.equal(text, [1, 2, 3].map((count) => `${erase}look ${count}\n`).join(isTty ? '' : '\n'))
    })
  }
})
