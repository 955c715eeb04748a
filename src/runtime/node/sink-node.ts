import { TopicCount } from '../metrics/topic-count.ts'
import type { StreamPartitioner, TopicNameExtractor } from '../graph/node-factory.ts'
import type { OutgoingRecord } from '../../kafka/record.ts'
import type { Serde } from '../serde/serde.ts'
import { toBytes } from '../serde/serde.ts'
import { RunningNode } from './running-node.ts'

/** Serializes and sends. Partitions are chosen by Kafka's default partitioner unless the sink has its own. */
export class SinkNode<K, V> extends RunningNode<never, never> {
  readonly #name: string
  readonly #topic: string | TopicNameExtractor<K, V>
  readonly #keySerde: Serde<K>
  readonly #valueSerde: Serde<V>
  #count = new TopicCount('', '')
  readonly #partitioner: StreamPartitioner<K, V> | undefined
  readonly #innerKey: ((key: K) => Uint8Array) | undefined

  constructor(sink: {
    readonly name: string
    readonly topic: string | TopicNameExtractor<K, V>
    readonly keySerde: Serde<K>
    readonly valueSerde: Serde<V>
    readonly partitioner: StreamPartitioner<K, V> | undefined
  }) {
    super()
    this.#name = sink.name
    this.#topic = sink.topic
    this.#keySerde = sink.keySerde
    this.#valueSerde = sink.valueSerde
    this.#partitioner = sink.partitioner
    const { keySerde } = sink
    this.#innerKey =
      'partitionKey' in keySerde ? (key) => keySerde.partitionKey?.(key) ?? keySerde.serialize(key) : undefined
  }

  override process(key: K, value: V): void {
    const context = this.context
    const { timestamp, headers } = context
    const topic = typeof this.#topic === 'string' ? this.#topic : this.#topic(key, value, context)
    if (timestamp < 0) {
      throw new RangeError(`${this.#name} was given a record with the invalid timestamp ${timestamp} for ${topic}`)
    }
    const record = {
      topic,
      partition: null,
      timestamp,
      key: toBytes(this.#keySerde, key),
      value: toBytes(this.#valueSerde, value),
      headers,
    }
    if (topic !== this.#count.topic) this.#count = this.#countOf(topic)
    this.#count.add(record.key, record.value, headers)
    const innerKey = this.#innerKey
    const isWhole = innerKey === undefined || key === null
    const keyed = isWhole ? record : { ...record, partitionKey: innerKey(key) }
    const partitioner = this.#partitioner
    const choosing = partitioner === undefined ? keyed : { ...keyed, ...this.#choice(partitioner, topic, key, value) }
    context.facts.collector.send(choosing)
  }

  #choice(
    partitioner: StreamPartitioner<K, V>,
    topic: string,
    key: K,
    value: V,
  ): Pick<OutgoingRecord, 'choosePartitions'> {
    const { context } = this
    return {
      choosePartitions: (count) => {
        const chosen = partitioner(topic, key, value, count)
        if (chosen === undefined) return undefined
        const partitions = typeof chosen === 'number' ? [chosen] : chosen
        if (partitions.length === 0) context.drop(`the partitioner of ${this.#name}`)
        return [...new Set(partitions)]
      },
    }
  }

  #countOf(topic: string): TopicCount {
    const { produced } = this.context
    const known = produced.find((count) => count.topic === topic && count.node === this.#name)
    if (known !== undefined) return known
    const made = new TopicCount(this.#name, topic)
    produced.push(made)
    return made
  }
}
