import { setTimeout as delay } from 'node:timers/promises'
import type { StreamClient } from '../../src/kafka/stream-client.ts'
import { partitionsOf } from './read-topic.ts'

export interface Input {
  readonly groupId: string
  /** What the app reads: source and repartition topics, all of so many partitions. */
  readonly topics: readonly string[]
  readonly partitions: number
}

/** From the end of the last fault until everything is counted and committed. */
const settleWithinMs = 180_000

/** Until the group has committed all there is to read; else what is left after a while. */
export async function settle(
  client: StreamClient,
  { groupId, topics, partitions }: Input,
): Promise<string | undefined> {
  const all = topics.flatMap((topic) => partitionsOf(topic, partitions))
  const group = client.openGroup({
    groupId,
    sessionTimeoutMs: 6_000,
    heartbeatIntervalMs: 1_000,
    rebalanceTimeoutMs: 6_000,
  })
  const deadline = Date.now() + settleWithinMs
  for (;;) {
    const [ends, committed] = [await client.offsets(all, 'end'), await group.committed(all)]
    if (ends.ok && committed.ok) {
      const at = new Map(
        committed.value.offsets.map(({ topic, partition, offset }) => [`${topic}-${partition}`, offset]),
      )
      const left = [...ends.value].filter(([key, end]) => (at.get(key) ?? 0) < end)
      if (left.length === 0) return undefined
      if (Date.now() > deadline)
        return `not all was processed within ${settleWithinMs / 1000} s: ${left.map(([key, end]) => `${key} stands at ${at.get(key) ?? 0} of ${end}`).join(', ')}`
    } else if (Date.now() > deadline) return `the broker did not answer within ${settleWithinMs / 1000} s`
    await delay(500)
  }
}
