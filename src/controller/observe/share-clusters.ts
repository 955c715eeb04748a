import type { Clock } from '../../base/clock.ts'
import type { KafkaData } from '../../heroku/kafka-data.ts'

/** One cluster's topics and groups, read once for all who ask at about the same time. */
export interface SharedClusters {
  /** As they are now: whoever asks while a read is under way gets that one's answer. */
  readonly now: KafkaData
  /** As they were at most so long ago, and never from before a write of ours. */
  readonly lately: KafkaData
}

interface Read {
  readonly startedMs: number
  readonly answer: Promise<{ readonly ok: boolean }>
  isUnderWay: boolean
}

/**
 * Fifty StreamApps on one cluster ask for the same lists. A read is shared by all who join while it is under way, and
 * for `lately` also afterwards. One that failed is its asker's alone: the others ask once more, together. One that a write
 * of ours may have overtaken is shared by nobody who comes later.
 */
export function shareClusters(
  kafkaData: KafkaData,
  { clock, latelyMs }: { readonly clock: Clock; readonly latelyMs: number },
): SharedClusters {
  const reads = new Map<string, Read>()

  const begin = <T extends { readonly ok: boolean }>(id: string, ask: () => Promise<T>): Promise<T> => {
    const answer = ask()
    const made: Read = { startedMs: clock.now(), answer, isUnderWay: true }
    reads.set(id, made)
    const ends = (isGood: boolean): void => {
      made.isUnderWay = false
      if (!isGood && reads.get(id) === made) reads.delete(id)
    }
    void answer.then(
      ({ ok }) => ends(ok),
      () => ends(false),
    )
    return answer
  }
  const join = <T extends { readonly ok: boolean }>(id: string, ageMs: number): Promise<T> | undefined => {
    const known = reads.get(id)
    const isShared = known !== undefined && (known.isUnderWay || clock.now() - known.startedMs < ageMs)
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- one id is always asked for the same
    return isShared ? (known.answer as Promise<T>) : undefined
  }
  const read = <T extends { readonly ok: boolean }>(id: string, ageMs: number, ask: () => Promise<T>): Promise<T> => {
    const joined = join<T>(id, ageMs)
    if (joined === undefined) return begin(id, ask)
    // The first of those who joined a read that failed begins another, which the rest take as it is.
    const again = (): Promise<T> => join<T>(id, ageMs) ?? begin(id, ask)
    return joined.then((answer) => (answer.ok ? answer : again()), again)
  }

  const forget = (addonId: string): void => {
    for (const list of lists) reads.delete(`${list} ${addonId}`)
  }
  const write = async <T>(addonId: string, ask: () => Promise<T>): Promise<T> => {
    forget(addonId)
    try {
      return await ask()
    } finally {
      forget(addonId)
    }
  }

  const upTo = (ageMs: number): KafkaData => ({
    cluster: (id, signal) => read(`cluster ${id}`, ageMs, () => kafkaData.cluster(id, signal)),
    topics: (id, signal) => read(`topics ${id}`, ageMs, () => kafkaData.topics(id, signal)),
    consumerGroups: (id, signal) => read(`groups ${id}`, ageMs, () => kafkaData.consumerGroups(id, signal)),
    createTopic: (id, topic, signal) => write(id, () => kafkaData.createTopic(id, topic, signal)),
    configureTopic: (id, topic, signal) => write(id, () => kafkaData.configureTopic(id, topic, signal)),
    deleteTopic: (id, name, signal) => write(id, () => kafkaData.deleteTopic(id, name, signal)),
    createConsumerGroup: (id, name, signal) => write(id, () => kafkaData.createConsumerGroup(id, name, signal)),
    deleteConsumerGroup: (id, name, signal) => write(id, () => kafkaData.deleteConsumerGroup(id, name, signal)),
  })
  return { now: upTo(0), lately: upTo(latelyMs) }
}

const lists = ['cluster', 'topics', 'groups']
