import { fail, ok } from '../../../base/result.ts'
import type { Result } from '../../../base/result.ts'
import type { StreamFailure } from '../../stream-failure.ts'
import { errorCode } from '../api/error-code.ts'
import { initProducerId } from '../api/init-producer-id.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { persist } from '../cluster/persist.ts'
import { failureOfCode } from '../cluster/stream-failures.ts'
import type { ProducerIdentity } from './lane.ts'

/** A new producer id for idempotence alone; any broker gives one, sooner or later. */
export function askProducerId(
  cluster: Cluster,
  patienceMs: number,
  signal: AbortSignal,
): Promise<Result<ProducerIdentity, StreamFailure>> {
  const { clock, random } = cluster.options
  const request = { transactionalId: null, transactionTimeoutMs: 0, producerId: -1, producerEpoch: -1 }
  return persist(
    { clock, random, patienceMs },
    async () => {
      const asked = await cluster.ask((connection) => connection.call(initProducerId, request), signal)
      if (!asked.ok) return asked
      const { errorCode: code, producerId, producerEpoch } = asked.value
      if (code !== errorCode.none) return fail(failureOfCode(code, 'asking for a producer id'))
      return ok({ producerId, producerEpoch })
    },
    signal,
  )
}
