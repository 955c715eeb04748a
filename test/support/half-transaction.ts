import { systemClock } from '../../src/host/system-clock.ts'
import type { ClusterAddress } from '../../src/kafka/cluster-address.ts'
import type { GroupOffset } from '../../src/kafka/group.ts'
import type { TransactionOptions } from '../../src/kafka/stream-client.ts'
import { Cluster } from '../../src/kafka/wire/cluster/cluster.ts'
import { Transaction } from '../../src/kafka/wire/sink/transaction.ts'
import { good } from './wire-system.ts'

/** What a worker leaves that dies between its offsets and the end of their transaction. */
export async function leaveHalfDone(
  { brokers, tls }: ClusterAddress,
  options: TransactionOptions,
  offsets: readonly GroupOffset[],
): Promise<void> {
  const cluster = new Cluster({
    bootstrap: brokers
      .map((broker) => new URL(`kafka://${broker}`))
      .map(({ hostname, port }) => ({ host: hostname, port: Number(port) })),
    tls: tls ?? null,
    clientId: 'half-done',
    clock: systemClock,
    random: Math.random,
    route: (address) => address,
    connectTimeoutMs: 10_000,
    requestTimeoutMs: 10_000,
    maxResponseBytes: 1_000_000,
    reconnect: { firstMs: 50, ceilingMs: 1_000 },
  })
  const transaction = new Transaction(cluster, options, 10_000, new AbortController().signal)
  const identity = good(await transaction.identify())
  good(await transaction.addOffsets(identity, offsets, { memberId: '', generation: -1 }))
  transaction.close()
  cluster.close()
}
