import { KafkajsClient } from '../../kafka/kafkajs-client.ts'
import type { StreamClient } from '../../kafka/stream-client.ts'
import type { WorkerConfig } from '../config.ts'

/** The client a stream thread works with. */
export function openStreamClient({ kafka }: WorkerConfig, clientId: string): StreamClient {
  return new KafkajsClient(kafka.address, clientId)
}
