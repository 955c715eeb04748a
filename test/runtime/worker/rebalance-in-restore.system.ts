import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before as beforeAll, describe, it } from 'node:test'
import type { RecordSink, TransactionalSink } from '../../../src/kafka/record-sink.ts'
import type { Broker } from '../../../src/local/broker/broker.ts'
import { startTestBroker } from '../../support/broker.ts'
import { until } from '../../support/until.ts'
import { good } from '../../support/wire-system.ts'
import { WordCount } from '../../support/word-count.ts'
import type { WorkerProcess } from '../../support/worker-process.ts'

const settings = {
  STREAMS_PROCESSING_GUARANTEE: 'exactly_once_v2',
  STREAMS_COMMIT_INTERVAL_MS: '100',
  WEIR_METRICS_LOG_SECONDS: '1',
}
const partitions = [0, 1, 2, 3]
const countTasks = partitions.map((partition) => `1_${partition}`)
/** Records of each changelog before the gate, and behind it. */
const [before, behind] = [5_000, 500]

describe('workers that restore, while the group changes', () => {
  let started: Broker | undefined
  const broker = (): Broker => started ?? assert.fail('the broker did not start')
  const disks: string[] = []

  beforeAll(async () => {
    started = await startTestBroker()
  })
  after(async () => {
    await started?.close()
    for (const disk of disks) await rm(disk, { recursive: true, force: true })
  })

  const disk = async (): Promise<string> => {
    const folder = await mkdtemp(join(tmpdir(), 'weirkeeper-restoring-'))
    disks.push(folder)
    return folder
  }

  it('share the tasks with one that joins, and with one that is killed and comes back: all go on where they were', async () => {
    await using app = await WordCount.open(broker(), 'restoring-1.', settings)
    await counted(app)
    const gate = await closeGate(app)
    const one = await app.start('worker.1', { STREAMS_STATE_DIR: await disk() })
    await standAtGate(one, (tasks) => tasks.length === 4)

    const disk2 = await disk()
    const two = await app.start('worker.2', { STREAMS_STATE_DIR: disk2 })
    const had = await standAtGate(two, (tasks) => tasks.length > 0)
    await two.kill()
    const again = await app.start('worker.2', { STREAMS_STATE_DIR: disk2 })
    await standAtGate(again, (tasks) => tasks.length > 0)
    await standAtGate(one, (tasks) => tasks.length > 0)
    const missing = new Map(again.logged('opened a task').map(({ task, missing: records }) => [task, records]))
    // The order of slots gives it the same tasks again, and its disk has them up to the gate.
    assert.deepEqual(
      had.map((task) => missing.get(task)),
      had.map(() => behind + 1),
    )

    good(await gate.abort())
    await gate.close()
    await app.feed(400)
    await app.settle(60_000)
    assert.deepEqual(app.counts, app.expected)
    noTaskIsTwice([one, two, again])
    const stayed = countTasks.filter(
      (task) => one.logged('opened a task').filter((line) => line['task'] === task).length === 1,
    )
    const restored = one
      .logged('restored a store from its changelog')
      .filter(({ task }) => stayed.includes(String(task)))
    for (const { from } of restored) assert.equal(from, 0)
  })
})

/** 400 lines, and nobody is there. */
async function counted(app: WordCount): Promise<void> {
  const worker = await app.start('worker.1')
  await app.feed(400)
  await app.settle(60_000)
  await worker.stop()
}

/**
 * Makes the changelogs longer, with a transaction in them that is open: a restore comes up to there and no further, until
 * that one ends. So it is in the middle for as long as somebody wants.
 */
async function closeGate(app: WordCount): Promise<TransactionalSink> {
  const topic = `${app.prefix}wc-counts-changelog`
  const sink = app.client.openSink()
  good(await sink.prepare([topic]))
  await write(sink, topic, before)
  const gate = app.client.openTransactionalSink({
    transactionalId: `${app.prefix}gate`,
    groupId: `${app.prefix}wc`,
    timeoutMs: 300_000,
  })
  good(await gate.open())
  good(await gate.prepare([topic]))
  await write(gate, topic, 1)
  await write(sink, topic, behind)
  await sink.close()
  return gate
}

/** Counts of words that no line has. */
async function write(sink: RecordSink, topic: string, records: number): Promise<void> {
  const value = Buffer.alloc(8)
  value.writeBigInt64BE(1n)
  for (const partition of partitions)
    for (let index = 0; index < records; index += 1)
      sink.send({ topic, partition, key: Buffer.from(`none-${index}`), value, timestamp: Date.now(), headers: [] })
  good(await sink.flush())
}

/** Until all its tasks with a store have come to the gate, and are as many as wanted: their names. */
async function standAtGate(
  worker: WorkerProcess,
  areEnough: (tasks: readonly string[]) => boolean,
): Promise<readonly string[]> {
  return until(
    () => {
      const left = remaining(worker)
      const areThere = [...left.values()].every((records) => records === behind + 1)
      return areThere && areEnough([...left.keys()]) && [...left.keys()]
    },
    () => `all at the gate: ${JSON.stringify([...remaining(worker)])}\n${worker.lines.join('\n')}`,
    { withinMs: 50_000, everyMs: 50 },
  )
}

/** By task, as the last metrics of a worker say it. */
function remaining(worker: WorkerProcess): ReadonlyMap<string, number> {
  const left = 'restore-remaining-records-total'
  const rows: unknown = worker.logged('metrics').at(-1)?.['stream-task-metrics']
  if (!Array.isArray(rows)) return new Map()
  const of = (row: object, name: string): unknown => Reflect.get(row, name)
  return new Map(
    rows
      .filter((row) => typeof row === 'object' && row !== null)
      .filter((row) => countTasks.includes(String(of(row, 'task-id'))) && of(row, left) !== undefined)
      .map((row) => [String(of(row, 'task-id')), Number(of(row, left))]),
  )
}

/** In no generation were two members given the same task. */
function noTaskIsTwice(workers: readonly WorkerProcess[]): void {
  const joins = workers.flatMap((worker) => worker.logged('joined the group'))
  for (const [generation, members] of Map.groupBy(joins, (fields) => fields['generation'])) {
    const tasks = members.flatMap((fields) => (Array.isArray(fields['tasks']) ? fields['tasks'].map(String) : []))
    assert.deepEqual(tasks.toSorted(), [...new Set(tasks)].toSorted(), `generation ${String(generation)}`)
  }
}
