import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ok } from '../../../src/base/result.ts'
import { assignMembers } from '../../../src/runtime/assign/assign-members.ts'
import { decodeAssignmentInfo, encodeAssignmentInfo, noHosts } from '../../../src/runtime/assign/assignment-info.ts'
import {
  decodeSubscriptionInfo,
  encodeSubscriptionInfo,
  processIdOf,
  type TaskOffsetSum,
} from '../../../src/runtime/assign/subscription-info.ts'
import type { TopicPartition } from '../../../src/kafka/record.ts'
import { printTaskId } from '../../../src/topology/task-id.ts'
import { topology } from '../../fixtures/runtime/word-count.ts'

const wire = { applicationId: 'wc', topicPrefix: '' }
const settings = { standbyReplicas: 0, acceptableRecoveryLag: 10_000, maxWarmupReplicas: 2, rackAwareTags: [] }
const counts = new Map([
  ['lines', 2],
  ['word-counts', 2],
  ['wc-counts-repartition', 2],
  ['wc-counts-changelog', 2],
])

/** A cluster whose changelogs end at 50,000. */
const group = { committed: () => Promise.resolve(ok({ offsets: [], pending: [] })) }
const client = {
  topics: () => Promise.resolve(ok([])),
  partitions: () => Promise.resolve(ok(counts)),
  offsets: (partitions: readonly TopicPartition[]) =>
    Promise.resolve(ok(new Map(partitions.map(({ topic, partition }) => [`${topic}-${partition}`, 50_000])))),
}

const idOf = (slot: string, start = 'today') => processIdOf('wc', slot, start)
const member = (slot: string, tasks: readonly TaskOffsetSum[] = [], errorCode = 0) => ({
  memberId: slot,
  topics: [],
  userData: encodeSubscriptionInfo({
    processId: idOf(slot),
    uniqueField: 1,
    clientTags: new Map(),
    tasks,
    endPoint: `${slot}:9100`,
    errorCode,
  }),
})
const runs = (subtopology: number, partition: number): TaskOffsetSum => ({
  id: { subtopology, partition },
  offsetSum: undefined,
})

async function assign(members: readonly ReturnType<typeof member>[], standbyReplicas = 0) {
  return (await assignAndWarn(members, standbyReplicas)).assigned
}

async function assignAndWarn(members: readonly ReturnType<typeof member>[], standbyReplicas: number) {
  const warnings: string[] = []
  const leader = {
    processId: idOf(members[0]?.memberId ?? ''),
    topology,
    wire,
    client,
    group,
    settings: { ...settings, standbyReplicas },
    probingMs: 600_000,
    log: { warn: (_: object, message: string) => void warnings.push(message) },
  }
  const assigned = await assignMembers(members, leader)
  assert.ok(assigned.ok)
  const shares = [...assigned.value].map(([memberId, { partitions, userData }]) => {
    const { active, standby, nextRebalanceMs } = decodeAssignmentInfo(userData)
    return [memberId, { partitions, active, standby, nextRebalanceMs }] as const
  })
  return { assigned: new Map(shares), warnings }
}

describe('what stream threads tell each other', () => {
  it('is Kafka Streams’ SubscriptionInfo, version 11', () => {
    const info = {
      processId: '00112233-4455-6677-8899-aabbccddeeff',
      uniqueField: 7,
      clientTags: new Map([['zone', 'a']]),
      tasks: [runs(1, 2), { id: { subtopology: 0, partition: 3 }, offsetSum: 77 }],
      endPoint: 'w.1:9',
      errorCode: 4,
    }
    const bytes = encodeSubscriptionInfo(info)
    assert.equal(
      Buffer.from(bytes).toString('hex'),
      [
        '0000000b0000000b',
        '00112233445566778899aabbccddeeff',
        '00000005772e313a39',
        '00000002',
        '0000000100000002fffffffffffffffeffff',
        '0000000000000003000000000000004dffff',
        '07',
        '00000004',
        '00000001',
        '000000047a6f6e65',
        '0000000161',
      ].join(''),
    )
    assert.deepEqual(decodeSubscriptionInfo(bytes), info)
  })

  it('is Kafka Streams’ AssignmentInfo, version 11', () => {
    const info = {
      active: [{ subtopology: 1, partition: 2 }],
      standby: [{ id: { subtopology: 1, partition: 3 }, partitions: [{ topic: 'lines', partition: 3 }] }],
      nextRebalanceMs: 255,
      hosts: {
        active: [{ host: 'w.1', port: 9, partitions: [{ topic: 'lines', partition: 2 }] }],
        standby: [{ host: 'w.2', port: 8, partitions: [{ topic: 'words', partition: 3 }] }],
      },
      errorCode: 4,
    }
    const bytes = encodeAssignmentInfo(info)
    assert.equal(
      Buffer.from(bytes).toString('hex'),
      [
        '0000000b0000000b',
        '00000001',
        '000000010000000200000000',
        '00000001',
        '000000010000000300000000',
        '00000001',
        '00056c696e6573',
        '00000003',
        '00000002',
        '0000000000056c696e6573',
        '000000010005776f726473',
        '00000001',
        '0003772e31',
        '0000000900000001',
        '0000000000000002',
        '00000001',
        '0003772e32',
        '0000000800000001',
        '0000000100000003',
        '00000004',
        '00000000000000ff',
      ].join(''),
    )
    assert.deepEqual(decodeAssignmentInfo(bytes), info)
    const none = { active: [], standby: [], nextRebalanceMs: undefined, hosts: noHosts, errorCode: 0 }
    assert.deepEqual(decodeAssignmentInfo(new Uint8Array()), none)
    assert.deepEqual(decodeAssignmentInfo(encodeAssignmentInfo(none)), none)
  })
})

