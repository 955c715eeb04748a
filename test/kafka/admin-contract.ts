import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { KafkaAdmin, KafkaAnswer } from '../../src/kafka/admin.ts'
import { totalLag } from '../../src/kafka/admin.ts'

/** A cluster in which a tenant of a basic plan has the prefix `yukon-12345.`; `admin` looks with its credentials. */
export interface AdminWorld {
  readonly admin: KafkaAdmin
  createTopic(name: string, partitions: number): Promise<void>
  grantGroup(id: string): Promise<void>
  produce(topic: string, partition: number, count: number): Promise<void>
  commit(group: string, topic: string, partition: number, offset: number): Promise<void>
  /** A member of the group that stays until the returned function is called. */
  join(group: string, topic: string, clientId: string): Promise<() => Promise<void>>
}

const signal = new AbortController().signal

/** What every adapter of `KafkaAdmin` must do. Each test uses names of its own. */
export function kafkaAdminContract(world: () => AdminWorld): void {
  it('counts the partitions of topics that are there, and leaves out the missing and the foreign', async () => {
    await world().createTopic('yukon-12345.counted', 6)
    await world().createTopic('columbia-1.foreign', 2)

    const counts = valueOf(
      await world().admin.partitions(['yukon-12345.counted', 'yukon-12345.missing', 'columbia-1.foreign'], signal),
    )

    assert.deepEqual([...counts], [['yukon-12345.counted', 6]])
  })

  it('tells the lag from the committed offset, and what is unknown is not zero', async () => {
    await world().createTopic('yukon-12345.lagging', 3)
    await world().grantGroup('yukon-12345.readers')
    await world().produce('yukon-12345.lagging', 0, 5)
    await world().produce('yukon-12345.lagging', 1, 2)
    await world().commit('yukon-12345.readers', 'yukon-12345.lagging', 0, 3)

    const lag = valueOf(await world().admin.lag('yukon-12345.readers', ['yukon-12345.lagging', 'gone'], signal))

    const topic = 'yukon-12345.lagging'
    assert.deepEqual(lag, [
      { topic, partition: 0, committed: 3, records: 2 },
      { topic, partition: 1, committed: null, records: 'unknown' },
      { topic, partition: 2, committed: null, records: 0 },
    ])
    assert.equal(totalLag(lag), 'unknown')
    assert.equal(totalLag(lag.filter(({ partition }) => partition !== 1)), 2)
  })

  it('describes a group: nobody at first, then its members with client id and host', async () => {
    await world().createTopic('yukon-12345.joined', 1)
    await world().grantGroup('yukon-12345.workers')
    const before = valueOf(await world().admin.group('yukon-12345.workers', signal))
    const leave = await world().join('yukon-12345.workers', 'yukon-12345.joined', 'worker.1')
    const during = valueOf(await world().admin.group('yukon-12345.workers', signal))
    await leave()

    assert.deepEqual(before, { state: 'Dead', members: [] })
    assert.equal(during.state, 'Stable')
    assert.deepEqual(
      during.members.map(({ clientId }) => clientId),
      ['worker.1'],
    )
    assert.match(during.members[0]?.host ?? '', /127\.0\.0\.1/)
  })

  it('answers other calls while it is refused one', async () => {
    await world().createTopic('yukon-12345.beside', 1)

    const [refused, answered] = await Promise.all([
      world().admin.group('yukon-12345.never-granted', signal),
      world().admin.partitions(['yukon-12345.beside'], signal),
    ])

    assert.equal(refused.kind, 'unauthorised')
    assert.deepEqual([...valueOf(answered)], [['yukon-12345.beside', 1]])
  })

  it('says that a group which nobody granted is refused, and what to do', async () => {
    const answer = await world().admin.group('yukon-12345.never-granted', signal)

    if (answer.kind !== 'unauthorised') assert.fail(answer.kind)
    assert.match(answer.message, /yukon-12345\.never-granted.*weir apply/)
  })
}

function valueOf<T>(answer: KafkaAnswer<T>): T {
  if (answer.kind !== 'answer') assert.fail(answer.message)
  return answer.value
}
