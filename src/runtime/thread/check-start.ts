import type { Clock } from '../../base/clock.ts'
import type { Result } from '../../base/result.ts'
import type { StreamClient } from '../../kafka/stream-client.ts'
import type { StreamFailure } from '../../kafka/stream-failure.ts'
import { findTasks } from '../assign/assign-members.ts'
import type { WorkerConfig } from '../config.ts'
import type { Topology } from '../graph/topology.ts'

export interface Unfit {
  /** `unreachable`: the cluster gave no answer at all. */
  readonly kind: 'refused' | 'unreachable'
  readonly reason: string
}

/** How long a cluster may be away at start. */
const patienceMs = 30_000

/**
 * One look at topics, group and transactional ids before any thread starts: a
 * worker that cannot run says so once, and not once per thread. Undefined where all is well.
 */
export async function whatDoesNotFit(
  topology: Topology,
  config: WorkerConfig,
  client: StreamClient,
  around: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<Unfit | undefined> {
  const wire = { applicationId: config.applicationId, topicPrefix: config.kafka.prefix }
  const tasks = await persist(() => findTasks(topology, wire, client), config, around)
  if ('kind' in tasks) return tasks
  const unsent = await whetherLettersFit(config, client, around)
  if (unsent !== undefined) return unsent
  const group = client.openGroup({
    groupId: config.applicationId,
    sessionTimeoutMs: config.sessionTimeoutMs,
    heartbeatIntervalMs: config.heartbeatIntervalMs,
    rebalanceTimeoutMs: config.maxPollIntervalMs,
  })
  // Whether we may read the group, and no offset of it: one in a transaction is refused, and that may be one which ends only
  // when the dyno that began it starts again.
  const readable = await persist(() => group.committed([]), config, around)
  if ('kind' in readable)
    return {
      ...readable,
      reason: `consumer group ${config.applicationId}: ${readable.reason} (\`weir apply\` does that)`,
    }
  return config.exactlyOnce ? whetherTransactionsFit(client, config, around) : undefined
}

async function whetherLettersFit(
  config: WorkerConfig,
  client: StreamClient,
  around: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<Unfit | undefined> {
  const { deadLetterTopic: name } = config.errors
  if (name === undefined) return undefined
  const { prefix } = config.kafka
  const topic = name.startsWith(prefix) ? name : prefix + name
  const counts = await persist(() => client.partitions([topic]), config, around)
  if ('kind' in counts) return counts
  if (counts.value.has(topic)) return undefined
  const reason = `topic ${topic} for dead letters is not there: list it under spec.topics and run \`weir apply\`, or make it with heroku kafka:topics:create`
  return { kind: 'refused', reason }
}

/** Whether a cluster grants transactional ids is not known before one is asked for. */
async function whetherTransactionsFit(
  client: StreamClient,
  config: WorkerConfig,
  around: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<Unfit | undefined> {
  const sink = client.openTransactionalSink({
    transactionalId: `${config.applicationId}-start`,
    groupId: config.applicationId,
    timeoutMs: config.transactionTimeoutMs,
  })
  const opened = await persist(() => sink.open(), config, around)
  await sink.close()
  if (!('kind' in opened)) return undefined
  const reason = `exactly_once_v2 needs transactional ids: ${opened.reason}. Without them, set spec.streams.processingGuarantee to at_least_once`
  return { ...opened, reason }
}

async function persist<T>(
  ask: () => Promise<Result<T, StreamFailure>>,
  { kafka }: WorkerConfig,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<{ readonly value: T } | Unfit> {
  const endMs = clock.now() + patienceMs
  for (;;) {
    const answer = await ask()
    if (answer.ok) return { value: answer.value }
    const { error } = answer
    if (error.kind === 'fatal') return { kind: 'refused', reason: `${error.reason}: ${error.whatToDo}` }
    if (signal.aborted || clock.now() > endMs)
      return { kind: 'unreachable', reason: `${kafka.address.brokers.join(', ')} did not answer: ${error.reason}` }
    await clock.sleep(500, signal)
  }
}
