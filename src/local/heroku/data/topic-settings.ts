import { badRequest } from '../refusal.ts'
import { optionalBoolean, optionalText } from '../http/body.ts'
import type { JsonObject } from '../http/body.ts'
import type { KafkaPlan } from '../plans.ts'

export interface TopicSettings {
  readonly cleanupPolicy: 'delete' | 'compact' | 'compact,delete'
  readonly retentionMs: number | null
}

/** What `compaction` and `retention_time_ms` of a request mean on a plan. Absent fields are those of `now`. */
export function settingsOf(plan: KafkaPlan, topic: JsonObject, now: TopicSettings | null): TopicSettings {
  const compaction = optionalBoolean(topic, 'compaction') ?? (now !== null && now.cleanupPolicy !== 'delete')
  const asked = topic['retention_time_ms']
  const retentionMs = asked === undefined ? (now?.retentionMs ?? null) : wholeOrNull(topic, 'retention_time_ms')
  checkRetention(plan, retentionMs, compaction)
  if (!compaction) return { cleanupPolicy: 'delete', retentionMs }
  return { cleanupPolicy: retentionMs !== null && plan.mixedCleanupPolicy ? 'compact,delete' : 'compact', retentionMs }
}

function checkRetention(plan: KafkaPlan, retentionMs: number | null, compaction: boolean): void {
  const { min, max } = plan.retentionMs
  if (retentionMs === null) {
    if (!compaction) throw badRequest('retention_time_ms is required when compaction is off.')
    if (plan.retentionWhenCompacted === 'required') throw badRequest('retention_time_ms is required on this plan.')
  } else if (retentionMs < min || retentionMs > max) {
    throw badRequest(`retention_time_ms must be between ${min} and ${max} on this plan, and not ${retentionMs}.`)
  }
}

export function partitionsOf(plan: KafkaPlan, topic: JsonObject): number {
  const partitions = wholeOrNull(topic, 'partition_count') ?? plan.partitions.default
  const { maxPerTopic } = plan.partitions
  if (partitions < 1 || partitions > maxPerTopic) {
    throw badRequest(`partition_count must be between 1 and ${maxPerTopic} on this plan, and not ${partitions}.`)
  }
  return partitions
}

export function replicationOf(plan: KafkaPlan, topic: JsonObject, now: number): number {
  const factor = wholeOrNull(topic, 'replication_factor') ?? now
  const { min, max } = plan.replication
  if (factor < min || factor > max) {
    throw badRequest(`replication_factor must be between ${min} and ${max} on this plan, and not ${factor}.`)
  }
  return factor
}

/** Flags of the CLI arrive as strings. */
function wholeOrNull(topic: JsonObject, field: string): number | null {
  const value = topic[field]
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value
  const text = typeof value === 'number' ? '' : optionalText(topic, field)
  if (text === null) return null
  if (!/^\d{1,15}$/.test(text)) throw badRequest(`${field} must be a whole number, and not ${JSON.stringify(value)}.`)
  return Number(text)
}
