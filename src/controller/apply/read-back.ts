import { backoffMs, type Backoff } from '../../base/backoff.ts'
import type { Clock } from '../../base/clock.ts'
import type { HerokuFailure } from '../../heroku/failure.ts'
import type { ClusterTopic, KafkaData } from '../../heroku/kafka-data.ts'
import type { Awaited, AwaitedTopic } from '../plan/plan.ts'

/** How soon to look again, and for how long: the first looks come quickly, later ones spare the account's calls. */
export interface Patience extends Backoff {
  readonly withinMs: number
}

export type ReadBack =
  | { readonly kind: 'there' }
  | { readonly kind: 'missing'; readonly waitingFor: readonly string[] }
  | { readonly kind: 'contradicted'; readonly message: string }
  | { readonly kind: 'failed'; readonly failure: HerokuFailure }

export interface Reading {
  readonly kafkaData: KafkaData
  readonly addonId: string
  readonly clock: Clock
  readonly patience: Patience
  /** Told what is still missing, each time that it changes. */
  readonly report: (waitingFor: readonly string[]) => void
}

/** Looks until everything awaited is really there: Heroku answers before it has made anything. */
export async function readBack(awaited: Awaited, reading: Reading, signal: AbortSignal): Promise<ReadBack> {
  const { clock, patience, report } = reading
  const untilMs = clock.now() + patience.withinMs
  for (let said = '', look = 1; ; look += 1) {
    signal.throwIfAborted()
    const seen = await lookOnce(awaited, reading, signal)
    if (seen.kind !== 'missing') return seen
    if (clock.now() >= untilMs) return seen
    if (seen.waitingFor.join() !== said) report(seen.waitingFor)
    said = seen.waitingFor.join()
    await clock.sleep(backoffMs(patience, look, 1), signal)
  }
}

async function lookOnce(awaited: Awaited, { kafkaData, addonId }: Reading, signal: AbortSignal): Promise<ReadBack> {
  const topics = await missingTopics(awaited, kafkaData, addonId, signal)
  if (topics.kind !== 'missing') return topics
  const groups = awaited.groups.length === 0 ? undefined : await kafkaData.consumerGroups(addonId, signal)
  if (groups?.ok === false) return { kind: 'failed', failure: groups.error }
  const listed = new Set(groups?.value)
  const waitingFor = [
    ...topics.waitingFor,
    ...awaited.groups.filter((group) => !listed.has(group)).map((group) => `group ${group}`),
  ]
  return waitingFor.length === 0 ? { kind: 'there' } : { kind: 'missing', waitingFor }
}

async function missingTopics(
  awaited: Awaited,
  kafkaData: KafkaData,
  addonId: string,
  signal: AbortSignal,
): Promise<Exclude<ReadBack, { readonly kind: 'there' }>> {
  if (awaited.topics.length === 0) return { kind: 'missing', waitingFor: [] }
  const answer = await kafkaData.topics(addonId, signal)
  if (!answer.ok) return { kind: 'failed', failure: answer.error }
  const live = new Map(answer.value.topics.map((topic) => [topic.name, topic]))
  const other = awaited.topics.find(
    ({ name, partitions }) => ![0, partitions].includes(live.get(name)?.partitions ?? 0),
  )
  if (other !== undefined) {
    const message = `topic ${other.name} was asked for with ${other.partitions} partitions and has ${live.get(other.name)?.partitions ?? 0}: someone else made it meanwhile, or Heroku made another. See weir plan for the way out`
    return { kind: 'contradicted', message }
  }
  return { kind: 'missing', waitingFor: awaited.topics.flatMap((topic) => lack(topic, live.get(topic.name))) }
}

function lack({ name, cleanupPolicy }: AwaitedTopic, live: ClusterTopic | undefined): string[] {
  if (live === undefined || live.partitions === 0 || live.isGoing) return [`topic ${name}`]
  if (cleanupPolicy === undefined || live.cleanupPolicy === cleanupPolicy) return []
  return [`topic ${name} to be cleaned up by ${cleanupPolicy} and not by ${live.cleanupPolicy}`]
}
