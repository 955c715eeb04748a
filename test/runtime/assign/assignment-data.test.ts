import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { assignMembers } from '../../../src/runtime/assign/assign-members.ts'
import { decodeAssignmentInfo, encodeAssignmentInfo } from '../../../src/runtime/assign/assignment-info.ts'
import {
  decodeSubscriptionInfo,
  encodeSubscriptionInfo,
  processIdOf,
} from '../../../src/runtime/assign/subscription-info.ts'
import { topology } from '../../fixtures/runtime/word-count.ts'

const wire = { applicationId: 'wc', topicPrefix: '' }

// Kafka's own classes (4.3.1) read the first text back as it was meant, and write the second byte for byte.
describe('what stream threads tell each other', () => {
  it('is Kafka Streams’ SubscriptionInfo, version 11', () => {
    const info = {
      processId: '00112233-4455-6677-8899-aabbccddeeff',
      tasks: [
        { id: { subtopology: 1, partition: 2 }, offsetSum: undefined },
        { id: { subtopology: 0, partition: 3 }, offsetSum: 77 },
      ],
    }
    const bytes = encodeSubscriptionInfo(info)
    assert.equal(
      Buffer.from(bytes).toString('hex'),
      [
        '0000000b0000000b',
        '00112233445566778899aabbccddeeff',
        '00000000',
        '00000002',
        '0000000100000002fffffffffffffffeffff',
        '0000000000000003000000000000004dffff',
        '00',
        '00000000',
        '00000000',
      ].join(''),
    )
    assert.deepEqual(decodeSubscriptionInfo(bytes), info)
  })

  it('is Kafka Streams’ AssignmentInfo, version 11', () => {
    const bytes = encodeAssignmentInfo([{ subtopology: 1, partition: 2 }])
    assert.equal(
      Buffer.from(bytes).toString('hex'),
      ['0000000b0000000b', '00000001', '000000010000000200000000', '00'.repeat(20), '7fffffffffffffff'].join(''),
    )
    assert.deepEqual(decodeAssignmentInfo(bytes), [{ subtopology: 1, partition: 2 }])
    assert.deepEqual(decodeAssignmentInfo(new Uint8Array()), [])
  })

  it('gives each member its own tasks, ids in the order of the sorted partitions', async () => {
    const counts = new Map([
      ['lines', 2],
      ['word-counts', 2],
      ['wc-counts-repartition', 2],
      ['wc-counts-changelog', 2],
    ])
    const member = (memberId: string) => ({
      memberId,
      topics: [],
      userData: encodeSubscriptionInfo({ processId: processIdOf('wc', memberId), tasks: [] }),
    })
    const client = { partitions: async () => ({ ok: true as const, value: counts }) }
    const assigned = await assignMembers([member('a'), member('b')], topology, wire, client)
    assert.ok(assigned.ok)
    for (const { partitions, userData } of assigned.value.values()) {
      const ids = decodeAssignmentInfo(userData)
      assert.equal(ids.length, 2)
      assert.deepEqual(
        partitions.map(({ topic }) => topic),
        partitions.map(({ topic }) => topic).toSorted(),
      )
      partitions.forEach(({ topic, partition }, index) =>
        assert.deepEqual(ids[index], { subtopology: topic === 'lines' ? 0 : 1, partition }),
      )
    }
  })
})
