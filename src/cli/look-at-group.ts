import { totalLag, type GroupDescription, type KafkaAdmin, type PartitionLag } from '../kafka/admin.ts'
import { readClusterAddress } from '../kafka/credentials.ts'
import type { Look } from './look.ts'

/** What Kafka itself says of the group, or why it does not: never zero for that. */
export type GroupLook =
  | {
      readonly kind: 'seen'
      readonly group: GroupDescription
      readonly partitions: readonly PartitionLag[]
      readonly lag: number | 'unknown'
    }
  | { readonly kind: 'unknown'; readonly why: string }

/** Asks the brokers, with the credentials of the app's own config vars. */
export async function lookAtGroup({ found }: Look, signal: AbortSignal): Promise<GroupLook> {
  const { observed, desired } = found
  const address = readClusterAddress(observed.configVars, observed.attachment.name)
  if (!address.ok) return { kind: 'unknown', why: address.error.join('; ') }
  // Loaded here, since no other command pays for a Kafka client.
  const { KafkajsAdmin } = await import('../kafka/kafkajs-admin.ts')
  const admin = new KafkajsAdmin(address.value, { clientId: 'weir', deadlineMs: 8_000 })
  try {
    return await ask(admin, { id: desired.applicationId, topics: readTopics(found) }, signal)
  } finally {
    await admin.close()
  }
}

async function ask(
  admin: KafkaAdmin,
  { id, topics }: { readonly id: string; readonly topics: readonly string[] },
  signal: AbortSignal,
): Promise<GroupLook> {
  const [group, lag] = await Promise.all([admin.group(id, signal), admin.lag(id, topics, signal)])
  if (group.kind !== 'answer') return { kind: 'unknown', why: group.message }
  if (lag.kind !== 'answer') return { kind: 'unknown', why: lag.message }
  return { kind: 'seen', group: group.value, partitions: lag.value, lag: totalLag(lag.value) }
}

/** On the wire: what the stream tasks read, that is source and repartition topics. */
function readTopics({ observed, desired }: Look['found']): readonly string[] {
  return desired.sources.filter((name) => observed.topics.has(name)).map((name) => `${observed.prefix}${name}`)
}
