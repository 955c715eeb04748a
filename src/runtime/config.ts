import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fail, ok, type Result } from '../base/result.ts'
import { readKafkaVars, type Env, type KafkaVars } from './config-kafka.ts'
import { configVarOf, notBuilt, settings, type Setting } from './config-settings.ts'
import { errorSettings, readErrorVars, type ErrorVars } from './config-errors.ts'
import { recordingLevels, type RecordingLevel } from './metrics/metric.ts'
import { readMetricsVars } from './config-metrics.ts'
import type { OtlpVars } from './config-otlp.ts'
import { isClientTag, readTags } from './config-tags.ts'

/** What the worker runs with: Kafka Streams' settings under our names, and where its cluster is. */
export interface WorkerConfig {
  /** `application.id`, prefix included. */
  readonly applicationId: string
  readonly kafka: KafkaVars
  readonly threads: number
  readonly commitIntervalMs: number
  readonly pollMs: number
  /** Of the whole process; shared out among threads and their tasks. */
  readonly cacheBytes: number
  readonly bufferedRecords: number
  /** How long a task waits for partitions that have nothing; -1: it takes what is at hand. */
  readonly maxTaskIdleMs: number
  readonly taskTimeoutMs: number
  readonly sessionTimeoutMs: number
  readonly heartbeatIntervalMs: number
  readonly maxPollIntervalMs: number
  /** The largest record a sink may send. */
  readonly maxRequestBytes: number
  readonly maxPartitionFetchBytes: number
  readonly transactionTimeoutMs: number
  readonly exactlyOnce: boolean
  readonly standbyReplicas: number
  /** Records that a process may lack and still be given the active task; Infinity: any number. */
  readonly acceptableRecoveryLag: number
  readonly maxWarmupReplicas: number
  readonly probingRebalanceMs: number
  /** How often is asked which topics the patterns of sources fit. */
  readonly metadataMaxAgeMs: number
  /** How often records behind the commit are deleted from repartition topics. */
  readonly repartitionPurgeMs: number
  readonly clientTags: ReadonlyMap<string, string>
  readonly rackAwareTags: readonly string[]
  readonly offsetReset: 'earliest' | 'latest'
  readonly stateFolder: string
  readonly clientId: string
  /** `worker.1`: the dyno, or this process of this machine where there is none. Two processes of one name would fence each other. */
  readonly processName: string
  /** Our own client, or kafkajs as a way round a fault in it. */
  readonly client: 'wire' | 'kafkajs'
  readonly recordingLevel: RecordingLevel
  /** Where metrics and stores are served; undefined: nowhere. */
  readonly metricsPort: number | undefined
  readonly metricsHost: string
  /** How often metrics are written as a log line; 0: never. */
  readonly metricsLogSeconds: number
  /** Where metrics are pushed to; undefined: nowhere. */
  readonly otlp: OtlpVars | undefined
  /** Somebody hears what threads report. */
  readonly isWatched: boolean
  readonly errors: ErrorVars
  readonly onThreadDeath: 'REPLACE_THREAD' | 'SHUTDOWN_CLIENT' | 'SHUTDOWN_APPLICATION'
}

export interface ReadConfig {
  readonly config: WorkerConfig
  readonly warnings: readonly string[]
}

/**
 * Config vars → config. Reports every mistake at once, as sentences that say what
 * to set. A STREAMS_ var that means nothing here is a warning: newer tools may set more.
 */
export function readWorkerConfig(env: Env): Result<ReadConfig, readonly string[]> {
  const mistakes: string[] = []
  const kafka = readKafkaVars(env, mistakes)
  const applicationId = readApplicationId(env, kafka?.prefix ?? '', mistakes)
  const read = readSettings(env, mistakes)
  const errors = readErrorVars(env, mistakes)
  const onThreadDeath = readOnThreadDeath(env, mistakes)
  const exactlyOnce = read.choice('processingGuarantee') === 'exactly_once_v2'
  const client = readClient(env, exactlyOnce, mistakes)
  const tags = readTags(env, mistakes)
  const metrics = readMetricsVars(env, mistakes)
  refuseNotBuilt(env, mistakes)
  if (kafka === undefined || mistakes.length > 0) return fail(mistakes)
  const processName = env['DYNO'] ?? `${hostname()}.${process.pid}`
  return ok({
    config: {
      applicationId,
      kafka,
      threads: read.number('threads'),
      commitIntervalMs: commitInterval(env, exactlyOnce, read.number('commitIntervalMs')),
      pollMs: read.number('pollMs'),
      cacheBytes: read.number('cacheBytes'),
      bufferedRecords: read.number('bufferedRecords'),
      maxTaskIdleMs: read.number('maxTaskIdleMs'),
      taskTimeoutMs: read.number('taskTimeoutMs'),
      sessionTimeoutMs: read.number('sessionTimeoutMs'),
      heartbeatIntervalMs: read.number('heartbeatIntervalMs'),
      maxPollIntervalMs: read.number('maxPollIntervalMs'),
      maxRequestBytes: read.number('maxRequestBytes'),
      maxPartitionFetchBytes: read.number('maxPartitionFetchBytes'),
      transactionTimeoutMs: read.number('transactionTimeoutMs'),
      exactlyOnce,
      standbyReplicas: read.number('standbyReplicas'),
      acceptableRecoveryLag: read.number('acceptableRecoveryLag'),
      maxWarmupReplicas: read.number('maxWarmupReplicas'),
      probingRebalanceMs: read.number('probingRebalanceMs'),
      metadataMaxAgeMs: read.number('metadataMaxAgeMs'),
      repartitionPurgeMs: read.number('repartitionPurgeMs'),
      ...tags,
      offsetReset: read.choice('offsetReset') === 'latest' ? 'latest' : 'earliest',
      stateFolder: read.text('stateFolder') || join(tmpdir(), 'kafka-streams'),
      clientId: read.text('clientId') || `${applicationId}-${processName}`,
      processName,
      client,
      recordingLevel: recordingLevels.find((level) => level === read.choice('recordingLevel')) ?? 'INFO',
      ...metrics,
      errors,
      onThreadDeath,
    },
    warnings: unknownVars(env),
  })
}

