/** What a stream app imports: the DSL of Kafka Streams, and how bytes become values. */
export type { KGroupedStream, KStream, KTable } from './runtime/dsl/model.ts'
export type { Consumed, Grouped, Materialized, Named, Produced } from './runtime/dsl/options.ts'
export { StreamsBuilder } from './runtime/dsl/streams-builder.ts'
export { NotBuiltError, TopologyError } from './runtime/graph/topology-error.ts'
export type { Topology } from './runtime/graph/topology.ts'
export type { Serde } from './runtime/serde/serde.ts'
export { json, nullable, serdes } from './runtime/serde/serdes.ts'
