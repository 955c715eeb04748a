import { systemClock } from '../../host/system-clock.ts'
import { KafkajsClient } from '../../kafka/kafkajs-client.ts'
import type { StreamClient } from '../../kafka/stream-client.ts'
import { WireClient } from '../../kafka/wire/wire-client.ts'
import type { WorkerConfig } from '../config.ts'

/** The client a stream thread works with. */
export function openStreamClient({ kafka, client }: WorkerConfig, clientId: string): StreamClient {
  return client === 'kafkajs'
    ? new KafkajsClient(kafka.address, clientId)
    : new WireClient(kafka.address, { clientId, clock: systemClock, random: Math.random })
}
