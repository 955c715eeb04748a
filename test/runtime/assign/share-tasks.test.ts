import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { shareTasks, type ThreadOfGroup } from '../../../src/runtime/assign/share-tasks.ts'

const taskName = fc.tuple(fc.nat(3), fc.nat(12)).map(([subtopology, partition]) => `${subtopology}_${partition}`)
const tasks = fc.uniqueArray(taskName, { maxLength: 40 })
const group = fc
  .uniqueArray(fc.tuple(fc.nat(4), fc.nat(99)), { minLength: 1, maxLength: 9, selector: ([, id]) => id })
  .chain((ids) =>
    fc.tuple(
      ...ids.map(([process, id]) =>
        fc.record({
          memberId: fc.constant(`member-${id}`),
          processId: fc.constant(`process-${process}`),
          owned: fc.uniqueArray(taskName, { maxLength: 12 }),
          stored: fc.uniqueArray(taskName, { maxLength: 12 }),
        }),
      ),
    ),
  )

describe('sharing tasks among stream threads', () => {
  it('A1 A2: gives every task to exactly one thread, and no thread two more than another', () => {
    fc.assert(
      fc.property(group, tasks, (members, all) => {
        const shares = [...shareTasks(members, all).values()]
        assert.deepEqual(shares.flat().toSorted(), all.toSorted())
        const sizes = shares.map(({ length }) => length)
        assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1, sizes.join())
        assert.equal(shares.length, members.length)
      }),
    )
  })

  it('A3: a second sharing among the same threads moves nothing', () => {
    fc.assert(
      fc.property(group, tasks, (members, all) => {
        const first = shareTasks(members, all)
        const again = shareTasks(own(members, first), all)
        assert.deepEqual(sortedShares(again), sortedShares(first))
      }),
    )
  })

  it('A3: when a thread comes, no task moves between those that were there', () => {
    fc.assert(
      fc.property(group, tasks, (members, all) => {
        const before = shareTasks(members, all)
        const newcomer = { memberId: 'zz-new', processId: 'process-9', owned: [], stored: [] }
        const after = shareTasks([...own(members, before), newcomer], all)
        for (const [memberId, share] of after)
          if (memberId !== 'zz-new')
            for (const task of share) assert.ok(before.get(memberId)?.includes(task), `${task} moved to ${memberId}`)
      }),
    )
  })

  it('A4: the order of members and tasks changes nothing', () => {
    fc.assert(
      fc.property(group, tasks, (members, all) => {
        const once = shareTasks(members, all)
        const other = shareTasks(members.toReversed(), all.toReversed())
        assert.deepEqual(sortedShares(other), sortedShares(once))
      }),
    )
  })

  it('brings a task back to the process that has its state', () => {
    const thread = (id: string, stored: readonly string[]): ThreadOfGroup => ({
      memberId: id,
      processId: id,
      owned: [],
      stored,
    })
    const shares = shareTasks([thread('a', []), thread('b', ['0_0']), thread('c', [])], ['0_0', '0_1', '0_2'])
    assert.deepEqual(shares.get('b'), ['0_0'])
  })
})

function own(
  members: readonly ThreadOfGroup[],
  shares: ReadonlyMap<string, readonly string[]>,
): readonly ThreadOfGroup[] {
  return members.map((member) => ({ ...member, owned: shares.get(member.memberId) ?? [] }))
}

function sortedShares(shares: ReadonlyMap<string, readonly string[]>) {
  return [...shares]
    .map(([memberId, share]) => [memberId, share.toSorted()] as const)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
}
