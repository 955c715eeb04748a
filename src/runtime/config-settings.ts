import { recordingLevels } from './metrics/metric.ts'

/** A setting of Kafka Streams that this runtime follows: its name there, its default there, and what it may be. */
export type Setting =
  | {
      readonly kind: 'number'
      readonly name: string
      readonly fallback: number
      readonly least: number
      /** `Long.MAX_VALUE` is taken, too, and stands for no bound. */
      readonly mayBeUnbounded?: true
    }
  | { readonly kind: 'text'; readonly name: string; readonly fallback: string }
  | { readonly kind: 'choice'; readonly name: string; readonly fallback: string; readonly among: readonly string[] }

const number = (name: string, fallback: number, least: number) => ({ kind: 'number', name, fallback, least }) as const

/**
 * Defaults: `StreamsConfig` and `ConsumerConfig` of Kafka 4.3.1, but for `max.partition.fetch.bytes`: half of theirs holds
 * 10 to 15 MiB less, and costs no CPU that could be measured.
 */
export const settings = {
  threads: number('num.stream.threads', 1, 1),
  commitIntervalMs: number('commit.interval.ms', 30_000, 0),
  pollMs: number('poll.ms', 100, 0),
  cacheBytes: number('statestore.cache.max.bytes', 10 * 1024 * 1024, 0),
  bufferedRecords: number('buffered.records.per.partition', 1000, 1),
  maxTaskIdleMs: number('max.task.idle.ms', 0, -1),
  taskTimeoutMs: number('task.timeout.ms', 300_000, 0),
  sessionTimeoutMs: number('session.timeout.ms', 45_000, 1),
  heartbeatIntervalMs: number('heartbeat.interval.ms', 3_000, 1),
  maxPollIntervalMs: number('max.poll.interval.ms', 300_000, 1),
  maxRequestBytes: number('max.request.size', 1024 * 1024, 1),
  maxPartitionFetchBytes: number('max.partition.fetch.bytes', 512 * 1024, 1),
  transactionTimeoutMs: number('transaction.timeout.ms', 10_000, 1),
  standbyReplicas: number('num.standby.replicas', 0, 0),
  acceptableRecoveryLag: { ...number('acceptable.recovery.lag', 10_000, 0), mayBeUnbounded: true },
  maxWarmupReplicas: number('max.warmup.replicas', 2, 1),
  probingRebalanceMs: number('probing.rebalance.interval.ms', 600_000, 60_000),
  metadataMaxAgeMs: number('metadata.max.age.ms', 300_000, 0),
  repartitionPurgeMs: number('repartition.purge.interval.ms', 30_000, 1),
  rackAwareTags: { kind: 'text', name: 'rack.aware.assignment.tags', fallback: '' },
  processingGuarantee: {
    kind: 'choice',
    name: 'processing.guarantee',
    fallback: 'at_least_once',
    among: ['at_least_once', 'exactly_once_v2'],
  },
  recordingLevel: {
    kind: 'choice',
    name: 'metrics.recording.level',
    fallback: 'INFO',
    among: recordingLevels,
  },
  offsetReset: { kind: 'choice', name: 'auto.offset.reset', fallback: 'earliest', among: ['earliest', 'latest'] },
  stateFolder: { kind: 'text', name: 'state.dir', fallback: '' },
  clientId: { kind: 'text', name: 'client.id', fallback: '' },
} as const satisfies Readonly<Record<string, Setting>>

/** Settings that would change what the app does, and that are not built yet: only the value that asks for nothing is taken. */
export const notBuilt: Readonly<Record<string, { readonly harmless: readonly string[]; readonly sentence: string }>> = {
  'topology.optimization': {
    harmless: ['none'],
    sentence: "the topology's file says it, builder.build({ optimization: 'all' }): leave it at none",
  },
  'ensure.explicit.internal.resource.naming': {
    harmless: ['false'],
    sentence: "the topology's file says it, builder.build({ explicitNaming: true }): leave it at false",
  },
  'group.protocol': { harmless: ['classic'], sentence: 'only the classic protocol is built: leave it at classic' },
  'default.key.serde': { harmless: [], sentence: 'serdes are named in the topology: unset it' },
  'default.value.serde': { harmless: [], sentence: 'serdes are named in the topology: unset it' },
  'default.timestamp.extractor': { harmless: [], sentence: 'timestamp extractors are named in the topology: unset it' },
}

/** How a setting reaches the worker: `num.stream.threads` as STREAMS_NUM_STREAM_THREADS. */
export function configVarOf(setting: string): string {
  return `STREAMS_${setting.replaceAll(/[.-]/g, '_').toUpperCase()}`
}
