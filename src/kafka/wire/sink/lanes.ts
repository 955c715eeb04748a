import type { OutgoingRecord } from '../../record.ts'
import { partitionForKey } from '../../murmur2.ts'
import { Lane } from './lane.ts'
import type { LaneOptions } from './lane.ts'

interface Topic {
  readonly partitions: number
  readonly lanes: Map<number, Lane>
  /** Where records without a key go for now. */
  keylessTo: number
}

/** How many bytes without a key stay together: whole batches compress and travel better than crumbs in every partition. */
const keylessRunBytes = 16 * 1024

/** The lane of each partition, and which one a record takes. */
export class Lanes {
  readonly #options: LaneOptions
  readonly #topics = new Map<string, Topic>()
  #all: readonly Lane[] = []
  #keylessBytes = 0

  constructor(options: LaneOptions) {
    this.#options = options
  }

  get all(): readonly Lane[] {
    return this.#all
  }

  get pendingBytes(): number {
    return this.#all.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  }

  /** Nothing is under way. */
  get areQuiet(): boolean {
    return this.#all.every(({ underWay }) => underWay === 0)
  }

  knows(topic: string): boolean {
    return this.#topics.has(topic)
  }

  partitions(topic: string): number | undefined {
    return this.#topics.get(topic)?.partitions
  }

  learn(topic: string, partitions: number): void {
    this.#topics.set(topic, { partitions, lanes: new Map(), keylessTo: 0 })
  }

  laneFor(record: OutgoingRecord): Lane {
    const topic = this.#topics.get(record.topic)
    if (topic === undefined) throw new Error(`topic ${record.topic} was not prepared before sending to it`)
    const partition = record.partition ?? this.#choose(topic, record)
    return topic.lanes.get(partition) ?? this.#open(topic, record.topic, partition)
  }

  /** Kafka's own choice: by the key's hash, or for a while the same partition where there is no key (KIP-480, KIP-794). */
  #choose(topic: Topic, { key: own, partitionKey, value }: OutgoingRecord): number {
    const key = partitionKey ?? own
    if (key !== null) return partitionForKey(key, topic.partitions)
    this.#keylessBytes += value?.length ?? 0
    if (this.#keylessBytes > keylessRunBytes) {
      this.#keylessBytes = 0
      topic.keylessTo = (topic.keylessTo + 1) % topic.partitions
    }
    return topic.keylessTo
  }

  #open(topic: Topic, name: string, partition: number): Lane {
    if (partition < 0 || partition >= topic.partitions) {
      throw new Error(`topic ${name} has ${topic.partitions} partitions: there is no partition ${partition}`)
    }
    const lane = new Lane({ topic: name, partition }, this.#options)
    topic.lanes.set(partition, lane)
    this.#all = [...this.#all, lane]
    return lane
  }
}
