import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { parseDescription } from '../../src/topology/parse-description.ts'
import { streamTasks } from '../../src/topology/tasks.ts'
import { dynoCap, usefulSizeAtMost, usefulSizes } from '../../src/topology/useful-sizes.ts'

const described = (name: string) => {
  const result = parseDescription(readFileSync(new URL(`../fixtures/topology/${name}.txt`, import.meta.url), 'utf8'))
  assert.ok(result.ok)
  return result.value
}
const tasksOf = (name: string, partitions: Readonly<Record<string, number>>) =>
  streamTasks(described(name), { partitions: new Map(Object.entries(partitions)), matches: new Map() })

describe('stream tasks', () => {
  it('a repartition topic takes the partitions of its source, and the next sub-topology its tasks', () => {
    const tasks = tasksOf('groupby-count-repartition', { in: 6 })
    assert.deepEqual(
      [...tasks.bySubtopology],
      [
        [0, 6],
        [1, 6],
      ],
    )
    assert.equal(tasks.total, 12)
    assert.deepEqual([...tasks.repartitions], [['KSTREAM-AGGREGATE-STATE-STORE-0000000002-repartition', 6]])
  })

  it('a count that the application sets wins', () => {
    const tasks = tasksOf('repartition-named', { in: 3, 'rp-repartition': 12 })
    assert.deepEqual(
      [...tasks.bySubtopology],
      [
        [0, 3],
        [1, 12],
      ],
    )
  })

  it('a sub-topology has as many tasks as its largest source has partitions', () => {
    assert.deepEqual([...tasksOf('process-processvalues-merge-to-print', { in: 2, in2: 5 }).bySubtopology], [[0, 5]])
  })

  it('a global store makes no task', () => {
    assert.equal(tasksOf('stream-globaltable', { l: 4, g: 50 }).total, 4)
  })

  it('a repartition topic that is joined follows the topic it is joined with', () => {
    const tasks = tasksOf('stream-table-join-after-selectkey', { l: 8, r: 3 })
    assert.deepEqual(
      [...tasks.bySubtopology],
      [
        [0, 8],
        [1, 3],
      ],
    )
    assert.deepEqual(tasks.unequal, [])
  })

  it('two repartition topics that are joined both take the larger count', () => {
    const tasks = tasksOf('stream-stream-join-after-selectkey-both', { l: 8, r: 3 })
    assert.deepEqual(
      [...tasks.bySubtopology],
      [
        [0, 8],
        [1, 3],
        [2, 8],
      ],
    )
    assert.deepEqual([...tasks.repartitions.values()], [8, 8])
  })

  it('a foreign-key join counts registrations like the right table and responses like the left', () => {
    for (const name of ['fk-join', 'fk-leftjoin-named']) {
      const tasks = tasksOf(name, { l: 3, r: 5 })
      assert.deepEqual(
        [...tasks.bySubtopology],
        [
          [0, 3],
          [1, 5],
        ],
      )
      assert.deepEqual(
        [...tasks.repartitions].map(([topic, count]) => [/registration/i.test(topic), count]),
        [
          [false, 3],
          [true, 5],
        ],
      )
    }
  })

  it('what is unknown stays unknown and is named', () => {
    const tasks = tasksOf('smoketestclient-gettopology', {})
    assert.equal(tasks.total, undefined)
    assert.deepEqual(tasks.unknown, ['data', 'min', 'max', 'cnt', 'sum'])
    assert.equal(tasksOf('stream-stream-inner-join', { l: 3 }).total, undefined)
  })

  it('the smoke test on 5 partitions has 20 tasks', () => {
    assert.equal(tasksOf('smoketestclient-gettopology', { data: 5, min: 5, max: 5, cnt: 5, sum: 5 }).total, 20)
  })
})

describe('co-partitioning', () => {
  const joins: Readonly<Record<string, readonly string[]>> = {
    'stream-stream-inner-join': ['l', 'r'],
    'stream-stream-left-join': ['l', 'r'],
    'stream-stream-outer-join': ['l', 'r'],
    'stream-table-join-leftjoin': ['l', 'r'],
    'table-table-join-leftjoin-outerjoin': ['l', 'r'],
  }
  for (const [name, topics] of Object.entries(joins)) {
    it(`${name}: differing partitions are told`, () => {
      const { unequal } = tasksOf(name, { l: 3, r: 4 })
      assert.deepEqual(
        unequal.map((group) => [group.topics.toSorted(), group.isJoin]),
        [[topics, true]],
      )
    })
  }

  it('a merge asks for none', () => {
    assert.deepEqual(tasksOf('process-processvalues-merge-to-print', { in: 2, in2: 5 }).unequal, [])
  })

  it('a join of a name of its own is told as a doubt', () => {
    assert.deepEqual(
      tasksOf('stream-table-join-with-grace', { l: 2, r: 5 }).unequal.map(({ isJoin }) => isJoin),
      [false],
    )
  })
})

describe('useful dyno counts', () => {
  const cases: readonly (readonly [tasks: number, threads: number, sizes: readonly number[]])[] = [
    [7, 1, [1, 2, 3, 4, 7]],
    [12, 2, [1, 2, 3, 6]],
    [1, 4, [1]],
    [0, 1, []],
    [6, 1, [1, 2, 3, 6]],
  ]
  for (const [tasks, threads, sizes] of cases) {
    it(`${tasks} tasks on ${threads} threads a dyno: ${sizes.join(', ') || 'none'}`, () => {
      assert.deepEqual(usefulSizes(tasks, threads), sizes)
      assert.equal(dynoCap(tasks, threads), sizes.at(-1) ?? 0)
    })
  }

  it('every useful size lessens the load, and no other size does', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 8 }), (tasks, threads) => {
        const busiest = (dynos: number) => Math.ceil(tasks / (dynos * threads))
        for (let dynos = 1; dynos <= dynoCap(tasks, threads); dynos += 1) {
          assert.equal(busiest(usefulSizeAtMost(dynos, tasks, threads)), busiest(dynos))
        }
      }),
    )
  })
})
