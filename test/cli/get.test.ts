import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { direct } from '../support/direct.ts'
import { goodManifest } from '../support/manifest.ts'

const sized = `${goodManifest}  process: { size: standard-1x }\n  scaling: { max: 2 }\n`

describe('weir get and describe --direct', () => {
  it('tell what is, and that the lag is unknown where Kafka cannot be asked', async (t) => {
    const { run } = await direct(t)
    await run('apply', sized, '--wait')

    const got = await run('get', sized)
    const described = await run('describe', sized)

    assert.match(
      got.stdout,
      /^NAME +READY +STATUS +DYNOS +TASKS +LAG +APP\nword-count +True +Converged +2\/2 +6 +unknown +my-heroku-app\n$/,
    )
    assert.match(got.stderr, /lag is unknown: .*KAFKA/)
    assert.match(described.stdout, /Group:\n {2}unknown: .+/)
    assert.match(described.stdout, /worker\.2 +up/)
    assert.deepEqual([got.code, described.code], [3, 3])
  })

  it('are not ready before it is so', async (t) => {
    const { run } = await direct(t)

    const got = await run('get', sized, '-o', 'json')

    const [{ status }] = JSON.parse(got.stdout)
    assert.deepEqual(
      status.conditions.map(({ type, status: is }: { type: string; status: string }) => `${type} ${is}`),
      [
        'Ready False',
        'Reconciling True',
        'TopicsReady False',
        'GroupReady False',
        'ConfigApplied False',
        'Scaled False',
      ],
    )
    assert.deepEqual(status.dynos, { desired: 2, cap: 6, running: 0 })
    assert.deepEqual(status.inventory, [{ kind: 'formation', app: 'my-heroku-app', type: 'worker' }])
  })
})
