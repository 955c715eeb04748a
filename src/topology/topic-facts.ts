import type { Subtopology } from './description.ts'
import { sourcePatterns, sourceTopics } from './stream-topics.ts'

/** What is known of topics. What is not in it is unknown, never zero. */
export interface TopicFacts {
  /**
   * Partitions by topic, named as `describe()` prints them: topics of the user, and
   * repartition topics whose count the application sets itself.
   */
  readonly partitions: ReadonlyMap<string, number>
  /** The topics that a pattern source reads, by the pattern's text. */
  readonly matches: ReadonlyMap<string, readonly string[]>
}

/** Everything a sub-topology reads. A pattern that nobody resolved stands for itself, and is unknown like a topic. */
export function inputsOf(subtopology: Subtopology, { matches }: TopicFacts): readonly string[] {
  return [
    ...sourceTopics(subtopology),
    ...sourcePatterns(subtopology).flatMap((pattern) => matches.get(pattern) ?? [pattern]),
  ]
}
