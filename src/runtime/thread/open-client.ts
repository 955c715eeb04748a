import { systemClock } from '../../host/system-clock.ts'
import type { StreamClient } from '../../kafka/stream-client.ts'
import { WireClient } from '../../kafka/wire/wire-client.ts'
import type { WorkerConfig } from '../config.ts'

/** The client a stream thread works with. kafkajs takes 12 MB, so it is loaded only where somebody asks for it. */
export async function openStreamClient({ kafka, client }: WorkerConfig, clientId: string): Promise<StreamClient> {
  if (client === 'wire') return new WireClient(kafka.address, { clientId, clock: systemClock, random: Math.random })
  const { KafkajsClient } = await import('../../kafka/kafkajs-client.ts')
  return new KafkajsClient(kafka.address, clientId)
}
