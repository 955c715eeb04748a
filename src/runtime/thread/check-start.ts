import type { Clock } from '../../base/clock.ts'
import type { Result } from '../../base/result.ts'
import type { StreamGroup } from '../../kafka/group.ts'
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
 * One look at topics, group and transactional ids before any thread joins: a worker that cannot run says so once, and not once per
 * thread. All is asked at the same time, and what is wrong with topics is told first. Undefined where all is well.
 */
export async function whatDoesNotFit(
  topology: Topology,
  config: WorkerConfig,
  { client, group }: { readonly client: StreamClient; readonly group: StreamGroup },
  around: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<Unfit | undefined> {
  const wire = { applicationId: config.applicationId, topicPrefix: config.kafka.prefix }
  const topics = async () => unfitIn(await persist(() => findTasks(topology, wire, client), config, around))
  const looks = [topics(), whetherLettersFit(config, client, around), whetherGroupFits(config, group, around)]
  if (config.exactlyOnce) looks.push(whetherTransactionsFit(client, config, around))
  // one that breaks while an earlier one is waited for is told when its turn comes
  for (const look of looks) look.catch(() => {})
  for (const look of looks) {
    const unfit = await look
    if (unfit !== undefined) return unfit
  }
  return undefined
}

/**
 * Whether we may read the group, and no offset of it: one in a transaction is refused, and that may be one which ends only
 * when the dyno that began it starts again.
 */
async function whetherGroupFits(
  config: WorkerConfig,
  group: StreamGroup,
  around: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<Unfit | undefined> {
  const unfit = unfitIn(await persist(() => group.committed([]), config, around))
  if (unfit === undefined) return undefined
  return { ...unfit, reason: `consumer group ${config.applicationId}: ${unfit.reason} (\`weir apply\` does that)` }
}

const unfitIn = (answer: { readonly value: unknown } | Unfit): Unfit | undefined =>
  'kind' in answer ? answer : undefined

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
