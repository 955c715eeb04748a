import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Broker } from '../../../src/local/broker/broker.ts'
import type { KafkaCredentials } from '../../../src/local/cluster.ts'
import { kafkaConfigVars } from '../../../src/local/kafka-config-vars.ts'
import { addressFor, startTestBroker } from '../../support/broker.ts'
import { until } from '../../support/until.ts'
import { wordCountFile } from '../../support/word-count.ts'
import { good, openWire } from '../../support/wire-system.ts'
import { startWorker, type WorkerProcess } from '../../support/worker-process.ts'

const failingFile = fileURLToPath(new URL('../../fixtures/runtime/failing.ts', import.meta.url))
const crashingFile = fileURLToPath(new URL('../../fixtures/runtime/crashing.ts', import.meta.url))
const hoardingFile = fileURLToPath(new URL('../../fixtures/runtime/hoarding.ts', import.meta.url))
const prefix = 'fail-1.'
const anyTime = { cleanupPolicy: 'delete', retentionMs: null } as const

describe('a worker that cannot do its work says why', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weirkeeper-failures-'))
  const workers: WorkerProcess[] = []
  let tenant: { broker: Broker; credentials: KafkaCredentials } | undefined

  before(async () => {
    const broker = await startTestBroker()
    tenant = { broker, credentials: await broker.issueCredentials(prefix) }
    await broker.createTopic({ name: `${prefix}lines`, partitions: 2, config: anyTime })
    await broker.createTopic({ name: `${prefix}dead-lines`, partitions: 1, config: anyTime })
    await broker.createTopic({ name: `${prefix}copies`, partitions: 2, config: anyTime })
    await broker.createTopic({ name: `${prefix}word-counts`, partitions: 1, config: anyTime })
    await broker.createTopic({ name: `${prefix}crasher-by-line-repartition`, partitions: 2, config: anyTime })
    await broker.createTopic({ name: `${prefix}crasher-seen-changelog`, partitions: 2, config: anyTime })
    await broker.grantGroup(`${prefix}copier`)
    await broker.grantGroup(`${prefix}crasher`)
  })
  after(async () => {
    for (const worker of workers) await worker.kill()
    await tenant?.broker.close()
    rmSync(folder, { recursive: true, force: true })
  })

  function start(file: string, name: string, more: Record<string, string> = {}): WorkerProcess {
    const { broker, credentials } = tenant ?? assert.fail('the broker did not start')
    const worker = startWorker(file, {
      DYNO: 'worker.1',
      ...kafkaConfigVars('KAFKA', broker.addresses.basic, credentials),
      KAFKA_PREFIX: prefix,
      STREAMS_APPLICATION_ID: prefix + name,
      STREAMS_STATE_DIR: folder,
      STREAMS_COMMIT_INTERVAL_MS: '100',
      STREAMS_SESSION_TIMEOUT_MS: '6000',
      ...more,
    })
    workers.push(worker)
    return worker
  }

  async function write(...lines: readonly string[]): Promise<void> {
    const { broker, credentials } = tenant ?? assert.fail('the broker did not start')
    const client = openWire(addressFor(broker.addresses.basic, credentials))
    const sink = client.openSink()
    const topic = `${prefix}lines`
    good(await sink.prepare([topic]))
    for (const line of lines)
      sink.send({ topic, partition: 0, key: null, value: Buffer.from(line), timestamp: Date.now(), headers: [] })
    good(await sink.flush())
    await sink.close()
    await client.close()
  }

  async function readFirst(topic: string): Promise<{ value: string; headers: readonly string[] }> {
    const { broker, credentials } = tenant ?? assert.fail('the broker did not start')
    const client = openWire(addressFor(broker.addresses.basic, credentials))
    const source = client.openSource({ readCommitted: true, maxBytesPerPartition: 1024 * 1024 })
    source.assign([{ topic, partition: 0, offset: 0 }])
    const deadline = Date.now() + 60_000
    try {
      for (;;) {
        assert.ok(Date.now() < deadline, `nothing came to ${topic} within 60 s`)
        const polled = await source.poll(500, new AbortController().signal)
        const batch = polled.ok ? polled.value.batches[0] : undefined
        if (batch === undefined) continue
        const print = (bytes: Uint8Array | null) => Buffer.from(bytes ?? []).toString()
        return {
          value: print(batch.value(0)),
          headers: batch.headers(0).map(({ key, value }) => `${key}=${print(value)}`),
        }
      }
    } finally {
      await source.close()
      await client.close()
    }
  }

  const whole = ({ lines }: WorkerProcess): string => lines.join('\n')

  it('names every topic that is missing, once, and who makes it (exit 2)', async () => {
    const worker = start(wordCountFile, 'wc', { STREAMS_NUM_STREAM_THREADS: '3' })
    assert.equal(await worker.ended, 2)
    assert.equal(worker.lines.length, 1, whole(worker))
    assert.match(whole(worker), /internal topic fail-1\.wc-counts-repartition is not there: run `weir apply`/)
    assert.match(whole(worker), /internal topic fail-1\.wc-counts-changelog is not there: run `weir apply`/)
  })

  it('says what to do where the consumer group was not granted (exit 2)', async () => {
    const worker = start(failingFile, 'not-granted')
    assert.equal(await worker.ended, 2)
    assert.match(whole(worker), /consumer group fail-1\.not-granted: .* \(`weir apply` does that\)/)
  })

  it('tells all config vars that do not fit, before it connects (exit 2)', async () => {
    const worker = start(failingFile, 'copier', {
      STREAMS_NUM_STREAM_THREADS: 'two',
      STREAMS_GROUP_PROTOCOL: 'streams',
    })
    assert.equal(await worker.ended, 2)
    assert.match(whole(worker), /STREAMS_NUM_STREAM_THREADS is two: set it to a whole number/)
    assert.match(whole(worker), /STREAMS_GROUP_PROTOCOL is streams: only the classic protocol is built/)
  })

  it('tells once what is wrong with the file it is given, with its place, however many threads load it (exit 1)', async () => {
    const broken = join(folder, 'broken.ts')
    writeFileSync(
      broken,
      "import { StreamsBuilder } from 'weirkeeper'\nthrow new Error('no such table: ' + StreamsBuilder.name)\n",
    )
    const worker = start(broken, 'copier', { STREAMS_NUM_STREAM_THREADS: '2' })
    assert.equal(await worker.ended, 1)
    assert.match(worker.lines[0] ?? '', /^weir worker: Error: no such table: StreamsBuilder$/)
    assert.match(worker.lines[1] ?? '', /^ +at .*broken\.ts:2:\d+$/)
    assert.equal(worker.lines.filter((line) => line.includes('no such table')).length, 1, whole(worker))
  })

  it('strips no types at its first start where its slug was warmed up', async () => {
    const cache = { NODE_COMPILE_CACHE: join(folder, 'compiled') }
    const warming = startWorker(wordCountFile, cache, '--warm-up')
    assert.equal(await warming.ended, 0)
    assert.equal(whole(warming), '')
    const worker = start(wordCountFile, 'wc', { ...cache, NODE_DEBUG_NATIVE: 'COMPILE_CACHE' })
    assert.equal(await worker.ended, 2)
    const isOfTypes = (line: string) => /transpile cache for StrippedTypeScript/.test(line)
    assert.ok(worker.lines.some(isOfTypes), whole(worker))
    assert.deepEqual(
      worker.lines.filter((line) => isOfTypes(line) && line.includes('no transpile cache')),
      [],
    )
  })

  it('tells while a slug is warmed up what is wrong with the file (exit 1)', async () => {
    const warming = startWorker(join(folder, 'nowhere.ts'), {}, '--warm-up')
    assert.equal(await warming.ended, 1)
    assert.match(whole(warming), /^weir worker: Error \[ERR_MODULE_NOT_FOUND\]: Cannot find module .*nowhere\.ts/)
  })

  it("ends when a thread outgrows its share of the dyno's memory, and says what to do (exit 1)", async () => {
    const worker = start(hoardingFile, 'copier', { MEMORY_AVAILABLE: '200', STREAMS_NUM_STREAM_THREADS: '2' })
    assert.equal(await worker.ended, 1)
    assert.match(
      whole(worker),
      /it needed more than its share of this dyno's memory, 68 MiB of heap: use a larger dyno/,
    )
  })

  it('W7: ends with the record that broke it, having committed what came before (exit 1)', async () => {
    await write('good')
    const worker = start(failingFile, 'copier')
    await untilLogged(worker, 'joined the group', 1)
    await write('poison')
    assert.equal(await worker.ended, 1)
    const [death] = worker.logged('a stream thread died')
    assert.match(String(death?.['reason']), /processing fail-1\.lines-0 offset 1 in task 0_0 ← this line is poison/)
  })

  it('replaces a thread that died where WEIR_UNCAUGHT_EXCEPTION says so', async () => {
    const worker = start(failingFile, 'copier', { WEIR_UNCAUGHT_EXCEPTION: 'REPLACE_THREAD' })
    await untilLogged(worker, 'a stream thread died', 1)
    await untilLogged(worker, 'joined the group', 2)
    await worker.stop()
    assert.match(String(worker.logged('a stream thread died')[0]?.['answer']), /REPLACE_THREAD/)
  })

  it('ends every worker of the application where WEIR_UNCAUGHT_EXCEPTION says so (exit 1)', async () => {
    const shutsDown = { WEIR_UNCAUGHT_EXCEPTION: 'SHUTDOWN_APPLICATION', STREAMS_NUM_STREAM_THREADS: '1' }
    const [one, two] = [
      start(failingFile, 'copier', shutsDown),
      start(failingFile, 'copier', { ...shutsDown, DYNO: 'worker.2' }),
    ]
    // The poison lies on the topic still: whoever gets its partition dies, and tells the other.
    assert.deepEqual([await one.ended, await two.ended], [1, 1])
    const deaths = [one, two]
      .flatMap((worker) => worker.logged('a stream thread died'))
      .map(({ reason }) => String(reason))
    assert.ok(
      deaths.some((reason) => reason.includes('this line is poison')),
      deaths.join('\n'),
    )
    assert.ok(
      deaths.some((reason) => reason.includes('asked for the whole application to be shut down')),
      deaths.join('\n'),
    )
  })

  it('goes on past what fails where config vars name Java’s handler, and keeps it as a dead letter', async () => {
    const worker = start(failingFile, 'copier', {
      STREAMS_PROCESSING_EXCEPTION_HANDLER: 'LogAndContinueProcessingExceptionHandler',
      STREAMS_ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME: 'dead-lines',
    })
    const letter = await readFirst(`${prefix}dead-lines`)
    assert.deepEqual([letter.value, letter.headers.at(-1)], ['poison', `__streams.errors.offset=1`])
    assert.equal(await worker.stop(), 0)
  })

  it('replaces a thread that an error ended out of turn, with its stores open', async () => {
    const worker = start(crashingFile, 'crasher', { WEIR_UNCAUGHT_EXCEPTION: 'REPLACE_THREAD' })
    await untilLogged(worker, 'a stream thread died', 1)
    assert.equal(worker.logged('a stream thread died')[0]?.['reason'], 'thrown out of turn')
    const sinceItDied = () =>
      worker.lines.slice(worker.lines.findIndex((line) => line.includes('a stream thread died')))
    await until(
      () => sinceItDied().some((line) => line.includes('opened a task')),
      () => `another thread to open a task:\n${worker.lines.join('\n')}`,
      { withinMs: 60_000, everyMs: 50 },
    )
    await worker.stop()
  })
})

async function untilLogged(worker: WorkerProcess, message: string, times: number): Promise<void> {
  await until(
    () => worker.logged(message).length >= times,
    () => `${times} × "${message}":\n${worker.lines.join('\n')}`,
    { withinMs: 60_000, everyMs: 50 },
  )
}
