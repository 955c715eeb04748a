import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { systemClock } from '../../../src/host/system-clock.ts'
import type { Broker } from '../../../src/local/broker/broker.ts'
import type { KafkaCredentials } from '../../../src/local/cluster.ts'
import { kafkaConfigVars } from '../../../src/local/kafka-config-vars.ts'
import { readWorkerConfig } from '../../../src/runtime/config.ts'
import { StateFolder } from '../../../src/runtime/state/task-stores.ts'
import { loadTopology } from '../../../src/runtime/thread/load-topology.ts'
import { StreamThread } from '../../../src/runtime/thread/stream-thread.ts'
import { runWorker } from '../../../src/runtime/worker.ts'
import { addressFor, startTestBroker } from '../../support/broker.ts'
import { openLmdb } from '../../support/open-lmdb.ts'
import { until } from '../../support/until.ts'
import { openWire } from '../../support/wire-system.ts'
import { WordCount, wordCountFile } from '../../support/word-count.ts'

type Line = Readonly<Record<string, unknown>>

/** Kafka Streams lets nobody probe more often than once a minute; here threads are started with a config that no config var gives. */
const probingRebalanceMs = 1_500

describe('a dyno that joins one with all the state', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weirkeeper-warm-up-'))
  const stops: (() => Promise<void>)[] = []
  let tenant: { broker: Broker; credentials: KafkaCredentials } | undefined

  before(async () => {
    const broker = await startTestBroker()
    tenant = { broker, credentials: await broker.issueCredentials('warm-1.') }
  })
  after(async () => {
    // where the test failed they still run
    for (const stop of stops) await stop()
    await tenant?.broker.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('warms up first, and takes its tasks over at a probing rebalance, with nothing left to restore', async () => {
    const { broker } = tenant ?? assert.fail('the broker did not start')
    await using app = await WordCount.open(broker, 'warm-1.')
    const one = await start('worker.1')
    await app.feed(2_000)
    await app.settle(60_000)
    const two = await start('worker.2')
    await until(
      () => two.told('opened a task').some(isOfCounts),
      () => `a task that was warmed up: ${two.lines.map((line) => JSON.stringify(line)).join('\n')}`,
      { withinMs: 45_000, everyMs: 50 },
    )

    const taken = two.told('opened a task').filter(isOfCounts)
    const warmedUp = two.told('opened a standby').map(({ task }) => task)
    for (const { task, wasStandby, missing } of taken) {
      assert.ok(warmedUp.includes(task), `${String(task)} of ${warmedUp.join(', ')}`)
      assert.deepEqual([wasStandby, missing], [true, 0])
    }
    await app.feed(400)
    await app.settle(60_000)
    await Promise.all([one.stop(), two.stop()])
    assert.deepEqual(app.counts, app.expected)
  })

  async function start(dyno: string) {
    const { broker, credentials } = tenant ?? assert.fail('the broker did not start')
    const read = readWorkerConfig({
      DYNO: dyno,
      ...kafkaConfigVars('KAFKA', broker.addresses.basic, credentials),
      KAFKA_PREFIX: 'warm-1.',
      STREAMS_APPLICATION_ID: 'warm-1.wc',
      STREAMS_PROCESSING_GUARANTEE: 'exactly_once_v2',
      STREAMS_HEARTBEAT_INTERVAL_MS: '500',
      STREAMS_ACCEPTABLE_RECOVERY_LAG: '0',
    })
    assert.ok(read.ok)
    const config = { ...read.value.config, probingRebalanceMs }
    const lines: (Line & { readonly message: string })[] = []
    const say = (fields: Line, message: string): void => void lines.push({ ...fields, message })
    const thread = new StreamThread({
      number: 1,
      start: dyno,
      config,
      topology: await loadTopology(wordCountFile),
      client: openWire(addressFor(broker.addresses.basic, credentials)),
      folder: new StateFolder({
        stateDir: join(folder, dyno),
        applicationId: 'warm-1.wc',
        era: 'today',
        thread: 1,
        openDisk: openLmdb,
      }),
      clock: systemClock,
      log: { info: say, warn: say, error: say },
    })
    const stopping = new AbortController()
    const ended = runWorker(thread, systemClock, stopping.signal)
    const stop = () => {
      stopping.abort()
      return ended
    }
    stops.push(stop)
    return { lines, told: (message: string) => lines.filter((line) => line.message === message), stop }
  }
})

const isOfCounts = ({ task }: Line): boolean => String(task).startsWith('1_')
