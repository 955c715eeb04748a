import type { StreamPartitioner, TimestampExtractor } from '../graph/node-factory.ts'
import type { Serde } from '../serde/serde.ts'

/** Kafka's `Named`: the processor's name instead of a generated one. */
export interface Named {
  readonly name?: string
}

/** How a topic is read: Kafka's `Consumed`. */
export interface Consumed<K, V> extends Named {
  readonly keySerde: Serde<K>
  readonly valueSerde: Serde<V>
  /** Left out: the record's own timestamp, and a negative one is an error. */
  readonly timestampExtractor?: TimestampExtractor
  /** Where to begin when the group has no offset yet. */
  readonly offsetReset?: 'earliest' | 'latest'
}

/** How a topic is written: Kafka's `Produced`. Serdes left out are those the stream has. */
export interface Produced<K, V> extends Named {
  readonly keySerde?: Serde<K>
  readonly valueSerde?: Serde<V>
  /** Left out: by the hash of the key. */
  readonly partitioner?: StreamPartitioner<K, V>
}

/** Kafka's `Grouped`; the name is that of the repartition topic, if there is one. */
export interface Grouped<K, V> extends Named {
  readonly keySerde?: Serde<K>
  readonly valueSerde?: Serde<V>
}

/** Kafka's `Repartitioned`; the name is that of the topic, before `-repartition`. */
export interface Repartitioned<K, V> extends Named {
  readonly keySerde?: Serde<K>
  readonly valueSerde?: Serde<V>
  /** Left out: as many as the largest source upstream. */
  readonly partitions?: number
  /** Left out: by the hash of the key. */
  readonly partitioner?: StreamPartitioner<K, V>
}

/** A stream-table join: Kafka's `Joined`. The name is also that of the repartition topic, if there is one. */
export interface Joined<K, V> extends Named {
  readonly keySerde?: Serde<K>
  readonly valueSerde?: Serde<V>
  /** Holds records of the stream back for so long, in stream time, so that the table may catch up. The table must be versioned. */
  readonly graceMs?: number
}

/** A foreign-key join: Kafka's `TableJoined`. The name begins those of its processors, its store and its two topics. */
export interface TableJoined<K, V, KOther, VOther> extends Named {
  /** Serdes of the table and of the other one; left out, those that they have. */
  readonly keySerde?: Serde<K>
  readonly valueSerde?: Serde<V>
  readonly otherKeySerde?: Serde<KOther>
  readonly otherValueSerde?: Serde<VOther>
  /** How the table's topic was partitioned, by key alone: one partition each. Left out: answers go where the row came from. */
  readonly partitioner?: StreamPartitioner<K, null>
  /** How the other table's topic was. Left out: by the hash of the key. */
  readonly otherPartitioner?: StreamPartitioner<KOther, null>
}

/** How a table is kept: Kafka's `Materialized`. The name is the store's. */
export interface Materialized<K, V> extends Named {
  readonly keySerde?: Serde<K>
  readonly valueSerde?: Serde<V>
  /** Left out: `persistent`. */
  readonly store?: 'persistent' | 'in-memory'
  /** Left out: true. */
  readonly caching?: boolean
  /** Configuration of the changelog topic, or false for none. */
  readonly logging?: false | Readonly<Record<string, string>>
  /**
   * Keeps the values of the past for so long, so that joins and late records find
   * what held at their time: a versioned store (KIP-889). It needs a `name`, lies on
   * disk and has no cache.
   */
  readonly historyRetentionMs?: number
}

/** How a windowed table is kept. */
export interface WindowMaterialized<K, V> extends Omit<Materialized<K, V>, 'historyRetentionMs'> {
  /** Left out: as long as late records may come. */
  readonly retentionMs?: number
}

/** A stream-stream join: Kafka's `StreamJoined`. Names: of the processors, and of the stores. */
export interface StreamJoined<K, V, VOther> extends Named {
  readonly storeName?: string
  readonly keySerde?: Serde<K>
  readonly valueSerde?: Serde<V>
  readonly otherValueSerde?: Serde<VOther>
  /** Left out: `persistent`. */
  readonly store?: 'persistent' | 'in-memory'
  /** Configuration of the changelog topics, or false for none. */
  readonly logging?: false | Readonly<Record<string, string>>
}

/** Kafka's `Suppressed` and its `BufferConfig`: how long a table holds its updates back. */
export interface Suppressed extends Named {
  /** Until a window can change no more, for one final result; or for a time after a key's first update. */
  readonly until: 'window-close' | { readonly timeLimitMs: number }
  /** Left out: no bound. */
  readonly maxRecords?: number
  readonly maxBytes?: number
  /** Left out: `emit` for a time limit, `shut-down` (an error) for final results, which must not come early. */
  readonly whenFull?: 'emit' | 'shut-down'
  /** Configuration of the changelog topic, or false for none. */
  readonly logging?: false | Readonly<Record<string, string>>
}
