import type { Answer } from './platform.ts'

/**
 * What we ask of Heroku's Kafka data API. Names here are without the cluster's
 * prefix, as the API takes and gives them; on the wire they carry it.
 *
 * Creating and deleting ends later than the answer does: what is there is what
 * the lists show, and a topic that shows no partitions is not there yet.
 */
export interface KafkaData {
  cluster(addonId: string, signal: AbortSignal): Answer<Cluster>
  topics(addonId: string, signal: AbortSignal): Answer<ClusterTopics>
  consumerGroups(addonId: string, signal: AbortSignal): Answer<readonly string[]>

  createTopic(addonId: string, topic: NewTopic, signal: AbortSignal): Answer<void>
  configureTopic(addonId: string, topic: TopicSettings, signal: AbortSignal): Answer<void>
  deleteTopic(addonId: string, name: string, signal: AbortSignal): Answer<void>
  /** On a dedicated plan there is nothing to make, and Heroku's saying so counts as done. */
  createConsumerGroup(addonId: string, name: string, signal: AbortSignal): Answer<void>
  deleteConsumerGroup(addonId: string, name: string, signal: AbortSignal): Answer<void>
}

export interface Cluster {
  /** A basic plan: several tenants share the brokers. */
  readonly shared: boolean
  readonly prefix: string | null
  readonly limits: ClusterLimits
  readonly defaults: { readonly partitions: number; readonly retentionMs: number }
  /** Whether compaction and a retention together mean `compact,delete`. */
  readonly supportsMixedCleanupPolicy: boolean
}

/** Null: the cluster names no limit. */
interface ClusterLimits {
  readonly minimumRetentionMs: number | null
  readonly maximumRetentionMs: number | null
  readonly maximumPartitionsPerTopic: number | null
  readonly maximumPartitions: number | null
  readonly maximumTopics: number | null
}

export interface ClusterTopics {
  readonly prefix: string | null
  readonly topics: readonly ClusterTopic[]
}

export interface ClusterTopic {
  readonly name: string
  /** 0 until the topic is there. */
  readonly partitions: number
  readonly cleanupPolicy: CleanupPolicy | 'other'
  /** Null: kept for ever. */
  readonly retentionMs: number | null
  /** Marked for deletion: still listed, soon gone. */
  readonly isGoing: boolean
}

export type CleanupPolicy = 'delete' | 'compact' | 'compact,delete'

export interface TopicSettings {
  readonly name: string
  readonly compaction: boolean
  readonly retentionMs: number | null
}

export interface NewTopic extends TopicSettings {
  readonly partitions: number
}
