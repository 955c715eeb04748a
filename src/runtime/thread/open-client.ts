import type { StreamClient } from '../../kafka/stream-client.ts'
import { systemClock } from '../../host/system-clock.ts'
import { WireClient } from '../../kafka/wire/wire-client.ts'
import type { WorkerConfig } from '../config.ts'

/** The client a stream thread works with. */
export function openStreamClient({ kafka }: WorkerConfig, clientId: string): StreamClient {
  return new WireClient(kafka.address, { clientId, clock: systemClock, random: Math.random })
}
