import type { StreamGroup } from '../../kafka/group.ts'
import type { RefusedRecord } from '../../kafka/record-sink.ts'
import { AtLeastOnceWriter, ExactlyOnceWriter, type Writer } from '../commit/writer.ts'
import { transactionalIdOf } from '../commit/transactional-id.ts'
import { answerRefused } from '../task/refused-production.ts'
import type { StreamClient } from '../../kafka/stream-client.ts'
import type { WorkerConfig } from '../config.ts'

interface Around {
  readonly number: number
  readonly config: WorkerConfig
  readonly client: StreamClient
}

/** Where the tasks of a thread write. What only the broker refuses comes back to the app's production handler. */
export function makeWriter({ number, config, client }: Around, group: StreamGroup): Writer {
  const { prefix } = config.kafka
  const onRefused = (refused: RefusedRecord) => {
    const { isDropped, instead } = answerRefused(refused)
    const named = (topic: string) => (topic.startsWith(prefix) ? topic : prefix + topic)
    return { isDropped, instead: instead.map((letter) => ({ ...letter, topic: named(letter.topic) })) }
  }
  const openSink = () =>
    client.openTransactionalSink({
      transactionalId: transactionalIdOf(config.applicationId, config.processName, number),
      groupId: config.applicationId,
      timeoutMs: config.transactionTimeoutMs,
      onRefused,
    })
  return config.exactlyOnce
    ? new ExactlyOnceWriter(openSink)
    : new AtLeastOnceWriter(() => client.openSink({ onRefused }), group)
}
