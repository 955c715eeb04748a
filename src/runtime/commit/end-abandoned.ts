import type { StreamClient } from '../../kafka/stream-client.ts'
import type { Hosts } from '../assign/assignment-info.ts'
import type { WorkerConfig } from '../config.ts'
import { transactionalIdOf } from './transactional-id.ts'

interface Around {
  readonly client: Pick<StreamClient, 'openTransactionalSink'>
  readonly config: Pick<WorkerConfig, 'applicationId' | 'threads' | 'transactionTimeoutMs'>
  readonly log: Readonly<Record<'info' | 'warn', (fields: Readonly<Record<string, unknown>>, message: string) => void>>
}

/**
 * Ends the transactions of dynos that the group goes on without. Until they end, readers of committed records see nothing
 * behind them, and offsets that they hold are not told: `transaction.timeout.ms` and the broker's next look, up to 20
 * seconds. To open a transactional id takes back what its last owner left open, and fences that owner (KIP-98).
 *
 * It is safe whoever is hit: what is taken back is read again, as its offsets are taken back with it. One that only stood
 * still has lost its place in the group and could not commit any more; one that has just started again under the same name
 * starts over once more. The leader alone does it, once for each dyno, beside its turns.
 *
 * Kafka Streams does not: its transactional ids come from a process id that is kept on the disk, and are known to nobody else.
 */
export class AbandonedTransactions {
  #underWay: Promise<unknown> = Promise.resolve()

  /** To be called with the assignment before and the new one, by the leader. */
  end(before: Hosts, now: Hosts, world: Around): void {
    const gone = namesOf(before).difference(namesOf(now))
    if (gone.size === 0) return
    world.log.info({ dynos: [...gone] }, 'ending what dynos left open that the group goes on without')
    this.#underWay = Promise.all([this.#underWay, ...[...gone].map((dyno) => endOf(dyno, world))])
  }

  /** Ends with what is under way. */
  async settled(): Promise<void> {
    await this.#underWay
  }
}

/** Its threads are thought to be as many as here. */
async function endOf(dyno: string, { client, config, log }: Around): Promise<void> {
  for (let thread = 1; thread <= config.threads; thread += 1) {
    const transactionalId = transactionalIdOf(config.applicationId, dyno, thread)
    const sink = client.openTransactionalSink({
      transactionalId,
      groupId: config.applicationId,
      timeoutMs: config.transactionTimeoutMs,
    })
    const opened = await sink.open()
    await sink.close()
    if (!opened.ok) log.warn({ transactionalId, reason: opened.error.reason }, 'it ends by time: it could not be ended')
  }
}

const namesOf = ({ active, standby }: Hosts): ReadonlySet<string> =>
  new Set([...active, ...standby].map(({ host }) => host))
