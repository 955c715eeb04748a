import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { addOffsetsToTxn } from '../../../src/kafka/wire/api/add-offsets-to-txn.ts'
import { addPartitionsToTxn } from '../../../src/kafka/wire/api/add-partitions-to-txn.ts'
import type { Api } from '../../../src/kafka/wire/api/api.ts'
import { apiVersions } from '../../../src/kafka/wire/api/api-versions.ts'
import { deleteRecords } from '../../../src/kafka/wire/api/delete-records.ts'
import { endTxn } from '../../../src/kafka/wire/api/end-txn.ts'
import { fetch } from '../../../src/kafka/wire/api/fetch.ts'
import { findCoordinator } from '../../../src/kafka/wire/api/find-coordinator.ts'
import { heartbeat } from '../../../src/kafka/wire/api/heartbeat.ts'
import { initProducerId } from '../../../src/kafka/wire/api/init-producer-id.ts'
import { joinGroup } from '../../../src/kafka/wire/api/join-group.ts'
import { leaveGroup } from '../../../src/kafka/wire/api/leave-group.ts'
import { listOffsets } from '../../../src/kafka/wire/api/list-offsets.ts'
import { metadata } from '../../../src/kafka/wire/api/metadata.ts'
import { offsetCommit } from '../../../src/kafka/wire/api/offset-commit.ts'
import { offsetFetch } from '../../../src/kafka/wire/api/offset-fetch.ts'
import { produce } from '../../../src/kafka/wire/api/produce.ts'
import { syncGroup } from '../../../src/kafka/wire/api/sync-group.ts'
import { txnOffsetCommit } from '../../../src/kafka/wire/api/txn-offset-commit.ts'
import { ByteReader, MalformedBytes } from '../../../src/kafka/wire/bytes/byte-reader.ts'
import { ByteWriter } from '../../../src/kafka/wire/bytes/byte-writer.ts'
import { decodeAssignment, encodeAssignment } from '../../../src/kafka/wire/group/consumer-protocol.ts'

type Answer = Pick<Api<never, { readonly throttleMs: number }>, 'name' | 'minVersion' | 'maxVersion' | 'decode'>

const answers: readonly Answer[] = [
  addOffsetsToTxn,
  addPartitionsToTxn,
  apiVersions,
  deleteRecords,
  endTxn,
  fetch,
  findCoordinator,
  heartbeat,
  initProducerId,
  joinGroup,
  leaveGroup,
  listOffsets,
  metadata,
  offsetCommit,
  offsetFetch,
  produce,
  syncGroup,
  txnOffsetCommit,
]

describe('an answer that is not one', () => {
  for (const { name, minVersion, maxVersion, decode } of answers) {
    it(`to ${name} ends in a message, and neither in a crash nor in a loop`, () => {
      const version = fc.integer({ min: minVersion, max: maxVersion })
      // small numbers make arrays that are entered, large ones make counts that lie
      const bytes = fc.array(fc.oneof(fc.nat({ max: 4 }), fc.nat({ max: 255 })), { maxLength: 200 })
      fc.assert(
        fc.property(version, bytes, (spoken, content) => {
          try {
            decode(new ByteReader(Buffer.from(content)), spoken)
          } catch (error) {
            assert.ok(error instanceof MalformedBytes, String(error))
          }
        }),
        { numRuns: 300 },
      )
    })
  }
})

describe('requests have the bytes that kafka-clients 4.3.1 writes', () => {
  it('JoinGroup, version 9', () => {
    const bytes = written(joinGroup, 9, {
      group: 'g',
      sessionTimeoutMs: 10_000,
      rebalanceTimeoutMs: 60_000,
      memberId: '',
      instanceId: null,
      protocolType: 'consumer',
      protocols: [{ name: 'stream', metadata: Buffer.from('abc') }],
      reason: 'r',
    })
    assert.equal(bytes, '0267000027100000ea60010009636f6e73756d6572020773747265616d0461626300027200')
  })

  it('TxnOffsetCommit, version 4', () => {
    const bytes = written(txnOffsetCommit, 4, {
      transactionalId: 'tx',
      group: 'g',
      producerId: 2 ** 33,
      producerEpoch: 3,
      generation: 5,
      memberId: 'm',
      instanceId: null,
      topics: [{ name: 't', partitions: [{ partition: 1, offset: 7, metadata: 'x' }] }],
    })
    assert.equal(
      bytes,
      '03747802670000000200000000000300000005026d0002027402000000010000000000000007ffffffff0278000000',
    )
  })

  it('Fetch, version 12', () => {
    const bytes = written(fetch, 12, {
      maxWaitMs: 500,
      minBytes: 1,
      maxBytes: 1_000_000,
      readCommitted: true,
      topics: [{ name: 't', partitions: [{ partition: 2, offset: 9, leaderEpoch: 4, maxBytes: 65_536 }] }],
    })
    assert.equal(
      bytes,
      'ffffffff000001f400000001000f42400100000000ffffffff0202740200000002000000040000000000000009ffffffffffffffffffffffff000100000000010100',
    )
  })

  it('the assignment of a member, version 0 of the consumer protocol', () => {
    const assignment = {
      partitions: [
        { topic: 'a', partition: 0 },
        { topic: 'a', partition: 2 },
      ],
      userData: Buffer.from('own'),
    }
    assert.equal(
      encodeAssignment(assignment).toString('hex'),
      '000000000001000161000000020000000000000002000000036f776e',
    )
    assert.deepEqual(decodeAssignment(encodeAssignment(assignment)), assignment)
  })
})

function written<Request>(
  api: Pick<Api<Request, { readonly throttleMs: number }>, 'encode'>,
  version: number,
  request: Request,
): string {
  const writer = new ByteWriter()
  api.encode(writer, request, version)
  return Buffer.concat(writer.pieces()).toString('hex')
}