/** Kafka Streams commits every 100 ms under exactly-once where nobody says otherwise: what is not committed is not seen. */
function commitInterval(env: Env, exactlyOnce: boolean, readMs: number): number {
  const isSet = (env[configVarOf(settings.commitIntervalMs.name)] ?? '') !== ''
  return exactlyOnce && !isSet ? 100 : readMs
}

function readApplicationId(env: Env, prefix: string, mistakes: string[]): string {
  const id = env['STREAMS_APPLICATION_ID'] ?? ''
  const name = id.startsWith(prefix) ? id.slice(prefix.length) : id
  if (id === '')
    mistakes.push(`STREAMS_APPLICATION_ID is not set: set it to ${prefix}<name>, or run \`weir apply\`, which does`)
  else if (!id.startsWith(prefix))
    mistakes.push(`STREAMS_APPLICATION_ID is ${id} and lacks the cluster's prefix: set it to ${prefix}${id}`)
  else if (prefix !== '' && name.startsWith(prefix))
    mistakes.push(`STREAMS_APPLICATION_ID is ${id} and has the cluster's prefix twice: set it to ${name}`)
  else if (!/^[\w.-]{1,200}$/.test(id))
    mistakes.push(`STREAMS_APPLICATION_ID is ${JSON.stringify(id)}: use letters, digits, dots, underscores and dashes`)
  return id
}

type SettingKey = keyof typeof settings

function readSettings(env: Env, mistakes: string[]) {
  const values = new Map<string, string | number>(
    Object.entries(settings).map(([key, setting]) => [key, readSetting(setting, env, mistakes)]),
  )
  return {
    number: (key: SettingKey): number => Number(values.get(key)),
    text: (key: SettingKey): string => String(values.get(key)),
    choice: (key: SettingKey): string => String(values.get(key)),
  }
}

function readSetting(setting: Setting, env: Env, mistakes: string[]): string | number {
  const name = configVarOf(setting.name)
  const text = env[name]?.trim() ?? ''
  if (text === '') return setting.fallback
  if (setting.kind === 'text') return text
  if (setting.kind === 'choice') {
    if (!setting.among.includes(text)) mistakes.push(`${name} is ${text}: set it to ${setting.among.join(' or ')}`)
    return text
  }
  return readNumber(setting, text, mistakes)
}

const javaLongMax = '9223372036854775807'

function readNumber(setting: Setting & { kind: 'number' }, text: string, mistakes: string[]): number {
  if (setting.mayBeUnbounded === true && text === javaLongMax) return Infinity
  const value = Number(text)
  if (!/^-?\d+$/.test(text) || value < setting.least || !Number.isSafeInteger(value))
    mistakes.push(`${configVarOf(setting.name)} is ${text}: set it to a whole number, ${setting.least} or more`)
  return value
}

/** Kafka Streams has no setting for it but a handler in code; these are the names of its answers. */
function readOnThreadDeath(env: Env, mistakes: string[]): WorkerConfig['onThreadDeath'] {
  const text = env['WEIR_UNCAUGHT_EXCEPTION'] ?? 'SHUTDOWN_CLIENT'
  const answers = ['REPLACE_THREAD', 'SHUTDOWN_CLIENT', 'SHUTDOWN_APPLICATION'] as const
  const answer = answers.find((each) => each === text)
  if (answer === undefined) mistakes.push(`WEIR_UNCAUGHT_EXCEPTION is ${text}: set it to ${answers.join(' or ')}`)
  return answer ?? 'SHUTDOWN_CLIENT'
}

function readClient(env: Env, exactlyOnce: boolean, mistakes: string[]): WorkerConfig['client'] {
  const text = env['WEIR_KAFKA_CLIENT'] ?? 'wire'
  if (text !== 'wire' && text !== 'kafkajs') mistakes.push(`WEIR_KAFKA_CLIENT is ${text}: set it to wire or kafkajs`)
  if (text === 'kafkajs' && exactlyOnce)
    mistakes.push('WEIR_KAFKA_CLIENT is kafkajs, which has no fenced transactions: set it to wire for exactly_once_v2')
  return text === 'kafkajs' ? text : 'wire'
}

function refuseNotBuilt(env: Env, mistakes: string[]): void {
  for (const [setting, { harmless, sentence }] of Object.entries(notBuilt)) {
    const text = env[configVarOf(setting)]?.trim() ?? ''
    if (text !== '' && !harmless.includes(text)) mistakes.push(`${configVarOf(setting)} is ${text}: ${sentence}`)
  }
}

function unknownVars(env: Env): readonly string[] {
  const known = new Set(
    [
      'application.id',
      ...Object.values(settings).map(({ name }) => name),
      ...errorSettings,
      ...Object.keys(notBuilt),
    ].map(configVarOf),
  )
  return Object.keys(env)
    .filter((name) => name.startsWith('STREAMS_') && !known.has(name) && !isClientTag(name))
    .map((name) => `${name} has no effect here`)
}