describe('the leader of a group', () => {
  it('gives nobody a task and everybody the order to end, where one member asks for it', async () => {
    const assigned = await assignMembers([member('a'), member('b', [], 4)], {
      processId: idOf('a'),
      topology,
      wire,
      client,
      group,
      settings,
      probingMs: 600_000,
      log: { warn: () => {} },
    })
    assert.ok(assigned.ok)
    const told = [...assigned.value].map(([memberId, { partitions, userData }]) => {
      const { active, errorCode } = decodeAssignmentInfo(userData)
      return { memberId, partitions, active, errorCode }
    })
    const nothing = { partitions: [], active: [], errorCode: 4 }
    assert.deepEqual(told, [
      { memberId: 'a', ...nothing },
      { memberId: 'b', ...nothing },
    ])
  })

  it('tells every member who has what, with where to ask', async () => {
    const members = [member('a'), member('b')]
    const assigned = await assignMembers(members, {
      processId: idOf('a'),
      topology,
      wire,
      client,
      group,
      settings: { ...settings, standbyReplicas: 1 },
      probingMs: 600_000,
      log: { warn: () => {} },
    })
    assert.ok(assigned.ok)
    const infos = [...assigned.value].map(([memberId, { partitions, userData }]) => ({
      memberId,
      partitions,
      hosts: decodeAssignmentInfo(userData).hosts,
    }))
    for (const { hosts } of infos) assert.deepEqual(hosts, infos[0]?.hosts)
    for (const { memberId, partitions } of infos) {
      const told = infos[0]?.hosts.active.find(({ host, port }) => host === memberId && port === 9100)
      const sorted = (all: readonly TopicPartition[] = []) =>
        all.map(({ topic, partition }) => `${topic}-${partition}`).toSorted()
      assert.deepEqual(sorted(told?.partitions), sorted(partitions))
    }
  })

  it('gives each member its own tasks, ids in the order of the sorted partitions', async () => {
    const assigned = await assign([member('a'), member('b')])
    for (const { partitions, active } of assigned.values()) {
      assert.equal(active.length, 2)
      assert.deepEqual(
        partitions.map(({ topic }) => topic),
        partitions.map(({ topic }) => topic).toSorted(),
      )
      partitions.forEach(({ topic, partition }, index) =>
        assert.deepEqual(active[index], { subtopology: topic === 'lines' ? 0 : 1, partition }),
      )
    }
  })

  it('spreads the stateful tasks over processes, and puts each standby on the other one', async () => {
    const assigned = [...(await assign([member('a'), member('b')], 1)).values()]
    for (const { active, standby } of assigned) {
      assert.equal(active.filter(({ subtopology }) => subtopology === 1).length, 1)
      assert.equal(standby.length, 1)
      assert.notDeepEqual(
        standby[0]?.id,
        active.find(({ subtopology }) => subtopology === 1),
      )
      assert.equal(standby[0]?.partitions[0]?.topic, 'wc-counts-repartition')
    }
  })

  it('says so where there are too few dynos for the standbys', async () => {
    const one = [member('a')]
    const [few, enough] = [await assignAndWarn(one, 1), await assignAndWarn([...one, member('b')], 1)]
    assert.deepEqual(few.warnings, ['too few dynos for the standbys that are asked for: scale up, or ask for fewer'])
    assert.deepEqual(enough.warnings, [])
    assert.deepEqual(few.assigned.get('a')?.standby, [])
  })

  it('leaves a stateful task where it runs, warms up who is to have it, and asks to be asked again', async () => {
    const assigned = await assign([member('a', [runs(1, 0), runs(1, 1)]), member('b')])
    const stateful = (name: string) =>
      (assigned.get(name)?.active ?? []).filter(({ subtopology }) => subtopology === 1).map(printTaskId)
    assert.deepEqual(stateful('a'), ['1_0', '1_1'])
    assert.equal(assigned.get('b')?.standby.length, 1)
    assert.equal(assigned.get('a')?.nextRebalanceMs, 600_000)
    assert.equal(assigned.get('b')?.nextRebalanceMs, undefined)
  })

  it('moves the task once who is to have it lacks no more than the acceptable lag', async () => {
    const warm = (offsetSum: number) =>
      [0, 1].map((partition): TaskOffsetSum => ({ id: { subtopology: 1, partition }, offsetSum }))
    const statefulOf = async (offsetSum: number) => {
      const assigned = await assign([member('a', [runs(1, 0), runs(1, 1)]), member('b', warm(offsetSum))])
      return assigned.get('b')?.active.filter(({ subtopology }) => subtopology === 1).length
    }
    assert.equal(await statefulOf(39_999), 0)
    assert.equal(await statefulOf(40_000), 1)
  })
})

describe('the process id of a dyno', () => {
  it('is of its slot: who takes a slot over stands where its predecessor stood, and is another process', () => {
    const [first, second] = [idOf('worker.1', 'monday'), idOf('worker.1', 'tuesday')]
    assert.notEqual(first, second)
    assert.equal(first.slice(0, 18), second.slice(0, 18))
    assert.notEqual(first.slice(0, 18), idOf('worker.2', 'monday').slice(0, 18))
    assert.match(first, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  })
})
