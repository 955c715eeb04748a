import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Broker } from '../../../src/local/broker/broker.ts'
import { startTestBroker } from '../../support/broker.ts'
import { openCollector } from '../../support/otlp-collector.ts'
import { until } from '../../support/until.ts'
import { WordCount } from '../../support/word-count.ts'
import type { WorkerProcess } from '../../support/worker-process.ts'

const env = {
  WEIR_METRICS_PORT: '0',
  WEIR_METRICS_LOG_SECONDS: '1',
  STREAMS_NUM_STREAM_THREADS: '2',
  STREAMS_NUM_STANDBY_REPLICAS: '1',
  STREAMS_ACCEPTABLE_RECOVERY_LAG: '0',
  STREAMS_COMMIT_INTERVAL_MS: '100',
  OTEL_METRIC_EXPORT_INTERVAL: '500',
}

const patience = { withinMs: 40_000, everyMs: 100 }

/** It was given a task of the sub-topology that holds the store. */
function countsSomething(worker: WorkerProcess): boolean {
  return worker
    .logged('joined the group')
    .some(({ tasks }) => Array.isArray(tasks) && tasks.some((task) => String(task).startsWith('1_')))
}

const portOf = (worker: WorkerProcess) =>
  until(() => worker.logged('serving metrics and stores')[0]?.['port'], 'a port', patience)

async function ask(worker: WorkerProcess, path: string, method = 'GET') {
  const response = await fetch(`http://127.0.0.1:${String(await portOf(worker))}${path}`, { method })
  const text = await response.text()
  const isJson = response.headers.get('content-type') === 'application/json'
  return { status: response.status, text, body: isJson ? Object(JSON.parse(text)) : undefined }
}

/** Each of its two threads is told, and says so. */
async function pauseAndResume(worker: WorkerProcess): Promise<void> {
  for (const [path, says] of [
    ['/pause', 'paused'],
    ['/resume', 'resumed'],
  ] as const) {
    assert.equal((await ask(worker, path, 'POST')).body.isPaused, path === '/pause')
    await until(() => worker.logged(says).length === 2, `two threads ${says}`, patience)
  }
}

describe('two dynos that are asked over HTTP', () => {
  let started: Broker | undefined
  const broker = (): Broker => started ?? assert.fail('the broker did not start')

  before(async () => {
    started = await startTestBroker()
  })
  after(() => started?.close())

  it('have metrics, every key at its owner, and the same at its standby for who takes stale reads', async () => {
    await using collector = await openCollector()
    const pushed = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint }
    await using app = await WordCount.open(broker(), 'asked-1.', { ...env, ...pushed })
    const dynos: Readonly<Record<string, WorkerProcess>> = {
      'worker.1': await app.start('worker.1'),
      'worker.2': await app.start('worker.2'),
    }
    const [one] = Object.values(dynos)
    assert.ok(one !== undefined)
    // Before there is state: afterwards a task moves only at a probing rebalance, ten minutes later.
    const sharesCounts = () => Promise.resolve(Object.values(dynos).every(countsSomething) ? true : undefined)
    await until(sharesCounts, 'counting tasks on both dynos', patience)
    await app.feed(400)
    await app.settle(60_000)
    const keys = [...app.expected]
    await until(
      async () => {
        const places = await Promise.all(keys.map(([key]) => ask(one, `/metadata?store=counts&key=${key}`)))
        const areTwice = places.every(({ body }) => body.active !== null && body.standbys.length === 1)
        return areTwice && new Set(places.map(({ body }) => body.active)).size === 2 ? true : undefined
      },
      'every key with an owner and a standby, on two dynos',
      patience,
    )
    for (const [key, count] of keys) {
      const place = await until(
        async () => {
          const { body } = await ask(one, `/metadata?store=counts&key=${key}`)
          const owner = dynos[body.active]
          const answer = owner === undefined ? undefined : await ask(owner, `/stores/counts/${key}`)
          return answer?.status === 200 ? { body, answer } : undefined
        },
        `an owner of ${key}`,
        patience,
      )
      assert.deepEqual([place.answer.body.value, place.answer.body.role, place.answer.body.lag], [count, 'active', 0])
      const standby = dynos[place.body.standbys[0]]
      assert.ok(standby !== undefined)
      assert.equal((await ask(standby, `/stores/counts/${key}`)).status, 421)
      await until(
        async () => {
          const { body } = await ask(standby, `/stores/counts/${key}?stale=true`)
          return body.role === 'standby' && body.value === count && typeof body.lag === 'number' ? true : undefined
        },
        `${key} at its standby`,
        patience,
      )
    }
    const { text: metrics } = await ask(one, '/metrics')
    assert.match(metrics, /^kafka_streams_stream_metrics_client_state\{.*\} 2$/m)
    assert.match(metrics, /^kafka_streams_stream_metrics_alive_stream_threads\{.*\} 2$/m)
    assert.match(metrics, /^kafka_streams_stream_thread_metrics_process_total\{thread_id=".*-StreamThread-1"\} [1-9]/m)
    const isOfThreads = (line: Readonly<Record<string, unknown>>) => Array.isArray(line['stream-thread-metrics'])
    // a line may be older than what is asked for
    await until(() => one.logged('metrics').find(isOfThreads), 'a line with metrics of threads', patience)
    await pauseAndResume(one)
    for (const [dyno, worker] of Object.entries(dynos)) {
      assert.equal(await worker.stop(), 0)
      // each pushes at the end, and before that while its threads ran
      const own = collector.received.filter(({ body }) => body.includes(`{"stringValue":"${dyno}"}`))
      assert.ok(own.some(({ body }) => body.includes('kafka_streams_stream_thread_metrics_process_total')))
      assert.match(own.at(-1)?.body ?? '', /"NOT_RUNNING"/)
    }
  })
})
