import { fail, ok } from '../../base/result.ts'
import type { Result } from '../../base/result.ts'
import type { Position } from '../record-source.ts'
import type { StreamFailure } from '../stream-failure.ts'
import { printTopicPartition } from '../topic-partition.ts'
import { deleteRecords } from './api/delete-records.ts'
import { errorCode } from './api/error-code.ts'
import { byTopic } from './by-topic.ts'
import type { Cluster } from './cluster/cluster.ts'
import type { Lines } from './cluster/lines.ts'
import { failureOfCode, failureOfConnection } from './cluster/stream-failures.ts'

/** Deletes what lies before each position, at the leaders. Tried once: the next commit asks for more anyhow. */
export async function purgeBefore(
  cluster: Cluster,
  positions: readonly Position[],
  signal: AbortSignal,
): Promise<Result<void, StreamFailure>> {
  const looked = await cluster.refresh(new Set(positions.map(({ topic }) => topic)), signal)
  if (!looked.ok) return looked
  const lines = cluster.openLines()
  try {
    for (const [nodeId, led] of Map.groupBy(positions, (position) => cluster.leader(position)?.nodeId ?? -1)) {
      const purged = await purgeAt(lines, nodeId, led, signal)
      if (!purged.ok) return purged
    }
    return ok(undefined)
  } finally {
    lines.close()
  }
}

async function purgeAt(
  lines: Lines,
  nodeId: number,
  positions: readonly Position[],
  signal: AbortSignal,
): Promise<Result<void, StreamFailure>> {
  const connection = await lines.connection(nodeId, signal)
  if (!connection.ok) return fail(failureOfConnection(connection.error))
  const answer = await connection.value.call(deleteRecords, { timeoutMs: 10_000, topics: byTopic(positions) })
  if (!answer.ok) return fail(failureOfConnection(answer.error))
  for (const { name: topic, partitions } of answer.value.topics) {
    for (const { partition, errorCode: code } of partitions) {
      const what = `purging ${printTopicPartition({ topic, partition })}`
      if (code !== errorCode.none) return fail(failureOfCode(code, what))
    }
  }
  return ok(undefined)
}
