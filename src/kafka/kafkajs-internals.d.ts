/**
 * The parts of kafkajs 2.2.4 (pinned exactly) that its public face hides: single
 * requests to single brokers. Its `Consumer` drops a member's own assignment bytes
 * and heartbeats only while somebody consumes; these calls do neither.
 */
declare module 'kafkajs/src/cluster/index.js' {
  interface TopicPartitions<P> {
    readonly topic: string
    readonly partitions: readonly P[]
  }
  export interface FetchedMessage {
    readonly offset: string
    readonly timestamp: string
    readonly key: Buffer | null
    readonly value: Buffer | null
    readonly headers: Readonly<Record<string, Buffer | null | readonly (Buffer | null)[]>>
    readonly isControlRecord: boolean
    readonly batchContext: {
      readonly firstOffset: string
      readonly lastOffsetDelta: number
      readonly producerId: string
      readonly inTransaction: boolean
    }
  }
  export interface FetchedPartition {
    readonly partition: number
    readonly errorCode: number
    readonly highWatermark: string
    readonly lastStableOffset: string
    readonly abortedTransactions: readonly { readonly producerId: string; readonly firstOffset: string }[]
    readonly messages: readonly FetchedMessage[]
  }
  export interface Broker {
    fetch(request: {
      isolationLevel: number
      maxWaitTime: number
      minBytes: number
      maxBytes: number
      topics: readonly TopicPartitions<{ partition: number; fetchOffset: string; maxBytes: number }>[]
    }): Promise<{ responses: readonly { topicName: string; partitions: readonly FetchedPartition[] }[] }>
    listOffsets(request: {
      isolationLevel: number
      topics: readonly TopicPartitions<{ partition: number; timestamp: number }>[]
    }): Promise<{
      responses: readonly { topic: string; partitions: readonly { partition: number; offset: string }[] }[]
    }>
    joinGroup(request: {
      groupId: string
      sessionTimeout: number
      rebalanceTimeout: number
      memberId: string
      groupProtocols: readonly { name: string; metadata: Buffer }[]
    }): Promise<{
      generationId: number
      leaderId: string
      memberId: string
      members: readonly { memberId: string; memberMetadata: Buffer }[]
    }>
    syncGroup(request: {
      groupId: string
      generationId: number
      memberId: string
      groupAssignment: readonly { memberId: string; memberAssignment: Buffer }[]
    }): Promise<{ memberAssignment: Buffer }>
    heartbeat(request: { groupId: string; groupGenerationId: number; memberId: string }): Promise<unknown>
    leaveGroup(request: { groupId: string; memberId: string }): Promise<unknown>
    offsetFetch(request: { groupId: string; topics: readonly TopicPartitions<{ partition: number }>[] }): Promise<{
      responses: readonly TopicPartitions<{ partition: number; offset: string; metadata: string | null }>[]
    }>
    offsetCommit(request: {
      groupId: string
      groupGenerationId: number
      memberId: string
      topics: readonly TopicPartitions<{ partition: number; offset: string; metadata: string }>[]
    }): Promise<unknown>
    deleteRecords(request: {
      topics: readonly TopicPartitions<{ partition: number; offset: string }>[]
    }): Promise<unknown>
    metadata(topics: readonly string[]): Promise<{
      topicMetadata: readonly {
        topic: string
        topicErrorCode: number
        isInternal: boolean
        partitionMetadata: readonly { partitionId: number }[]
      }[]
    }>
  }
  export default class Cluster {
    constructor(options: Record<string, unknown>)
    connect(): Promise<void>
    disconnect(): Promise<void>
    isConnected(): boolean
    removeBroker(address: { host: string; port: number }): void
    refreshMetadata(): Promise<void>
    refreshMetadataIfNecessary(): Promise<void>
    addMultipleTargetTopics(topics: readonly string[]): Promise<void>
    findLeaderForPartitions(topic: string, partitions: readonly number[]): Readonly<Record<string, readonly number[]>>
    findBroker(node: { nodeId: string }): Promise<Broker>
    findGroupCoordinator(group: { groupId: string }): Promise<Broker>
    readonly brokerPool: { findConnectedBroker(): Promise<Broker> }
  }
}

declare module 'kafkajs/src/loggers/index.js' {
  const loggers: { createLogger(options: { level: number; logCreator: () => () => void }): unknown }
  export default loggers
}

declare module 'kafkajs/src/network/socketFactory.js' {
  const socketFactory: () => unknown
  export default socketFactory
}
