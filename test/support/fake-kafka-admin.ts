import {
  recordsWaiting,
  type GroupDescription,
  type GroupMember,
  type KafkaAdmin,
  type KafkaAnswer,
  type KafkaFailure,
  type PartitionLag,
} from '../../src/kafka/admin.ts'

interface FakeGroup {
  readonly members: GroupMember[]
  readonly committed: Map<string, number>
}

/**
 * Kafka in memory, as a tenant of a basic plan sees it: only what carries the
 * prefix is there, and only granted groups answer. `failWith` makes every call fail.
 */
export class FakeKafkaAdmin implements KafkaAdmin {
  readonly #prefix: string
  /** End offset of each partition, by topic. */
  readonly #topics = new Map<string, number[]>()
  readonly #groups = new Map<string, FakeGroup>()
  #failure: KafkaFailure | undefined

  constructor(prefix: string) {
    this.#prefix = prefix
  }

  createTopic(name: string, partitions: number): void {
    this.#topics.set(
      name,
      Array.from({ length: partitions }, () => 0),
    )
  }

  grantGroup(id: string): void {
    this.#groups.set(id, { members: [], committed: new Map() })
  }

  produce(topic: string, partition: number, count: number): void {
    const ends = this.#topics.get(topic)
    if (ends === undefined) throw new Error(`no topic ${topic}`)
    ends[partition] = (ends[partition] ?? 0) + count
  }

  commit(group: string, topic: string, partition: number, offset: number): void {
    this.#group(group).committed.set(`${topic} ${partition}`, offset)
  }

  join(group: string, member: GroupMember): void {
    this.#group(group).members.push(member)
  }

  leave(group: string, memberId: string): void {
    const { members } = this.#group(group)
    const index = members.findIndex(({ id }) => id === memberId)
    if (index >= 0) members.splice(index, 1)
  }

  failWith(failure: KafkaFailure | undefined): void {
    this.#failure = failure
  }

  partitions(topics: readonly string[]): Promise<KafkaAnswer<ReadonlyMap<string, number>>> {
    return this.#answer(() => new Map(this.#seen(topics).map(([name, ends]) => [name, ends.length])))
  }

  group(id: string): Promise<KafkaAnswer<GroupDescription>> {
    return this.#answerAbout(id, ({ members, committed }) => {
      const left = committed.size > 0 ? 'Empty' : 'Dead'
      return { state: members.length > 0 ? 'Stable' : left, members: [...members] }
    })
  }

  lag(group: string, topics: readonly string[]): Promise<KafkaAnswer<readonly PartitionLag[]>> {
    return this.#answerAbout(group, (found) =>
      this.#seen(topics)
        .flatMap(([topic, ends]) =>
          ends.map((end, partition) => {
            const committed = found.committed.get(`${topic} ${partition}`) ?? null
            return { topic, partition, committed, records: recordsWaiting(committed, 0, end) }
          }),
        )
        .toSorted((a, b) => a.topic.localeCompare(b.topic) || a.partition - b.partition),
    )
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  #group(id: string): FakeGroup {
    const group = this.#groups.get(id)
    if (group === undefined) throw new Error(`no group ${id}: grant it first`)
    return group
  }

  #seen(topics: readonly string[]): readonly (readonly [string, readonly number[]])[] {
    return [...this.#topics].filter(([name]) => topics.includes(name) && name.startsWith(this.#prefix))
  }

  #answer<T>(value: () => T): Promise<KafkaAnswer<T>> {
    return Promise.resolve(this.#failure ?? { kind: 'answer', value: value() })
  }

  #answerAbout<T>(id: string, value: (group: FakeGroup) => T): Promise<KafkaAnswer<T>> {
    const group = this.#groups.get(id)
    if (this.#failure === undefined && group === undefined) {
      return Promise.resolve({ kind: 'unauthorised', message: `group ${id} was not created: run weir apply` })
    }
    return this.#answer(() => value(this.#group(id)))
  }
}
