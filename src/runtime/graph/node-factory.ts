import type { RunningNode } from '../node/running-node.ts'
import type { Serde } from '../serde/serde.ts'

/** Where a record's time comes from. A negative answer drops the record, as in Kafka Streams. */
export type TimestampExtractor = (record: {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly timestamp: number
  readonly key: unknown
  readonly value: unknown
  /** The latest time seen on this partition, or -1. */
  readonly partitionTime: number
  /** Milliseconds since the epoch, as this worker's clock has it. */
  readonly wallClockMs: number
}) => number

/** Chooses the topic of each record; topics must exist. */
export type TopicNameExtractor<K, V> = {
  choose(
    key: K,
    value: V,
    record: { readonly topic: string; readonly partition: number; readonly offset: number; readonly timestamp: number },
  ): string
}['choose']

/**
 * The partitions a record goes to, each a copy; none drops it (KIP-837), undefined
 * means Kafka's default partitioner. Asked once per record, between 0 and `partitions` - 1.
 */
export type StreamPartitioner<K, V> = {
  choose(topic: string, key: K, value: V, partitions: number): number | readonly number[] | undefined
}['choose']

export interface SourceFactory {
  readonly kind: 'source'
  readonly name: string
  readonly topics: readonly string[] | RegExp
  readonly keySerde: Serde<unknown>
  readonly valueSerde: Serde<unknown>
  readonly timestampExtractor: TimestampExtractor | undefined
  readonly offsetReset: 'earliest' | 'latest' | undefined
}

export interface ProcessorFactory {
  readonly kind: 'processor'
  readonly name: string
  readonly predecessors: readonly string[]
  readonly stores: Set<string>
  readonly create: () => RunningNode
}

export interface SinkFactory {
  readonly kind: 'sink'
  readonly name: string
  readonly predecessors: readonly string[]
  readonly topic: string | TopicNameExtractor<unknown, unknown>
  readonly keySerde: Serde<unknown>
  readonly valueSerde: Serde<unknown>
  readonly partitioner: StreamPartitioner<unknown, unknown> | undefined
}

export type NodeFactory = SourceFactory | ProcessorFactory | SinkFactory
