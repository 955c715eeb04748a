import type { TopicPartition } from './record.ts'

/** `topic-3`: a key for maps, and what a log line shows. */
export function printTopicPartition({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`
}
