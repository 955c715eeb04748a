import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import { after, before, describe, it } from 'node:test'
import type { Broker } from '../../../src/local/broker/broker.ts'
import { startTestBroker } from '../../support/broker.ts'
import { WordCount } from '../../support/word-count.ts'
import type { WorkerProcess } from '../../support/worker-process.ts'

const exactlyOnce = { STREAMS_PROCESSING_GUARANTEE: 'exactly_once_v2', STREAMS_NUM_STREAM_THREADS: '2' }
const stuckFile = fileURLToPath(new URL('../../fixtures/runtime/stuck.ts', import.meta.url))

const overQuota =
  'memory is above the quota of this dyno: use a larger dyno or more of them, fewer threads, ' +
  'or persistent stores instead of in-memory ones'

/** SIGTERM, and SIGKILL after 30 s, as Heroku does it. How it ended, and whether by itself. */
async function stopAsHerokuDoes(worker: WorkerProcess) {
  let isByItself = true
  const kill = setTimeout(() => {
    isByItself = false
    void worker.kill()
  }, 30_000)
  const code = await worker.stop()
  clearTimeout(kill)
  return { code, isByItself }
}

describe('a worker that is told to stop at the worst of times', () => {
  let started: Broker | undefined
  const broker = (): Broker => started ?? assert.fail('the broker did not start')

  before(async () => {
    started = await startTestBroker()
  })
  after(() => started?.close())

  it('ends by itself within 30 s where no broker answers and where user code does not return, and loses nothing', async () => {
    await using app = await WordCount.open(broker(), 'term-1.', exactlyOnce)
    await using other = await WordCount.open(broker(), 'term-2.', { MEMORY_AVAILABLE: '40' }, stuckFile)
    const [one, stuck] = [await app.start('worker.1'), await other.start('worker.1')]
    await other.feed(1)
    await app.feed(3_000)
    await app.readUntil(() => (app.counts.get('every') ?? 0) > 500 && stuck.lines.includes('stuck'), 60_000)
    process.kill(broker().pid, 'SIGSTOP')
    const [silent, hanging] = await Promise.all([stopAsHerokuDoes(one), stopAsHerokuDoes(stuck)])
    process.kill(broker().pid, 'SIGCONT')
    assert.deepEqual([silent.isByItself, hanging.isByItself], [true, true], one.lines.slice(-5).join('\n'))
    assert.equal(stuck.logged('some threads did not stop in time: what they had open is read again').length, 1)
    assert.notEqual(hanging.code, 0)
    // a dyno that small is above its quota as soon as it is looked at, after 10 s
    const [over] = stuck.logged(overQuota)
    assert.ok(Number(over?.['usedMiB']) > 40, stuck.lines.join('\n'))
    await app.start('worker.1')
    await app.settle(60_000)
    assert.deepEqual(app.counts, app.expected)
  })
})
