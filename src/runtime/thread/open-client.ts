import { systemClock } from '../../host/system-clock.ts'
import type { StreamGroup } from '../../kafka/group.ts'
import type { StreamClient } from '../../kafka/stream-client.ts'
import type { StartBeats } from '../../kafka/wire/group/heart.ts'
import { WireClient } from '../../kafka/wire/wire-client.ts'
import type { WorkerConfig } from '../config.ts'

/** The client a stream thread works with. kafkajs takes 12 MB, so it is loaded only where somebody asks for it. */
export async function openStreamClient(
  { kafka, client }: WorkerConfig,
  clientId: string,
  startBeats?: StartBeats,
): Promise<StreamClient> {
  const beats = startBeats === undefined ? {} : { startBeats }
  if (client === 'wire')
    return new WireClient(kafka.address, { clientId, clock: systemClock, random: Math.random, ...beats })
  const { KafkajsClient } = await import('../../kafka/kafkajs-client.ts')
  return new KafkajsClient(kafka.address, clientId)
}

/** This thread's place in the group of its app. */
export function groupOf(client: StreamClient, config: WorkerConfig): StreamGroup {
  return client.openGroup({
    groupId: config.applicationId,
    sessionTimeoutMs: config.sessionTimeoutMs,
    heartbeatIntervalMs: config.heartbeatIntervalMs,
    rebalanceTimeoutMs: config.maxPollIntervalMs,
  })
}
