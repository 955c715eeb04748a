import { fail, ok } from '../../base/result.ts'
import type { Result } from '../../base/result.ts'
import type { TopicPartition } from '../record.ts'
import type { StreamFailure } from '../stream-failure.ts'
import { printTopicPartition } from '../topic-partition.ts'
import { errorCode } from './api/error-code.ts'
import { earliestTimestamp, latestTimestamp, listOffsets } from './api/list-offsets.ts'
import { byTopic } from './by-topic.ts'
import type { Cluster } from './cluster/cluster.ts'
import type { Lines } from './cluster/lines.ts'
import { persist } from './cluster/persist.ts'
import { failureOfCode, failureOfConnection } from './cluster/stream-failures.ts'

/** `committed-end` leaves out transactions that are still open. */
export type End = 'beginning' | 'end' | 'committed-end'

type Offsets = ReadonlyMap<string, number>

/** The first or the next offset of each partition, from their leaders; one that moved is looked for until patience ends. */
export async function askOffsets(
  cluster: Cluster,
  question: Question,
  patienceMs: number,
  signal: AbortSignal,
): Promise<Result<Offsets, StreamFailure>> {
  const { clock, random } = cluster.options
  const lines = cluster.openLines()
  try {
    return await persist({ clock, random, patienceMs }, () => askOnce(cluster, lines, question, signal), signal)
  } finally {
    lines.close()
  }
}

interface Question {
  readonly partitions: readonly TopicPartition[]
  readonly end: End
}

async function askOnce(
  cluster: Cluster,
  lines: Lines,
  { partitions, end }: Question,
  signal: AbortSignal,
): Promise<Result<Offsets, StreamFailure>> {
  const looked = await cluster.refresh(new Set(partitions.map(({ topic }) => topic)), signal)
  if (!looked.ok) return looked
  const byNode = Map.groupBy(partitions, (partition) => cluster.leader(partition)?.nodeId ?? -1)
  for (const partition of byNode.get(-1) ?? []) {
    const reason = `${printTopicPartition(partition)} has no leader now`
    return fail(cluster.topicFailure(partition.topic) ?? { kind: 'retry', reason })
  }
  const answers = await Promise.all(
    [...byNode].map(([nodeId, led]) => askLeader(cluster, lines, { nodeId, partitions: led, end }, signal)),
  )
  const offsets = new Map<string, number>()
  for (const answer of answers) {
    if (!answer.ok) return answer
    for (const [key, offset] of answer.value) offsets.set(key, offset)
  }
  return ok(offsets)
}

async function askLeader(
  cluster: Cluster,
  lines: Lines,
  { nodeId, partitions, end }: Question & { readonly nodeId: number },
  signal: AbortSignal,
): Promise<Result<Offsets, StreamFailure>> {
  const connection = await lines.connection(nodeId, signal)
  if (!connection.ok) return fail(failureOfConnection(connection.error))
  const timestamp = end === 'beginning' ? earliestTimestamp : latestTimestamp
  const asked = partitions.map((each) => ({ ...each, leaderEpoch: cluster.leader(each)?.epoch ?? -1, timestamp }))
  const request = { readCommitted: end === 'committed-end', topics: byTopic(asked) }
  const answer = await connection.value.call(listOffsets, request)
  if (!answer.ok) return fail(failureOfConnection(answer.error))
  const offsets = new Map<string, number>()
  for (const { name: topic, partitions: listed } of answer.value.topics) {
    for (const { partition, errorCode: code, offset } of listed) {
      const key = printTopicPartition({ topic, partition })
      if (code !== errorCode.none) return fail(failureOfCode(code, `asking for the offsets of ${key}`))
      offsets.set(key, offset)
    }
  }
  return ok(offsets)
}
