/** What a stream app imports: the DSL of Kafka Streams, and how bytes become values. */
export type {
  Branched,
  BranchedKStream,
  CogroupedKStream,
  GlobalKTable,
  KGroupedStream,
  KGroupedTable,
  KStream,
  KTable,
  SessionWindowedCogroupedKStream,
  SessionWindowedKStream,
  TimeWindowedCogroupedKStream,
  TimeWindowedKStream,
} from './runtime/dsl/model.ts'
export type {
  Consumed,
  Grouped,
  Joined,
  Materialized,
  Named,
  Produced,
  Repartitioned,
  StreamJoined,
  Suppressed,
  TableJoined,
  WindowMaterialized,
} from './runtime/dsl/options.ts'
export { timestampExtractors } from './runtime/dsl/timestamp-extractors.ts'
export type { StreamPartitioner, TimestampExtractor, TopicNameExtractor } from './runtime/graph/node-factory.ts'
export { TopologyBuilder } from './runtime/dsl/topology-builder.ts'
export { StreamsBuilder } from './runtime/dsl/streams-builder.ts'
export { NotBuiltError, TopologyError } from './runtime/graph/topology-error.ts'
export type { Topology } from './runtime/graph/topology.ts'
export type { Serde } from './runtime/serde/serde.ts'
export { json, nullable, serdes } from './runtime/serde/serdes.ts'
export { list } from './runtime/serde/list-serde.ts'
export { sessionWindowedSerde, timeWindowedSerde } from './runtime/serde/windowed-serde.ts'
export { Windowed, type Window } from './runtime/store/windowed.ts'
export {
  hopping,
  type JoinWindows,
  sessions,
  type SessionWindows,
  sliding,
  type SlidingWindows,
  type TimeWindows,
  tumbling,
  within,
} from './runtime/dsl/windows.ts'
export type { ProcessOptions } from './runtime/dsl/processing.ts'
export type { Processor, ProcessorContext } from './runtime/node/processor-node.ts'
export type { StreamRecord } from './runtime/node/stream-record.ts'
export { type KeyValueStore, keyValueStore, type StoreHandle } from './runtime/store/key-value-store.ts'
export { versionedKeyValueStore, type VersionedStoreHandle } from './runtime/store/versioned-key-value-store.ts'
export type { VersionedStore } from './runtime/store/versioned-store.ts'
export type {
  DeadLetter,
  ErrorAnswer,
  ErrorDecision,
  ErrorHandling,
  FailedProduction,
  FailedRecord,
  UncaughtAnswer,
} from './runtime/task/error-plan.ts'
export type { AsyncProcessor, CallContext } from './runtime/await/await-node.ts'
export type { AwaitOptions, AwaitOrder, AwaitRetry } from './runtime/await/await-options.ts'
export type { ValueTransformer } from './runtime/node/transform-values-node.ts'
export type { Optimization } from './runtime/dsl/optimize.ts'
