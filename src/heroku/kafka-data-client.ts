import { ok } from '../base/result.ts'
import type { HttpCall, HttpClient } from './http-client.ts'
import type {
  CleanupPolicy,
  Cluster,
  ClusterTopic,
  ClusterTopics,
  KafkaData,
  NewTopic,
  TopicSettings,
} from './kafka-data.ts'
import type { Answer } from './platform.ts'
import { flag, list, number, orNull, record, text } from './shape.ts'

/** What a dedicated cluster answers to the making of a group; the CLI plugin compares these very words. */
const groupsNotNeeded = 'this command is not required or enabled on dedicated clusters'

/** The Kafka data API over TLS. Paths and shapes: what the `heroku-kafka` CLI plugin sends and reads. */
export class KafkaDataClient implements KafkaData {
  readonly #http: HttpClient

  constructor(http: HttpClient) {
    this.#http = http
  }

  cluster(addonId: string, signal: AbortSignal): Answer<Cluster> {
    return this.#http.ask(call('GET', addonId, ''), ({ body }) => readCluster(body), signal)
  }

  topics(addonId: string, signal: AbortSignal): Answer<ClusterTopics> {
    return this.#http.ask(call('GET', addonId, '/topics'), ({ body }) => readTopics(body), signal)
  }

  consumerGroups(addonId: string, signal: AbortSignal): Answer<readonly string[]> {
    return this.#http.ask(call('GET', addonId, '/consumer_groups'), ({ body }) => readGroups(body), signal)
  }

  createTopic(addonId: string, topic: NewTopic, signal: AbortSignal): Answer<void> {
    const body = { topic: { ...settingsBody(topic), partition_count: topic.partitions } }
    return this.#http.ask(call('POST', addonId, '/topics', body), nothing, signal)
  }

  configureTopic(addonId: string, topic: TopicSettings, signal: AbortSignal): Answer<void> {
    const path = `/topics/${encodeURIComponent(topic.name)}`
    return this.#http.ask(call('PUT', addonId, path, { topic: settingsBody(topic) }), nothing, signal)
  }

  async deleteTopic(addonId: string, name: string, signal: AbortSignal): Answer<void> {
    const body = { topic_name: name, topic: { name } }
    return gone(
      await this.#http.ask(call('DELETE', addonId, `/topics/${encodeURIComponent(name)}`, body), nothing, signal),
    )
  }

  async createConsumerGroup(addonId: string, name: string, signal: AbortSignal): Answer<void> {
    const answer = await this.#http.ask(
      call('POST', addonId, '/consumer_groups', { consumer_group: { name } }),
      nothing,
      signal,
    )
    const notNeeded = !answer.ok && answer.error.kind === 'invalid' && answer.error.said.includes(groupsNotNeeded)
    return notNeeded ? ok(undefined) : answer
  }

  async deleteConsumerGroup(addonId: string, name: string, signal: AbortSignal): Answer<void> {
    const body = { consumer_group: { name } }
    return gone(await this.#http.ask(call('DELETE', addonId, '/consumer_groups', body), nothing, signal))
  }
}

function call(method: HttpCall['method'], addonId: string, path: string, body?: unknown): HttpCall {
  const whole = `/data/kafka/v0/clusters/${encodeURIComponent(addonId)}${path}`
  return { method, path: whole, accept: 'application/json', ...(body === undefined ? {} : { body }) }
}

/** Deleting what is not there has the wanted end. */
function gone(answer: Awaited<Answer<void>>): Awaited<Answer<void>> {
  return !answer.ok && answer.error.kind === 'not-found' ? ok(undefined) : answer
}

function nothing(): void {}

function settingsBody({ name, compaction, retentionMs }: TopicSettings): Record<string, unknown> {
  return { name, compaction, retention_time_ms: retentionMs }
}

function readCluster(body: unknown): Cluster {
  const cluster = record(body, 'cluster')
  const limits = record(cluster['limits'], 'limits')
  const defaults = record(cluster['defaults'], 'defaults')
  const capabilities = orNull(cluster['capabilities'], 'capabilities', record) ?? {}
  const limit = (key: string): number | null => orNull(limits[key], `limits.${key}`, number)
  return {
    shared: flag(cluster['shared_cluster'], 'shared_cluster'),
    prefix: prefixOf(cluster['topic_prefix'], 'topic_prefix'),
    limits: {
      minimumRetentionMs: limit('minimum_retention_ms'),
      maximumRetentionMs: limit('maximum_retention_ms'),
      maximumPartitionsPerTopic: limit('max_number_of_partitions_per_topic'),
      maximumPartitions: limit('max_number_of_total_partitions'),
      maximumTopics: limit('max_number_of_topics') ?? limit('max_topics'),
    },
    defaults: {
      partitions: number(defaults['partition_count'], 'defaults.partition_count'),
      retentionMs: number(
        limits['default_retention_ms'] ?? defaults['retention_time_ms'],
        'limits.default_retention_ms',
      ),
    },
    supportsMixedCleanupPolicy: orNull(capabilities['supports_mixed_cleanup_policy'], 'capabilities', flag) ?? false,
  }
}

function readTopics(body: unknown): ClusterTopics {
  const answer = record(body, 'topics answer')
  return { prefix: prefixOf(answer['prefix'], 'prefix'), topics: list(answer['topics'], 'topics', readTopic) }
}

function readTopic(value: unknown, at: string): ClusterTopic {
  const topic = record(value, at)
  return {
    name: text(topic['name'], `${at}.name`),
    partitions: number(topic['partitions'], `${at}.partitions`),
    cleanupPolicy: cleanupPolicyOf(text(topic['cleanup_policy'], `${at}.cleanup_policy`)),
    retentionMs: retentionOf(orNull(topic['retention_time_ms'], `${at}.retention_time_ms`, number)),
    isGoing: /delet/i.test(orNull(topic['status'], `${at}.status`, text) ?? ''),
  }
}

/** `retention.ms` -1 is Kafka's word for ever. */
function retentionOf(retentionMs: number | null): number | null {
  return retentionMs !== null && retentionMs < 0 ? null : retentionMs
}

const policies: Readonly<Record<string, CleanupPolicy>> = {
  delete: 'delete',
  compact: 'compact',
  'compact,delete': 'compact,delete',
  'delete,compact': 'compact,delete',
}

function cleanupPolicyOf(said: string): CleanupPolicy | 'other' {
  return policies[said.replaceAll(/[[\]\s]/g, '')] ?? 'other'
}

function prefixOf(value: unknown, at: string): string | null {
  return orNull(value, at, text) || null
}

function readGroups(body: unknown): readonly string[] {
  return list(record(body, 'groups answer')['consumer_groups'], 'consumer_groups', (value, at) =>
    text(record(value, at)['name'], `${at}.name`),
  )
}
