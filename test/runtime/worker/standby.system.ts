import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Broker } from '../../../src/local/broker/broker.ts'
import { startTestBroker } from '../../support/broker.ts'
import { WordCount } from '../../support/word-count.ts'
import type { WorkerProcess } from '../../support/worker-process.ts'

const withStandbys = {
  STREAMS_PROCESSING_GUARANTEE: 'exactly_once_v2',
  STREAMS_NUM_STANDBY_REPLICAS: '1',
  STREAMS_NUM_STREAM_THREADS: '2',
  // every word goes to the changelog: what a restore would read is long
  STREAMS_STATESTORE_CACHE_MAX_BYTES: '0',
  STREAMS_ACCEPTABLE_RECOVERY_LAG: '0',
}

describe('dynos with a standby each', () => {
  let started: Broker | undefined
  const broker = (): Broker => started ?? assert.fail('the broker did not start')

  before(async () => {
    started = await startTestBroker()
  })
  after(() => started?.close())

  it('lose one to kill -9: the other has its state already, restores next to nothing, and every count is exact', async () => {
    await using app = await WordCount.open(broker(), 'standby-1.', withStandbys)
    const workers = { 'worker.1': await app.start('worker.1'), 'worker.2': await app.start('worker.2') }
    await app.feed(4_000)
    const areShared = () => areTwice(rolesOf(workers['worker.1']), rolesOf(workers['worker.2']))
    await app.readUntil(() => app.counts.get('every') === 4_000 && areShared(), 60_000)
    const [name, other] = withMost(workers['worker.1'], workers['worker.2'])
      ? (['worker.1', 'worker.2'] as const)
      : (['worker.2', 'worker.1'] as const)
    const [one, two] = [workers[name], workers[other]]
    const feeding = app.feed(4_000)
    await app.readUntil(() => (app.counts.get('every') ?? 0) > 5_000, 60_000)
    const lost = rolesOf(one).active
    await one.kill()
    await app.start(name)
    await feeding
    await app.feed(1_000)
    await app.settle(60_000)
    assert.deepEqual(app.counts, app.expected)
    const taken = two.logged('opened a task').filter(({ wasStandby }) => wasStandby === true)
    assert.deepEqual(taken.map(({ task }) => String(task)).toSorted(), lost.toSorted())
    const restored = sum(two.logged('restored a store from its changelog').filter(isOf(taken)), 'records')
    const logged = await app.lengthOfChangelogs()
    assert.ok(restored < logged / 20, `${restored} of ${logged} records restored`)
  })
})

/** Stateful tasks by role, as the threads of a worker last joined with. */
function rolesOf(worker: WorkerProcess) {
  const last = new Map(worker.logged('joined the group').map((fields) => [fields['thread'], fields]))
  const named = (field: string) => [...last.values()].flatMap((fields) => list(fields[field]))
  return { active: named('tasks').filter((task) => task.startsWith('1_')), standby: named('standbys') }
}

type Roles = ReturnType<typeof rolesOf>

/** Each stateful task is active on one of the two and a standby on the other. */
function areTwice(one: Roles, two: Roles): boolean {
  const all = ['1_0', '1_1', '1_2', '1_3']
  const whole = ({ active, standby }: Roles): boolean => isSame([...active, ...standby], all)
  return whole(one) && whole(two) && isSame(one.active, two.standby)
}

const isSame = (tasks: readonly string[], others: readonly string[]): boolean =>
  tasks.toSorted().join(' ') === others.toSorted().join(' ')

const withMost = (one: WorkerProcess, two: WorkerProcess): boolean =>
  rolesOf(one).active.length >= rolesOf(two).active.length

const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])

type Fields = Readonly<Record<string, unknown>>

const isOf = (opened: readonly Fields[]) => (fields: Fields) =>
  opened.some(({ task, time }) => task === fields['task'] && String(fields['time']) >= String(time))

const sum = (lines: readonly Fields[], field: string): number =>
  lines.reduce((total, fields) => total + Number(fields[field]), 0)
