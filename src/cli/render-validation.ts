import { formatDuration } from '../base/format-duration.ts'
import type { StreamAppSummary } from '../resource/check-stream-app.ts'
import type { ManifestMistake } from '../resource/manifest-mistake.ts'
import type { InternalTopic } from '../topology/internal-topics.ts'
import type { LoadedStreamApps } from './load-stream-apps.ts'
import { renderTable } from './render-table.ts'

/** What `weir validate -o json` prints; fields may be added, these names stay. */
export function validationJson({ documents, errors, warnings, apps }: LoadedStreamApps): string {
  const value = {
    documents,
    errors: errors.map(mistakeJson),
    warnings: warnings.map(mistakeJson),
    apps: apps.map(({ checked }) => summaryJson(checked.summary)),
  }
  return `${JSON.stringify(value, undefined, 2)}\n`
}

function mistakeJson({ file, line, column, endColumn, path, message, hint }: ManifestMistake) {
  return { file, line, column, endColumn, path, message, ...(hint === undefined ? {} : { hint }) }
}

/** Unknown is null in JSON, never zero. */
function summaryJson({ name, tasks, cap, usefulSizes, internalTopics }: StreamAppSummary) {
  return {
    name,
    tasks: tasks ?? null,
    cap: cap ?? null,
    usefulSizes: usefulSizes ?? null,
    internalTopics: internalTopics.map((topic) => ({
      ...topic,
      partitions: topic.partitions ?? null,
      store: topic.store ?? null,
    })),
  }
}

/** For people: what follows from each StreamApp that is right. */
export function validationText({ apps, errors, warnings, documents }: LoadedStreamApps): string {
  const counts = [plural(documents, 'document'), plural(errors.length, 'error'), plural(warnings.length, 'warning')]
  return [...apps.map(({ checked }) => appText(checked.summary)), `${counts.join(', ')}\n`].join('')
}

function appText({ name, tasks, cap, usefulSizes, internalTopics }: StreamAppSummary): string {
  const arithmetic =
    tasks === undefined
      ? '  stream tasks unknown\n'
      : `  ${plural(tasks, 'stream task')}, at most ${plural(cap ?? 0, 'dyno')}; useful dyno counts: ${(usefulSizes ?? []).join(', ')}\n`
  const topics = internalTopics.map((topic) => [
    topic.name,
    topic.partitions === undefined ? 'partitions ?' : plural(topic.partitions, 'partition'),
    topic.cleanupPolicy,
    retentionText(topic),
  ])
  return `StreamApp/${name}\n${arithmetic}${renderTable(topics, '  ')}`
}

function retentionText({ retentionMs }: InternalTopic): string {
  if (retentionMs === 'unlimited') return 'kept until read'
  if (retentionMs === 'uncertain') return 'retention ?'
  return retentionMs === 'none' ? '' : `kept ${formatDuration(retentionMs)}`
}

const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`
