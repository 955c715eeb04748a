import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { assignGroup, type AssignedGroup } from '../../../../src/runtime/assign/high-availability/assign-group.ts'
import { compareTasks } from '../../../../src/runtime/assign/high-availability/task-order.ts'

/** One line of test/java/assignor/Assignor.java: a group, and what the real classes made of it. */
interface Case {
  readonly settings: {
    readonly standbyReplicas: number
    /** Null: `Long.MAX_VALUE`. */
    readonly acceptableRecoveryLag: number | null
    readonly maxWarmupReplicas: number
    readonly rackAwareTags: readonly string[]
  }
  readonly ends: Readonly<Record<string, number>>
  readonly stateless: readonly string[]
  readonly members: readonly {
    readonly process: string
    readonly member: string
    readonly tags: Readonly<Record<string, string>>
    readonly sums: Readonly<Record<string, number>>
  }[]
  readonly probing: boolean
  /** By member: active tasks, standby tasks. */
  readonly java: Readonly<Record<string, readonly [readonly string[], readonly string[]]>>
}

const file = process.env['ASSIGNOR_GROUPS'] ?? new URL('../../../fixtures/assignor/groups.json.gz', import.meta.url)
const cases: readonly Case[] = JSON.parse(gunzipSync(readFileSync(file)).toString())

function assign({ settings, ends, stateless, members }: Case): AssignedGroup {
  return assignGroup(
    members.map(({ process: processId, member: memberId, tags, sums }) => ({
      memberId,
      processId,
      tags: new Map(Object.entries(tags)),
      offsetSums: new Map(Object.entries(sums)),
    })),
    { stateful: new Map(Object.entries(ends)), stateless },
    { ...settings, acceptableRecoveryLag: settings.acceptableRecoveryLag ?? Infinity },
  )
}

function ours(group: Case) {
  const { members, isProbingNeeded } = assign(group)
  const sorted = (tasks: readonly string[]) => tasks.toSorted(compareTasks)
  return {
    probing: isProbingNeeded,
    java: Object.fromEntries(
      [...members].map(([member, { active, standby }]) => [member, [sorted(active), sorted(standby)]]),
    ),
  }
}

describe('tasks shared among the members of a group', () => {
  it(`go to whom Kafka Streams’ own classes give them, in each of ${cases.length} random groups`, () => {
    assert.ok(cases.length >= 1000)
    cases.forEach((group, index) => {
      const { probing, java } = group
      assert.deepEqual(ours(group), { probing, java }, `group ${index}: ${JSON.stringify(group)}`)
    })
  })

  it('the groups have standbys, tags, warm-ups, and members that come, go and lag', () => {
    const having = (is: (group: Case) => boolean) => cases.filter(is).length
    assert.ok(having(({ probing }) => probing) > 200)
    assert.ok(having(({ settings }) => settings.standbyReplicas > 1) > 300)
    assert.ok(having(({ settings }) => settings.rackAwareTags.length > 0 && settings.standbyReplicas > 0) > 150)
    assert.ok(having(({ members }) => new Set(members.map((member) => member.process)).size < members.length) > 500)
    assert.ok(having(({ members }) => members.some(({ sums }) => Object.values(sums).some((sum) => sum > 0))) > 500)
  })

  it('do not depend on the order in which members are named', () => {
    // two threads of a process that tell different things of one task: the last one counts
    const clear = cases.filter((group) => !tellsTwice(group))
    assert.ok(clear.length > 1000)
    for (const group of clear) {
      const reversed = { ...group, members: group.members.toReversed() }
      assert.deepEqual(ours(reversed), ours(group))
    }
  })

  it('never have their active task and a standby on one process', () => {
    for (const group of cases) {
      const { members } = assign(group)
      for (const tasks of processesOf(group).values()) {
        const held = tasks.flatMap((member) => [
          ...(members.get(member)?.active ?? []),
          ...(members.get(member)?.standby ?? []),
        ])
        assert.equal(new Set(held).size, held.length)
      }
    }
  })
})

function tellsTwice({ members }: Case): boolean {
  const told = members.flatMap(({ process: id, sums }) => Object.keys(sums).map((task) => `${id} ${task}`))
  return new Set(told).size < told.length
}

function processesOf({ members }: Case): ReadonlyMap<string, readonly string[]> {
  const byProcess = Map.groupBy(members, (member) => member.process)
  return new Map([...byProcess].map(([id, all]) => [id, all.map(({ member }) => member)]))
}
