import type { Spread } from '../metrics/spread.ts'
import { TopicCount } from '../metrics/topic-count.ts'
import type { StreamPartitioner, TopicNameExtractor } from '../graph/node-factory.ts'
import type { OutgoingRecord } from '../../kafka/record.ts'
import type { Serde } from '../serde/serde.ts'
import { toBytes } from '../serde/serde.ts'
import { isOwn } from '../serde/serdes.ts'
import { handleProductionFailure } from '../task/error-handling.ts'
import { withCause } from '../task/refused-production.ts'
import type { FailedProduction } from '../task/error-plan.ts'
import type { TaskContext } from '../task/task-context.ts'
import { RunningNode } from './running-node.ts'

/** Serializes and sends. Partitions are chosen by Kafka's default partitioner unless the sink has its own. */
export class SinkNode<K, V> extends RunningNode<never, never> {
  readonly #name: string
  readonly #topic: string | TopicNameExtractor<K, V>
  readonly #keySerde: Serde<K>
  readonly #valueSerde: Serde<V>
  #count = new TopicCount('', '')
  #latency: Spread | undefined
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

  override start(context: TaskContext): void {
    super.start(context)
    this.#latency = context.latencyAt(this.#name)
  }

  /** The collector copies; a serde, a partitioner and a choice of the topic are user code unless they are ours. */
  override get mayKeep(): boolean {
    const isOurs = isOwn(this.#keySerde) && isOwn(this.#valueSerde)
    return !isOurs || typeof this.#topic !== 'string' || this.#partitioner !== undefined
  }

  override process(key: K, value: V): void {
    const context = this.context
    const { timestamp } = context
    const topic = typeof this.#topic === 'string' ? this.#topic : this.#topic(key, value, context)
    if (timestamp < 0) {
      throw new RangeError(`${this.#name} was given a record with the invalid timestamp ${timestamp} for ${topic}`)
    }
    this.#latency?.add(context.wallClock - timestamp)
    const written = this.#write(topic, key, value)
    if (written === undefined) return
    const record = withCause(context, this.#name, written)
    if (topic !== this.#count.topic) this.#count = this.#countOf(topic)
    this.#count.add(record.key, record.value, record.headers)
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

  /** Undefined where it cannot be written and the handler lets that pass. */
  #write(topic: string, key: K, value: V): SerializedRecord | undefined {
    const context = this.context
    const { timestamp, headers } = context
    let origin: FailedProduction['origin'] = 'key'
    try {
      const keyBytes = toBytes(this.#keySerde, key)
      origin = 'value'
      const valueBytes = toBytes(this.#valueSerde, value)
      origin = 'size'
      const { maxRequestBytes } = context.facts
      if (maxRequestBytes !== undefined) refuseTooLarge(keyBytes, valueBytes, headers, maxRequestBytes)
      return { topic, partition: null, timestamp, key: keyBytes, value: valueBytes, headers }
    } catch (error) {
      handleProductionFailure(context, this.#name, { target: topic, origin }, error)
      return undefined
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

type SerializedRecord = OutgoingRecord & { readonly partition: null }

/** What a batch of one record takes beside its parts: Kafka's `RECORD_BATCH_OVERHEAD` and `MAX_RECORD_OVERHEAD`. */
const overheadBytes = 61 + 21

/** Kafka's producer measures a record before it sends it (`max.request.size`). */
function refuseTooLarge(
  key: Uint8Array | null,
  value: Uint8Array | null,
  headers: OutgoingRecord['headers'],
  mostBytes: number,
): void {
  let bytes = overheadBytes + lengthOf(key) + lengthOf(value)
  for (const header of headers) bytes += Buffer.byteLength(header.key) + lengthOf(header.value)
  if (bytes > mostBytes) throw new RangeError(`the record has ${bytes} bytes, and max.request.size is ${mostBytes}`)
}

function lengthOf(bytes: Uint8Array | null): number {
  return bytes === null ? 0 : bytes.length
}
