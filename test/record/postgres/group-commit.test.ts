import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { GroupCommit } from '../../../src/record/postgres/group-commit.ts'

describe('GroupCommit', () => {
  it('puts what is asked for during one transaction into the next, and answers each with its own', async () => {
    const groups: (readonly number[])[] = []
    const commits = new GroupCommit((items: readonly number[]) => {
      groups.push(items)
      return Promise.resolve(items.map((item) => item * 10))
    })

    const answers = await Promise.all([commits.add([1]), commits.add([2, 3]), commits.add([4])])
    assert.deepEqual(answers, [[10], [20, 30], [40]])
    assert.deepEqual(groups, [[1, 2, 3, 4]])
  })

  it('serves whoever comes the moment a run ends', async () => {
    const commits = new GroupCommit((items: readonly number[]) => Promise.resolve(items))
    for (let turn = 0; turn < 10; turn += 1) assert.deepEqual(await commits.add([turn]), [turn])
  })

  it('tells everybody in a failed transaction, and goes on with the next', async () => {
    let isDown = true
    const commits = new GroupCommit((items: readonly number[]) =>
      isDown ? Promise.reject(new Error('down')) : Promise.resolve(items),
    )
    const failed = await Promise.allSettled([commits.add([1]), commits.add([2])])
    assert.deepEqual(
      failed.map(({ status }) => status),
      ['rejected', 'rejected'],
    )

    isDown = false
    assert.deepEqual(await commits.add([3]), [3])
  })
  it('lets nobody fail for what another brought, and goes on in order', async () => {
    const tried: (readonly string[])[] = []
    const commits = new GroupCommit(
      (items: readonly string[]) => {
        tried.push(items)
        return items.includes('bad') ? Promise.reject(new RangeError('bad')) : Promise.resolve(items)
      },
      (cause) => cause instanceof RangeError,
    )
    const answers = await Promise.allSettled([commits.add(['a']), commits.add(['b', 'bad']), commits.add(['c'])])
    assert.deepEqual(
      answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : answer.status)),
      [['a'], 'rejected', ['c']],
    )
    assert.deepEqual(tried, [['a', 'b', 'bad', 'c'], ['a'], ['b', 'bad'], ['c']])
  })
})
